"""What a name or a path stands for."""

from pathlib import Path
from typing import get_args

import pytest

from datamodules.errors import UserError
from datamodules.own_matrix.reading import HowToRead
from datamodules.own_matrix.table import read_own_table
from datamodules.registry import DATASETS, OwnMatrix, find_source
from datamodules.tables.dataset import Field

WIDE = "from,x,y,z\na,1,2,3\nb,4,5,9\nc,7,8,6\nd,2,4,1\n"


@pytest.fixture
def matrix(tmp_path: Path) -> Path:
    path = tmp_path / "my matrix.csv"
    path.write_text(WIDE)
    return path


def test_a_dataset_is_found_by_its_name() -> None:
    for name, source in DATASETS.items():
        assert find_source(name) is source
        assert source.name == name


def test_datasets_stand_by_field() -> None:
    assert [*dict.fromkeys(source.field for source in DATASETS.values())] == [*get_args(Field)]
    fields = [source.field for source in DATASETS.values()]
    assert fields == sorted(fields, key=get_args(Field).index)


@pytest.mark.parametrize("name", DATASETS)
def test_every_headline_matrix_can_be_read(name: str) -> None:
    source = find_source(name)
    table = source.read(regime=source.regimes[0], label=next(iter(source.labels)))
    assert table.eligible.any()


def test_a_path_is_a_matrix_of_ones_own(matrix: Path) -> None:
    source = find_source(str(matrix), lower_is_better=True)
    assert source == OwnMatrix(location=str(matrix), how=HowToRead(lower_is_better=True))
    assert source.name == "my matrix"
    table = source.read(regime="own", label="value")
    assert table.hash == read_own_table(matrix, lower_is_better=True).hash
    assert table.value[0, table.task_names.index("y")] == -2.0


@pytest.mark.parametrize(("regime", "label"), [("16k", "value"), ("own", "ahp")])
def test_a_matrix_of_ones_own_has_one_regime_and_one_label(matrix: Path, regime: str, label: str) -> None:
    with pytest.raises(UserError, match="unknown"):
        find_source(str(matrix)).read(regime=regime, label=label)


def test_a_matrix_too_small_to_be_benchmarked_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("from,x,y\na,1,2\nb,4,5\n")
    with pytest.raises(UserError, match="at least 3 measured sources"):
        find_source(str(tmp_path / "m.csv")).read(regime="own", label="value")


def test_a_missing_file_is_refused() -> None:
    with pytest.raises(UserError, match="there is no such file"):
        find_source("no/such/matrix.csv").read(regime="own", label="value")


def test_options_of_ones_own_matrix_are_refused_for_a_published_one() -> None:
    with pytest.raises(UserError, match="published dataset"):
        find_source("taskonomy", lower_is_better=True)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("...csv", "no name"),
        ("some/...parquet", "no name"),
        ("..csv", "no name"),
        ("hf://owner/..", "no name"),
        ("a\nb.csv", "not printable"),
        ("a\u202eb.csv", "not printable"),
        ("taskonomy.csv", "a published dataset"),
        ("n" * 201 + ".csv", "too long"),
    ],
)
def test_names_that_no_board_or_folder_may_have_are_refused(name: str, problem: str) -> None:
    with pytest.raises(UserError, match=f"is {problem}: rename the file"):
        find_source(name)
