"""What a recovered matrix leaves behind, and reading it back."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from datamodules.errors import UserError
from recovery.recovery import Recovery


@pytest.fixture(scope="module")
def folder(recovered: Recovery, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recovered")
    assert recovered.save(path) == path / "index.html"
    return path


def test_the_files_say_what_was_recovered(folder: Path, recovered: Recovery) -> None:
    assert sorted(path.name for path in folder.iterdir()) == [
        "cells.csv",
        "cells.parquet",
        "index.html",
        "matrix.csv",
        "recovery.json",
    ]
    pd.testing.assert_frame_equal(pd.read_csv(folder / "cells.csv"), recovered.cells)
    wide = pd.read_csv(folder / "matrix.csv", index_col=0)
    pd.testing.assert_frame_equal(wide, recovered.matrix(), check_names=False)
    record = json.loads((folder / "recovery.json").read_text())
    assert record["model"] == "kernel-ridge"
    assert record["guarantee"]["chosen"] == "by-hand"
    assert {"torch", "affinity-bench"} <= set(record["versions"])


def test_it_is_read_back(folder: Path, recovered: Recovery) -> None:
    again = Recovery.load(folder)
    pd.testing.assert_frame_equal(again.cells, recovered.cells)
    assert again.record == recovered.record
    assert str(again.guarantee) == str(recovered.guarantee)


def test_a_folder_without_one_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no recovered matrix"):
        Recovery.load(tmp_path)
    (tmp_path / "cells.parquet").write_bytes((folder / "cells.parquet").read_bytes())
    for text, message in (("{}", "its format is None"), ("[", "no record"), ('{"format": 1}', "no record")):
        (tmp_path / "recovery.json").write_text(text)
        with pytest.raises(UserError, match=message):
            Recovery.load(tmp_path)


FORGED: dict[str, tuple[Callable[[Path], object], str]] = {
    "pipe": (os.mkfifo, "not a regular file"),
    "folder": (Path.mkdir, "Is a directory"),
    "endless": (lambda path: path.symlink_to("/dev/zero"), "not a regular file"),
    "loop": (lambda path: path.symlink_to(path.name), "cannot be read"),
    "junk": (lambda path: path.write_bytes(b"PAR1" * 9), "not a readable Parquet file|no record"),
    "deep": (lambda path: path.write_bytes(b"[" * 10**6), "not a readable Parquet file|no record"),
}


@pytest.mark.parametrize("name", ["cells.parquet", "recovery.json"])
@pytest.mark.parametrize(("make", "message"), FORGED.values(), ids=FORGED)
def test_what_is_no_file_is_refused(
    folder: Path, tmp_path: Path, name: str, make: Callable[[Path], object], message: str
) -> None:
    for path in folder.iterdir():
        shutil.copy(path, tmp_path)
    (tmp_path / name).unlink()
    make(tmp_path / name)
    with pytest.raises(UserError, match=message) as refusal:
        Recovery.load(tmp_path)
    assert str(refusal.value).isprintable()


@pytest.mark.parametrize(
    "change",
    [
        lambda cells: cells.drop(columns="low"),
        lambda cells: cells.assign(value="1"),
        lambda cells: cells.assign(value=[[1.0]] * len(cells)),
        lambda cells: cells.assign(source=None),
        lambda cells: cells.assign(target="nobody"),
        lambda cells: pd.concat([cells, cells]),
        lambda cells: cells.assign(more=1),
    ],
)
def test_forged_cells_are_refused(
    folder: Path, tmp_path: Path, change: Callable[[pd.DataFrame], pd.DataFrame]
) -> None:
    shutil.copy(folder / "recovery.json", tmp_path)
    change(pd.read_parquet(folder / "cells.parquet")).to_parquet(tmp_path / "cells.parquet", index=False)
    with pytest.raises(UserError, match="there is no recovered matrix"):
        Recovery.load(tmp_path)
