"""What the card of the table of molecular properties says of it."""

import numpy as np
import pandas as pd
import pytest

from datamodules.tables.qm9_properties import QM9_PROPERTIES

from .published import agreement, card_table, prose, rounded

NAME = "qm9-properties"
ENERGIES = ["u0", "u298", "h298", "g298"]


@pytest.fixture(scope="module")
def transfers() -> pd.DataFrame:
    return pd.read_csv(QM9_PROPERTIES.folder / "transfers.csv")


def test_the_five_missing_rows(transfers: pd.DataFrame) -> None:
    there = set(zip(transfers.sources, transfers.target, strict=True))
    names = QM9_PROPERTIES.read().task_names
    missing = {(source, target) for source in names for target in names} - there
    assert missing == {(source, "alpha") for source in ("alpha", "gap", "homo", "lumo", "mu")}


def test_targets_are_the_cards(transfers: pd.DataFrame) -> None:
    table = QM9_PROPERTIES.read()
    own = transfers[transfers.sources == transfers.target].set_index("target").r2
    counted = []
    for j, target in enumerate(table.task_names):
        column = table.value[table.eligible[:, j], j]
        best = table.task_names[int(np.nanargmax(table.value[:, j]))]
        itself = f"{own[target]:.3f}" if target in own else "–"
        counted.append([target, itself, f"{column.min():.3f}", f"{column.max():.3f}", str(column.size), best])
    assert card_table(NAME, "| target | own |") == counted


def test_four_energies_are_nearly_one(transfers: pd.DataFrame) -> None:
    energies = transfers[transfers.sources.isin(ENERGIES) & transfers.target.isin(ENERGIES)]
    lowest = energies[energies.sources != energies.target].r2.min()
    assert f"R² from one of them to another is at least {lowest:.3f}" in prose(NAME)


def test_figures_agree_as_the_card_says(transfers: pd.DataFrame) -> None:
    table = QM9_PROPERTIES.read()
    names = list(table.task_names)
    error = transfers.pivot(index="sources", columns="target", values="mae")
    square = error.reindex(index=names, columns=names).to_numpy(dtype=np.float64)
    words = f"agree at a mean per-target Spearman of {rounded(agreement(table, table.value, -square))}."
    assert words in prose(NAME)
    listed = {row[0].strip("`"): row[2] for row in card_table(NAME, "| column | unit | range")}
    assert listed["r2"] == f"{transfers.r2.min():.4f} to {transfers.r2.max():.4f}"
    assert listed["mae"] == f"{transfers.mae.min():.4g} to {transfers.mae.max():.4g}"
