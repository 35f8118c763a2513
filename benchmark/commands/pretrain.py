"""``affinity-bench pretrain``: train the prior-fitted network on synthetic worlds."""

from functools import partial
from pathlib import Path
from typing import Literal

from jsonargparse.typing import NonNegativeInt, PositiveInt

from benchmark.pretraining.on_ray import pretrain_on_ray
from benchmark.pretraining.run import CELLS, Precision, pretrain_network
from benchmark.reporting.console import make_console, say
from benchmark.running.distributed import is_rank_zero
from benchmark.running.interrupt import INTERRUPTED
from benchmark.running.trainer import Hardware
from lit_models.pretraining.lit_pretraining import DEPTH, WIDTH
from lit_models.prior.parts import EVERY_PART, Part


def pretrain(
    *,
    out: Path = Path("pretrained/prior-fitted"),
    steps: PositiveInt = 8_000,
    seed: NonNegativeInt = 0,
    check_every: PositiveInt = 500,
    accelerator: str = "cpu",
    devices: PositiveInt = 1,
    num_nodes: PositiveInt = 1,
    launcher: Literal["local", "ray"] = "local",
    precision: Precision = "32-true",
    width: PositiveInt = WIDTH,
    depth: PositiveInt = DEPTH,
    cells: PositiveInt = CELLS,
    workers: NonNegativeInt = 0,
    without: list[Part] | None = None,
) -> int:
    """Train the prior-fitted network on synthetic worlds, or go on training it.

    Goes on from the checkpoint in the folder; one is committed. Stopped at any time, the same command goes on
    from the last 100 steps and ends as it would have without the break. With more steps it goes on further.

    Args:
        out: folder with checkpoint.ckpt, log.csv and prior-fitted.safetensors.
        steps: of the whole run, those before included; a multiple of 100.
        seed: of initial weights and worlds.
        check_every: steps between two checks on synthetic worlds and development splits; a multiple of 100.
        accelerator: cpu, gpu or auto.
        devices: processes on a node, each with worlds of its own.
        num_nodes: nodes.
        launcher: local trains in processes of this machine, or in those that torchrun or SLURM has started;
            ray in workers of the Ray cluster at RAY_ADDRESS or, if unset, of a temporary one on this
            machine. All machines need the output folder.
        precision: 32-true, or bf16-mixed on an accelerator.
        width: of a cell of the network; a checkpoint goes on with its own alone.
        depth: layers of the network, likewise.
        cells: transfers of a step's worlds together, about; an accelerator takes a hundred thousand.
        workers: processes that draw worlds, for an accelerator that would wait for them otherwise.
        without: parts of the prior to leave out, to learn what they are worth.

    Returns:
        Exit code: 0, or 130 if it was interrupted.
    """
    console = make_console(quiet=not is_rank_zero())
    hardware = Hardware(accelerator=accelerator, devices=devices, num_nodes=num_nodes)
    train = partial(
        pretrain_network,
        folder=out.resolve(),
        steps=steps,
        seed=seed,
        check_every=check_every,
        hardware=hardware,
        precision=precision,
        width=width,
        depth=depth,
        cells=cells,
        workers=workers,
        parts=EVERY_PART - set(without or ()),
    )
    try:
        if launcher == "ray":
            pretrain_on_ray(train, folder=out, steps=steps, hardware=hardware, console=console)
        else:
            train(console=console)
    except KeyboardInterrupt:
        console.print("interrupted: the same command goes on from here")
        return INTERRUPTED
    say(console, f"trained: {out / 'prior-fitted.safetensors'}")
    return 0
