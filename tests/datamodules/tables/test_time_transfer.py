"""What the card of the table of transfers between months says of it."""

import numpy as np
import pandas as pd

from datamodules.tables.time_transfer import TIME_TRANSFER

from .published import agreement, card_table, prose, read, rounded

NAME = "time-transfer"
MONTHS = [f"{year}-{month:02d}" for year in range(2015, 2021) for month in range(1, 13)]


def months_later() -> np.ndarray:
    """[72, 72]: by how many months the test is later than the training."""
    return np.arange(72)[None, :] - np.arange(72)[:, None]


def test_tasks_are_the_months_in_their_order() -> None:
    tasks = read(TIME_TRANSFER.folder / "tasks.csv")
    assert [task["name"] for task in tasks] == MONTHS
    assert all(task["group"] == f"year {task['name'][:4]}" for task in tasks)
    assert TIME_TRANSFER.read().task_names == tuple(MONTHS)


def test_the_loss_is_negated() -> None:
    table = TIME_TRANSFER.read()
    assert table.label == "loss"
    assert (table.value[table.eligible] < 0).all()
    assert "negated" in table.unit


def test_ranges_are_the_cards() -> None:
    transfers = pd.read_csv(TIME_TRANSFER.folder / "transfers.csv")
    listed = {row[0].strip("`"): row[2] for row in card_table(NAME, "| column | unit | range")}
    for column in ("loss", "macro_f1", "accuracy"):
        assert listed[column] == f"{transfers[column].min():.4f} to {transfers[column].max():.4f}"
    assert listed["examples"] == f"{transfers.examples.min():.0f} to {transfers.examples.max():.0f}"
    assert f"the median cell has {transfers.examples.median():.0f} test tweets" in prose(NAME)


def test_loss_by_distance_in_time_is_the_cards() -> None:
    loss, later = -TIME_TRANSFER.read().value, months_later()
    counted = []
    for row in card_table(NAME, "| months apart |"):
        low, high = (int(end) for end in (row[0].split("–") * 2)[:2])
        means = [loss[(sign * later >= low) & (sign * later <= high)].mean() for sign in (1, -1)]
        counted.append([row[0], *(f"{mean:.3f}" for mean in means)])
    assert card_table(NAME, "| months apart |") == counted


def test_correlations_are_the_cards() -> None:
    table, f1 = TIME_TRANSFER.read(), TIME_TRANSFER.read(label="f1")
    nearness = -np.abs(months_later()).astype(np.float64)
    text = prose(NAME)
    assert f"mean over targets, is {rounded(agreement(table, nearness, table.value))}." in text
    assert f"mean per-target Spearman of {rounded(agreement(table, table.value, f1.value))};" in text
