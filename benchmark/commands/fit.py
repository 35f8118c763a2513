"""``affinity-bench fit``: train one model on one dataset with LightningCLI."""

import json
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from jsonargparse import Namespace
from lightning_fabric.utilities.exceptions import MisconfigurationException
from pytorch_lightning.cli import LightningArgumentParser, LightningCLI

from benchmark.results.untrusted import in_one_line
from benchmark.running.trainer import CHECK_EVERY_EPOCHS, use_threads_for
from datamodules.base import AffinityDataModule
from datamodules.dataset_datamodule import DatasetDataModule
from datamodules.errors import UserError, unknown_name
from datamodules.own_matrix.grid import ENDINGS, ending_of
from datamodules.registry import DATASETS
from lit_models.loading.config import Training
from lit_models.registry import load_model
from lit_models.training.checkpoint import origin_of
from lit_models.training.lit_recovery import LitRecovery

TRAINER_DEFAULTS: dict[str, Any] = {
    "accelerator": "cpu",
    "max_epochs": Training().epochs,
    "check_val_every_n_epoch": CHECK_EVERY_EPOCHS,
    "log_every_n_steps": 1,  # an epoch is one step
    "num_sanity_val_steps": 0,
    "use_distributed_sampler": False,  # the datamodule shards the episodes itself
    "inference_mode": False,
}
# What a resumed run may change: the state of the optimiser comes from the checkpoint.
CHANGEABLE = frozenset({"learning_rate", "weight_decay", "schedule", "patience"})


def fit(*words: str) -> int:
    """Train a model on a dataset with LightningCLI: configuration files, checkpoints, callbacks, loggers.

    The module is LitRecovery, which trains all splits and members at once. --model NAME and --data NAME
    select a configured model, with its hyper-parameters, and a dataset or the file of your own matrix, as in
    affinity-bench run. Otherwise,
    --model.build CLASS selects any RecoveryModel and --data CLASS any AffinityDataModule, followed by their
    arguments: --model.build lit_models.gae.GAE --model.build.encoder dir --data DatasetDataModule
    --data.dataset my.csv. Metrics, config.yaml and the checkpoint are written to lightning_logs under
    --trainer.default_root_dir.

    Args:
        words: options of LightningCLI.

    Returns:
        Exit code 0.
    """
    # All episodes form one small batch in memory: worker processes would only be slower.
    warnings.filterwarnings("ignore", message=".*does not have many workers.*")
    # Lightning uses a name that torch has deprecated.
    warnings.filterwarnings("ignore", message=".*isinstance.treespec, LeafSpec.*")
    cli = FitCLI(spell_out(words))
    if cli.config.ckpt_path:
        check_checkpoint(cli.config.ckpt_path, cli.model, cli.datamodule)
    use_threads_for(cli.datamodule.num_tasks)
    cli.trainer.fit(cli.model, datamodule=cli.datamodule, ckpt_path=cli.config.ckpt_path)
    checkpoint = getattr(cli.trainer.checkpoint_callback, "best_model_path", "")
    if checkpoint and cli.trainer.is_global_zero:
        print(f"checkpoint: {checkpoint}")
    return 0


class FitCLI(LightningCLI):
    """LightningCLI that links the module's size and splits to those of its data.

    Args:
        words: command-line arguments.
    """

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__(
            LitRecovery,
            AffinityDataModule,
            subclass_mode_data=True,
            trainer_defaults=TRAINER_DEFAULTS,
            seed_everything_default=0,
            auto_configure_optimizers=False,
            parser_kwargs={
                "prog": "affinity-bench fit",
                "description": (fit.__doc__ or "").partition("Args:")[0],
            },
            args=list(words),
            run=False,
        )

    def add_arguments_to_parser(self, parser: LightningArgumentParser) -> None:
        """Add ``--ckpt_path`` and the links from data to module."""
        parser.add_argument("--ckpt_path", type=Path | None, help="checkpoint of a run to resume")
        parser.link_arguments("data.num_tasks", "model.num_tasks", apply_on="instantiate")
        parser.link_arguments("data.num_features", "model.num_features", apply_on="instantiate")
        parser.link_arguments("data.num_pair_features", "model.num_pair_features", apply_on="instantiate")
        parser.link_arguments("data", "model.numbers", compute_fn=_split_numbers, apply_on="instantiate")

    def parse_arguments(self, parser: LightningArgumentParser, args: Any) -> None:
        """Parse the arguments; Lightning's own method warns if ``sys.argv`` has arguments too."""
        self.config: Namespace = parser.parse_args(args)

    def instantiate_classes(self) -> None:
        """Instantiate data, module and trainer; unwraps user errors that jsonargparse has wrapped."""
        try:
            super().instantiate_classes()
        except ValueError as error:
            if isinstance(error.__cause__, UserError):
                raise error.__cause__ from None
            raise
        except MisconfigurationException as error:  # a GPU that is not there, for one
            raise UserError(f"{' '.join(str(error).split())} Change the options of --trainer.") from error


def check_checkpoint(path: Path, module: LitRecovery, data: AffinityDataModule) -> None:
    """Refuse a file that training cannot be resumed from.

    Args:
        path: the file.
        module: what is to be trained.
        data: what it is to be trained on.

    Raises:
        UserError: if it is missing, not a checkpoint of a LitRecovery, or of another model or other data.
    """
    if not path.is_file():
        raise UserError(f"{path}: no such file. Check --ckpt_path.")
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # an arbitrary file may fail in any way
        raise UserError(f"{path}: not a checkpoint that can be read: {type(error).__name__}.") from error
    needed = {"state_dict", "hyper_parameters", "optimizer_states", "loops", "pytorch-lightning_version"}
    if not isinstance(content, dict) or not needed <= content.keys():
        raise UserError(f"{path}: not a checkpoint of a training run. Choose one that `fit` wrote.")
    if not {"curve", "origin"} <= content.keys():
        raise UserError(f"{path}: a checkpoint of another module than LitRecovery.")
    theirs = {**content["hyper_parameters"], **content["origin"]}
    ours = {**module.hparams, **origin_of(data)}
    differing = [name for name in ours if name not in CHANGEABLE and theirs.get(name) != ours[name]]
    if differing:
        there, here = (in_one_line(own.get(differing[0]), length=100) for own in (theirs, ours))
        raise UserError(
            f"{path}: a checkpoint of another run: {differing[0]} is {there} there and {here} here. Resume "
            "with the same model, data and options."
        )


def _split_numbers(data: AffinityDataModule) -> list[int]:
    return [split.number for split in data.splits]


def spell_out(words: Sequence[str]) -> list[str]:
    """Replace the names of a configured model and of a dataset by the options they stand for.

    Args:
        words: options of the command.

    Returns:
        The options; those from names come first, so that the user's own options override them. ``--model``
        and ``--data`` followed by a file, a class or JSON are left unchanged.

    Raises:
        UserError: for an unknown name.
    """
    spelled: list[str] = []
    for word in words:
        glued = word.startswith(("--model=", "--data=", "--config="))
        spelled += word.split("=", 1) if glued else [word]
    if "--data" in spelled[:-1]:
        place = spelled.index("--data") + 1
        spelled[place : place + 1] = _data_options(spelled[place])
    place = spelled.index("--model") if "--model" in spelled[:-1] else -1
    name = spelled[place + 1] if place >= 0 else "{"
    if name.lstrip().startswith("{") or Path(name).is_file():
        return spelled
    of_model, of_data = _stands_for(name)
    del spelled[place : place + 2]
    after_config = _after(spelled, "--config", "-c")
    after_data = _after(spelled, "--data") or after_config
    spelled[after_data:after_data] = of_data
    spelled[after_config:after_config] = of_model
    return spelled


def _data_options(data: str) -> list[str]:
    """Options for a dataset's name or file after ``--data``; anything else is left unchanged."""
    if data in DATASETS or ending_of(Path(data)) in ENDINGS:
        return [f"{DatasetDataModule.__module__}.{DatasetDataModule.__qualname__}", "--data.dataset", data]
    # A class has capitals, a class path and a file have dots.
    if data.islower() and "." not in data:
        raise unknown_name("dataset", data, DATASETS)
    return [data]


def _stands_for(name: str) -> tuple[list[str], list[str]]:
    """Options for a configured model and its training, and for its data."""
    try:
        model = load_model(name)
    except UserError as refusal:
        raise UserError(f"{refusal} Pass a class with --model.build.") from refusal
    training = model.training.model_dump()
    epochs, train_on_validation = training.pop("epochs"), training.pop("train_on_validation")
    build = {"class_path": model.class_path, "init_args": model.init_args}
    of_model = ["--model", json.dumps({"build": build, **training}), "--trainer.max_epochs", str(epochs)]
    of_data = ["--data.z", model.z, "--data.scale", model.scale, "--data.pairs", model.pairs]
    return of_model, [*of_data, "--data.train_on_validation", json.dumps(train_on_validation)]


def _after(words: Sequence[str], *options: str) -> int:
    """Position after the last of the given options and its value; 0 if there is none."""
    return max((place + 2 for place, word in enumerate(words) if word in options), default=0)
