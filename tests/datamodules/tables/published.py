"""A committed table, its card, and the published figures that it was made of."""

import csv
import gzip
import os
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from scipy.stats import spearmanr

from datamodules.affinity_table import AffinityTable
from datamodules.measured_embeddings import REPRESENTATION
from datamodules.registry import DATASETS


def read(path: Path) -> list[dict[str, str]]:
    with (
        gzip.open(path, "rt", encoding="utf-8", newline="")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8", newline="") as file
    ):
        return list(csv.DictReader(file))


def configs(dataset: str) -> dict[str, Path]:
    """The committed files of a dataset, other than embeddings, by the name that they are loaded by."""
    files = sorted(DATASETS[dataset].folder.glob("*.csv*"))
    return {path.name.split(".")[0]: path for path in files if path.name != REPRESENTATION}


def published(name: str) -> list[dict[str, str]]:
    """Rows of a file with the published figures; the test is skipped where they are not at hand."""
    folder = os.environ.get("AFFINITY_BENCH_PUBLISHED")
    if not folder:
        pytest.skip("AFFINITY_BENCH_PUBLISHED names no folder with the published figures")
    return read(Path(folder) / name)


def card(dataset: str) -> str:
    return (DATASETS[dataset].folder / "README.md").read_text(encoding="utf-8")


def prose(dataset: str) -> str:
    """The card without line breaks, for sentences that are wrapped."""
    return " ".join(card(dataset).split())


def card_table(dataset: str, first_cells: str) -> list[list[str]]:
    """Body rows of the card's table whose header line begins so, as stripped cells."""
    lines = [line.strip() for line in card(dataset).splitlines()]
    start = next(i for i, line in enumerate(lines) if line.startswith(first_cells))
    body = lines[start + 2 :]
    end = next(i for i, line in enumerate(body) if not line.startswith("|"))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in body[:end]]


def first_order(dataset: str, *, pseudo: set[str]) -> pd.DataFrame:
    """Rows of ``transfers.csv`` between two different real tasks, one source at a time."""
    table = pd.read_csv(DATASETS[dataset].folder / "transfers.csv")
    baseline = table["sources"].isin(pseudo) | table["target"].isin(pseudo)
    several = table["sources"].str.contains(";", regex=False)
    return table[~several & ~baseline & (table["sources"] != table["target"])]


def tied_pairs(table: AffinityTable) -> tuple[int, int, int]:
    """Unordered pairs of a target's eligible sources: all, tied, and tied at 0."""
    pairs = tied = at_zero = 0
    for column, eligible in zip(table.value.T, table.eligible.T, strict=True):
        scores = column[eligible]
        one, other = np.triu_indices(len(scores), 1)
        equal = scores[one] == scores[other]
        pairs, tied = pairs + equal.size, tied + int(equal.sum())
        at_zero += int((equal & (scores[one] == 0)).sum())
    return pairs, tied, at_zero


def mean_spearman(frame: pd.DataFrame, one: str, other: str) -> float:
    """Spearman of two columns for each target, averaged over the targets where it is defined."""
    return float(frame.groupby("target")[[one, other]].corr(method="spearman")[other].xs(one, level=1).mean())


def agreement(table: AffinityTable, one: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> float:
    """Spearman of two [N, N] figures over each target's eligible sources, mean over targets."""
    scores = []
    for target in np.flatnonzero(table.eligible.any(0)):
        both = table.eligible[:, target] & np.isfinite(one[:, target]) & np.isfinite(other[:, target])
        if np.ptp(one[both, target]) and np.ptp(other[both, target]):
            scores.append(spearmanr(one[both, target], other[both, target]).statistic)
    return float(np.mean(scores)) if scores else float("nan")


def rounded(value: float) -> str:
    """Three decimals without the leading zero, as the cards write correlations; a dash where undefined."""
    return f"{value:.3f}".replace("0.", ".", 1) if np.isfinite(value) else "–"
