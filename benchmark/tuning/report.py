"""Reports of a search: a table for the terminal, and the best configuration as a model file."""

from collections.abc import Sequence

import yaml
from rich import box
from rich.table import Table

from benchmark.tuning.search import Attempt
from benchmark.tuning.search_space import with_values
from lit_models.loading.config import ModelConfig, Tuning

SHOWN = 5


def ranked(attempts: Sequence[Attempt]) -> list[Attempt]:
    """Trials by decreasing score, ties in order of their numbers."""
    return sorted(attempts, key=lambda attempt: -attempt.score)


def best_table(config: ModelConfig, attempts: Sequence[Attempt]) -> Table:
    """The best trials beside the model's own values.

    Args:
        config: the model that was searched.
        attempts: its trials, number 0 first.

    Returns:
        A rich table, one column per trial, one row per dataset and per hyper-parameter.
    """
    own, *_ = attempts
    shown = [own, *(attempt for attempt in ranked(attempts) if attempt.number)][: SHOWN + 1]
    table = Table(
        title=f"{config.name}: Spearman of held-back entries of development splits",
        title_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )
    table.add_column("")
    for attempt in shown:
        table.add_column(f"trial {attempt.number}" if attempt.number else "as it is", justify="right")
    table.add_row("mean", *(_score(attempt.score if attempt.scores else None) for attempt in shown))
    for dataset in own.scores:
        table.add_row(dataset, *(_score(attempt.scores.get(dataset)) for attempt in shown))
    table.add_section()
    for name in own.values:
        table.add_row(name, *(_value(attempt.values[name]) for attempt in shown))
    return table


def model_file(
    config: ModelConfig, attempts: Sequence[Attempt], *, class_path: str, tuning: Tuning, command: str
) -> str:
    """The best configuration in the form of ``lit_models/configs/*.yaml``.

    Args:
        config: the model that was searched.
        attempts: its trials, number 0 first.
        class_path: class path of the model, resolvable from the file.
        tuning: cost of the search.
        command: the search's command line.

    Returns:
        YAML, with comments that document the search.
    """
    own, best = attempts[0], ranked(attempts)[0]
    tuned = with_values(config, best.values).model_copy(update={"tuning": tuning})
    content = tuned.model_dump(exclude={"name"}, exclude_defaults=True) | {"class_path": class_path}
    # List everything that was searched, even where the best value is the default.
    searched = {name.removeprefix("training.") for name in best.values if name.startswith("training.")}
    training = content.get("training", {}) | tuned.training.model_dump(include=searched)
    content |= {"training": training} if training else {}
    comment = [
        command,
        f"{tuning.trials} trials on development splits 0 to {tuning.splits - 1}, which no board uses.",
        "Mean Spearman correlation of their held-back entries:",
        f"{own.score:.3f} before -> {best.score:.3f} after (trial {best.number}).",
        *(f"  {name}: {own.scores[name]:.3f} -> {score:.3f}" for name, score in best.scores.items()),
        "The best of many trials is partly luck: on other splits the gain is smaller, or none.",
    ]
    return "".join(f"# {line}\n" for line in comment) + yaml.safe_dump(content, sort_keys=False, width=110)


def _score(score: float | None) -> str:
    return "failed" if score is None else f"{score:.3f}"


def _value(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
