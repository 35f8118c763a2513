"""The time left is judged by the pieces that took time."""

import pytest
from rich.progress import Task, TaskID

from benchmark.progress.counted import TimeLeftColumn


@pytest.mark.parametrize(
    ("worked_on", "expected"),
    [
        (3, "0:00:40 left"),  # 30 s for 3 of the 6 that are done, so 10 s for each of the 4 that are not
        (6, "0:00:20 left"),
        (0, ""),  # all that is done was there already
    ],
)
def test_pieces_that_were_there_already_do_not_count(worked_on: int, expected: str) -> None:
    task = Task(TaskID(0), "cells", total=10, completed=6, _get_time=lambda: 30.0)
    task.start_time = 0.0
    task.fields["worked_on"] = worked_on
    assert TimeLeftColumn().render(task).plain == expected


def test_other_bars_have_none() -> None:
    task = Task(TaskID(0), "epochs", total=10, completed=6, _get_time=lambda: 30.0)
    task.start_time = 0.0
    assert TimeLeftColumn().render(task).plain == ""
