"""Model cards: a model's traits, configuration, training curve and score per target."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmark.results.schema import Metric, Result
from benchmark.results.untrusted import RefusedFileError
from benchmark.scoring.measured import HEADLINE
from leaderboard.boards.standings import Against, Standing
from leaderboard.claims.report import difference_words
from leaderboard.page.curves import training_curve
from leaderboard.page.rows import kind_of


class Configs:
    """The configurations shown on cards, each stored once."""

    def __init__(self) -> None:
        self.listed: list[dict[str, Any]] = []
        self._position: dict[str, int] = {}

    def position(self, result: Result) -> int:
        """Index of a result's configuration in ``listed``, to which it is added if new."""
        key = result.model.config.model_dump_json() + result.model.source_hash
        if key not in self._position:
            config = result.model.config
            self._position[key] = len(self.listed)
            self.listed.append(
                {
                    "class path": config.class_path,
                    "init args": config.init_args,
                    "task embeddings": config.z,
                    "scale": config.scale,
                    "pair features": config.pairs,
                    "training": config.training.model_dump(),
                    "tuning": config.tuning.model_dump() if config.tuning else None,
                    "source": result.model.source_hash[:12],
                }
            )
        return self._position[key]


def make_card(
    standing: Standing,
    *,
    configs: Configs,
    targets: Sequence[str],
    path: Path | None,
    refuse: Callable[[str], None],
) -> dict[str, Any]:
    """Build a card.

    Args:
        standing: standing of the model.
        configs: the page's configurations; the model's is added.
        targets: names of the board's targets, in the order of the values on every card.
        path: result file, for the training curve; None omits the curve.
        refuse: is told of a file of curves that is left out, in one line.

    Returns:
        The card's contents, as the page's script expects them.
    """
    result = standing.result
    model, run = result.model, result.run
    metrics = {} if standing.incomplete else result.metrics
    headline = metrics.get(HEADLINE)
    facts = {
        "kind": kind_of(result),
        "encoder": model.encoder or "–",
        "directed": "yes" if model.directed else "no",
        "parameters": f"{model.parameters:,}",
        "members": run.members,
        "maximum steps": run.epochs,
        "seed": run.seed,
        "seconds (claimed)": round(result.timing.seconds, 2),
        "device (claimed)": result.device,
    }
    words = {
        "incomplete": " ".join(word for word in (standing.incomplete, result.reason) if word),
        "against the best non-graph baseline": _against(standing.baseline),
        "against the leader": _against(standing.leader),
    }
    return {
        "name": model.config.name,
        "rank": standing.rank,
        "score": _interval(headline),
        "facts": facts,
        "words": {key: text for key, text in words.items() if text},
        "metrics": {name: round(each.mean, 3) for name, each in metrics.items() if each.mean is not None},
        "config": configs.position(result),
        "targets": [_rounded(headline, target) for target in targets] if headline else [],
        "curve": _curve(path, refuse) if path else [],
    }


def _curve(path: Path, refuse: Callable[[str], None]) -> list[tuple[int, float, float]]:
    try:
        return training_curve(path)
    except RefusedFileError as error:
        refuse(f"not drawn: {error}")
        return []


def target_names(standings: Sequence[Standing]) -> list[str]:
    """Names of the targets that are scored on a board, in the table's order."""
    names: dict[str, None] = {}
    for standing in standings:
        if HEADLINE in standing.result.metrics:
            names.update(dict.fromkeys(standing.result.metrics[HEADLINE].per_target))
    return list(names)


def _interval(metric: Metric | None) -> str:
    if metric is None or metric.mean is None or metric.low is None or metric.high is None:
        return ""
    return f"{metric.mean:.3f} ({metric.low:.3f} to {metric.high:.3f})"


def _against(against: Against | None) -> str:
    if against is None or against.words == "reference":
        return ""
    if against.test is None:
        return against.words
    p_value = f", Holm's p = {against.test.p_value:.2g}"
    return f"{against.words}: {difference_words(against.test)}{p_value}"


def _rounded(metric: Metric, target: str) -> float | None:
    value = metric.per_target.get(target)
    return None if value is None else round(value, 3)
