"""What the card of the table of tagging tasks says of it."""

import numpy as np
import pandas as pd
import pytest

from datamodules.tables.tagging_cotraining import TAGGING_COTRAINING

from .published import agreement, card_table, prose, rounded

NAME = "tagging-cotraining"


@pytest.fixture(scope="module")
def transfers() -> pd.DataFrame:
    return pd.read_csv(TAGGING_COTRAINING.folder / "transfers.csv")


def test_it_has_the_gains_that_the_authors_name(transfers: pd.DataFrame) -> None:
    """Forty gains, and hyperlinks helped most, by SemCor."""
    assert (transfers.gain > 0).sum() == 40
    best = transfers.loc[transfers.gain.idxmax()]
    assert (best.sources, best.target, round(best.gain, 4)) == ("semcor", "hyperlinks", 23.2002)
    assert "40 of the 90 gains are above 0" in prose(NAME)
    assert "`semcor` → `hyperlinks`, 23.2002 percent" in prose(NAME)


def test_targets_are_the_cards() -> None:
    table = TAGGING_COTRAINING.read()
    counted = []
    for j, target in enumerate(table.task_names):
        column = table.value[table.eligible[:, j], j]
        best = table.task_names[int(np.nanargmax(table.value[:, j]))]
        above = str((column > 0).sum())
        counted.append([target, f"{column.min():.2f}", f"{column.max():.2f}", above, best])
    assert card_table(NAME, "| target | smallest |") == counted


def test_ranges_and_agreement_are_the_cards(transfers: pd.DataFrame) -> None:
    listed = {row[0].strip("`"): row[2] for row in card_table(NAME, "| column | unit | range")}
    for column, digits in (("gain", ".2f"), ("gain_best", ".2f"), ("f1", ".4f")):
        figures = transfers[column]
        assert listed[column] == f"{figures.min():{digits}} to {figures.max():{digits}}"
    table = TAGGING_COTRAINING.read()
    names = list(table.task_names)
    best = transfers.pivot(index="sources", columns="target", values="gain_best")
    square = best.reindex(index=names, columns=names).to_numpy(dtype=np.float64)
    words = f"agree at a mean per-target Spearman of {rounded(agreement(table, table.value, square))}."
    assert words in prose(NAME)
