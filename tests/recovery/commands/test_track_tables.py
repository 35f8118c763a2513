"""The tables of a track: read as ``affinity-bench run`` reads them."""

import inspect
import pkgutil
from pathlib import Path

import numpy as np
import pytest

from benchmark.commands.run import run
from datamodules.errors import UserError
from recovery.cli import COMMANDS
from recovery.commands.track_tables import track_tables

MATRIX = "source,a,b,c,d,e\n" + "".join(
    f"{name}," + ",".join(f"{5 * row + column}" for column in range(5)) + "\n"
    for row, name in enumerate("vwxyz")
)
OPTIONS = {"lower_is_better": False, "tasks": None, "pairs": None, "columns": "", "transpose": False}


@pytest.mark.parametrize("name", COMMANDS)
def test_commands_that_bench_a_matrix_of_your_own_read_it_alike(name: str) -> None:
    command = pkgutil.resolve_name(COMMANDS[name])
    parameters = inspect.signature(command).parameters
    if "dataset" in parameters and "path of a matrix of your own" in " ".join(
        (command.__doc__ or "").replace("whole ", "").split()
    ):
        of_run = inspect.signature(run).parameters
        for option in OPTIONS:
            assert parameters[option].annotation == of_run[option].annotation, option


def test_options_say_how_own_matrices_are_read(tmp_path: Path) -> None:
    file = tmp_path / "my.csv"
    file.write_text(MATRIX)
    (plain,) = track_tables(str(file), **OPTIONS)
    (turned,) = track_tables(str(file), **OPTIONS | {"lower_is_better": True, "transpose": True})
    assert plain.task_names == tuple("vwxyzabcde")
    assert turned.task_names == tuple("abcdevwxyz")
    np.testing.assert_array_equal(turned.value[:5, 5:], -plain.value[:5, 5:].T)


def test_published_datasets_are_read_as_they_are() -> None:
    with pytest.raises(UserError, match="lower_is_better are for a matrix of your own"):
        track_tables("medmnist", **OPTIONS | {"lower_is_better": True})
