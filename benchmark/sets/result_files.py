"""The result files of the sets track, and what no run of it writes."""

import math

from benchmark.results.track_files import TrackFiles
from benchmark.sets.metric_names import METRICS
from benchmark.sets.result import TRACK, SetResult, result_path

MAX_SPLITS = 100
RANGES = {"spearman": (-1, 1), "regret@1": (0, 1), "regret@3": (0, 1), "gain": (-math.inf, math.inf)}


def _problem(result: SetResult) -> str | None:
    if result.metrics.keys() != METRICS.keys():
        return f"metrics: not those of the track ({', '.join(METRICS)})"
    splits = len(result.metrics["spearman"].per_split)
    for name, metric in result.metrics.items():
        if not 2 <= len(metric.per_split) == splits <= MAX_SPLITS:
            return f"metrics.{name}.per_split: not one value per split"
        low, high = RANGES[name]
        scores = [metric.mean, metric.low, metric.high, *metric.per_split, *metric.per_target.values()]
        if not all(score is not None and low <= score <= high for score in scores):
            return f"metrics.{name}: a number is missing, or not between {low} and {high}"
    if not 0 < result.test_share < 1 or min(result.fit_cpu_seconds, result.predict_cpu_seconds) < 0:
        return "test_share or CPU seconds: out of range"
    if not result.choices or not all(
        1 <= rank <= each.hidden for each in result.choices for rank in (each.true_rank, each.predicted_rank)
    ):
        return "choices: none, or a rank is out of range"
    return None


SETS = TrackFiles(
    track=TRACK, kind=SetResult, place=lambda out, result: result_path(out, result.cell), problem=_problem
)
