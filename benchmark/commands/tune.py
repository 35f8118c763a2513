"""``affinity-bench tune``: search hyper-parameters on held-out entries of development splits."""

import shlex
from pathlib import Path

from jsonargparse.typing import NonNegativeInt, PositiveInt

from benchmark.cli_arguments import listed
from benchmark.progress.tuning import TuneProgress
from benchmark.reporting.console import make_console, say
from benchmark.running.interrupt import INTERRUPTED
from benchmark.tuning.objective import HeldBack
from benchmark.tuning.report import best_table, model_file
from benchmark.tuning.search import Attempt, search, search_name
from benchmark.tuning.search_space import load_space
from datamodules.registry import DATASETS, find_source
from datamodules.splits.protocol import Setting
from lit_models.loading.config import Tuning
from lit_models.loading.submission import class_word
from lit_models.registry import load_model


def tune(
    model: str,
    /,
    *,
    trials: PositiveInt = 40,
    dataset: str = "",
    setting: Setting = "transductive",
    space: Path | None = None,
    splits: PositiveInt = 21,
    members: PositiveInt = 4,
    seed: NonNegativeInt = 0,
    storage: Path = Path("tune.db"),
    out: Path = Path("tuned"),
) -> int:
    """Search a model's hyper-parameters on held-out entries of development splits, which no board uses.

    The first trial has the model's current values. Trials are stored as they finish: rerun the same command
    to resume an interrupted search. Prints the best trials and writes the best one to a model file for run,
    whose results record the cost of the search.

    Args:
        model: name of a model, or your own as for run; append +z to give the model task embeddings.
        trials: total number of finished trials, including those of earlier runs.
        dataset: datasets, or paths of your own matrices, separated by commas; all published datasets if
            omitted, to find one configuration for all of them.
        setting: transductive or inductive.
        space: YAML file with a range per hyper-parameter; replaces the default,
            benchmark/tuning/spaces/default.yaml.
        splits: number of development splits per dataset.
        members: number of independently initialised copies of a model, whose predictions are averaged.
        seed: seed of the hyper-parameter draws, initial weights and noise.
        storage: SQLite file for the trials.
        out: folder for the model file.

    Returns:
        Exit code: 0, or 130 if interrupted.
    """
    config = load_model(model)
    datasets = listed(dataset) or list(DATASETS)
    sources = [find_source(name) for name in datasets]
    tables = [source.read(regime=source.regimes[0], label=next(iter(source.labels))) for source in sources]
    scorer = HeldBack(config, tables=tables, setting=setting, splits=splits, members=members, seed=seed)
    ranges = load_space(space, config, trained=scorer.trained)
    found = search(
        scorer,
        config,
        ranges,
        trials=trials,
        seed=seed,
        storage=storage,
        name=search_name(config, ranges, scorer),
    )
    console = make_console()
    attempts: list[Attempt] = []
    code = 0
    with TuneProgress(console=console, trials=trials) as progress:
        try:
            for attempt in found:
                attempts.append(attempt)
                progress.finish(attempt)
        except (KeyboardInterrupt, SystemExit):  # Lightning exits when interrupted
            code = INTERRUPTED
    if attempts:
        words = ["affinity-bench", "tune", model, "--trials", trials, "--dataset", ",".join(datasets)]
        words += ["--setting", setting, "--splits", splits, "--members", members, "--seed", seed]
        words += ["--space", space] if space else []
        tuning = Tuning(
            trials=len(attempts),
            datasets=list(scorer.datamodules),
            setting=setting,
            splits=splits,
            members=members,
            seed=seed,
        )
        path = out / f"{config.name.replace('+', '-')}-tuned.yaml"  # named on boards after the file
        path.parent.mkdir(parents=True, exist_ok=True)
        content = model_file(
            config,
            attempts,
            class_path=class_word(config.class_path, folder=out),
            tuning=tuning,
            command=shlex.join(map(str, words)),
        )
        path.write_text(content, encoding="utf-8")
        console.print(best_table(config, attempts))
        say(console, f"best of {len(attempts)} trials: {path}")
        say(console, f"to benchmark it: make bench MODEL={path}")
    if code:
        console.print(f"interrupted: rerun the same command to resume from trial {len(attempts)}")
    return code
