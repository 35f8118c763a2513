"""Which columns a narrow terminal gets."""

import io

import pytest
from rich.console import Console

from benchmark.reporting.fitting_table import FittingTable, TableColumn


def printed(width: int) -> list[str]:
    table = FittingTable(
        columns=[
            TableColumn(heading="model", is_number=False),
            TableColumn(heading="score"),
            TableColumn(heading="recall\n@3", goes=1),
            TableColumn(heading="seconds", goes=2),
        ],
        rows=[("kernel-ridge", "0.5", "0.25", "1.5")],
    )
    console = Console(width=width, file=io.StringIO(), record=True)
    console.print(table)
    return [line.strip() for line in console.export_text().splitlines() if line.strip()]


@pytest.mark.parametrize(
    ("width", "cells", "last"),
    [
        (39, ["kernel-ridge", "0.5", "0.25", "1.5"], ""),
        (38, ["kernel-ridge", "0.5", "1.5"], "recall @3"),
        (25, ["kernel-ridge", "0.5"], "recall @3, seconds"),
    ],
)
def test_the_least_important_columns_go_first_and_are_named(width: int, cells: list[str], last: str) -> None:
    lines = printed(width)
    (row,) = [line for line in lines if line.startswith("kernel")]
    assert row.split() == cells
    assert max(map(len, lines)) <= width
    text = " ".join(lines)
    expected = f"Left out for want of room: {last}. All columns take 39 characters."
    assert (expected in text) if last else ("Left out" not in text)
