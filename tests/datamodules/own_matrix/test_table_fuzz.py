"""Any table survives being written and read; any damaged file is read or refused with a message."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from datamodules.affinity_table import AffinityTable
from datamodules.errors import UserError
from datamodules.own_matrix.alike import check_not_alike
from datamodules.own_matrix.cells import is_number
from datamodules.own_matrix.table import read_own_table

FORMS = [(form, ending) for form in ("wide", "long") for ending in (".csv", ".parquet")]

PITFALLS = ["001", "1", "1.0", "NA", "nan", "None", "null", "inf", "-", "a", "a,b", '"', "a\nb", "a\rb"]
names = st.sampled_from(PITFALLS) | st.text(
    # a lone surrogate is no text, and a NUL says that a file is none
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    min_size=1,
    max_size=6,
).filter(lambda name: name == name.strip() != "")
cells = st.none() | st.floats(-1e30, 1e30) | st.sampled_from([0.0, -0.0, 1e30, 5e-324])


@dataclass(frozen=True)
class Made:
    """A table to write: names of both sides, and a cell a pair."""

    sources: list[str]
    targets: list[str]
    cells: dict[tuple[str, str], float | None]

    @property
    def tasks(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.sources + self.targets))

    @property
    def measured(self) -> dict[tuple[str, str], float]:
        return {pair: cell for pair, cell in self.cells.items() if cell is not None and len(set(pair)) == 2}


@st.composite
def tables(draw: st.DrawFn) -> Made:
    """Square, rectangular and bipartite tables with gaps, from which something can be recovered."""
    tasks = draw(st.lists(names, min_size=4, max_size=7, unique=True))
    is_source, is_target = (draw(st.lists(st.booleans(), min_size=7, max_size=7)) for _ in range(2))
    sources = [name for name, role in zip(tasks, is_source, strict=False) if role]
    # a task without a role gets that of a target
    targets = [name for name, role in zip(tasks, is_target, strict=False) if role or name not in sources]
    targets = draw(st.permutations(targets))
    assume(sources and targets)
    pairs = [(source, target) for source in sources for target in targets]
    values = draw(st.lists(cells, min_size=len(pairs), max_size=len(pairs)))
    made = Made(sources, targets, dict(zip(pairs, values, strict=True)))
    assume(is_plain(made))
    return made


def are_apart(names: Iterable[str]) -> bool:
    """Whether no two names look alike."""
    try:
        check_not_alike(names, path=Path())
    except UserError:
        return False
    return True


def is_plain(made: Made) -> bool:
    """Whether a table is none of those that are refused because they would be misread."""
    figures = list(made.measured.values())
    numbers = [all(map(is_number, side)) for side in (made.sources, made.targets)]
    first_row = [made.cells[made.sources[0], target] for target in made.targets]
    return (
        are_apart(made.tasks)
        and len(set(figures)) > 1
        and max(figures) - min(figures) > 1e-9 * max(map(abs, figures))
        and max(figures) - min(figures) > 1e-29
        and not any(numbers)
        and any(cell is not None for cell in first_row)
        and not {"source", "target"} <= {name.casefold() for name in made.targets}
    )


def write(made: Made, folder: Path, form: str, ending: str) -> Path:
    """Write a table with the csv module, or with Arrow, which knows nothing of pandas."""
    header = ["from", *made.targets] if form == "wide" else ["source", "target", "value"]
    rows: list[list[str | float | None]] = [
        [source, *(made.cells[source, target] for target in made.targets)] for source in made.sources
    ]
    if form == "long":
        rows = [[*pair, cell] for pair, cell in made.cells.items()]
    path = folder / f"m{ending}"
    if ending == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *rows])
    else:
        number_of_names = 1 if form == "wide" else 2
        columns = [
            pa.array(column, pa.string() if i < number_of_names else pa.float64())
            for i, column in enumerate(zip(*rows, strict=True))
        ]
        pq.write_table(pa.table(columns, names=header), path)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tables")


@settings(max_examples=70)
@given(made=tables(), lower_is_better=st.booleans())
def test_a_table_comes_back_to_the_bit_in_every_form(made: Made, lower_is_better: bool, folder: Path) -> None:
    sign = -1 if lower_is_better else 1
    expected = {pair: (sign * cell).hex() for pair, cell in made.measured.items()}
    for form, ending in FORMS:
        table = read_own_table(write(made, folder, form, ending), lower_is_better=lower_is_better)
        assert table.task_names == made.tasks
        found = {
            (table.task_names[s], table.task_names[t]): float(table.value[s, t]).hex()
            for s, t in np.argwhere(table.eligible)
        }
        assert found == expected
        assert np.isnan(table.value[~table.eligible]).all()


def check_is_sound(own: AffinityTable) -> None:
    """What any table that was not refused must be."""
    table = own
    size = len(table.task_names)
    assert len(set(table.task_names)) == size >= 4
    assert table.value.shape == table.eligible.shape == (size, size)
    assert np.array_equal(np.isfinite(table.value), table.eligible)
    assert not table.eligible.diagonal().any()
    assert len(np.unique(table.value[table.eligible])) > 1
    assert len(table.groups) == len(table.kinds) == size
    if own.feature_names:
        assert own.features is not None
        assert own.features.shape == (size, len(own.feature_names))
        assert np.isfinite(own.features).all()
    else:
        assert own.features is None


def read_or_refuse(path: Path, *, tasks: Path | None = None) -> None:
    """Accept a sound table or a message; any other exception fails the test."""
    try:
        own = read_own_table(path, tasks=tasks)
    except UserError as error:
        message = str(error)
    else:
        check_is_sound(own)
        return
    assert message.startswith((f"{path}: ", f"{tasks}: "))
    assert len(message) < 1000
    assert message.isprintable()


JUNK = [
    "",
    " ",
    "x",
    "nan",
    "inf",
    "-1e999",
    "1_0",
    "a",
    "source",
    "value",
    '"',
    ",",
    "\n",
    "\0",
    "é",
    "=1+1",
    "٣",
]


@settings(max_examples=30)
@given(made=tables(), data=st.data(), form=st.sampled_from(["wide", "long"]))
def test_a_row_that_stands_twice_is_refused(made: Made, data: st.DataObject, form: str, folder: Path) -> None:
    path = write(made, folder, form, ".csv")
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    rows.insert(data.draw(st.integers(0, len(rows))), data.draw(st.sampled_from(rows)))
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    with pytest.raises(UserError, match=r"the same (name|pair) twice: rows \d+ and \d+ are both"):
        read_own_table(path)


@settings(max_examples=100)
@given(made=tables(), data=st.data(), form=st.sampled_from(["wide", "long"]))
def test_a_csv_with_damaged_rows_is_read_or_refused(
    made: Made, data: st.DataObject, form: str, folder: Path
) -> None:
    path = write(made, folder, form, ".csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    for _ in range(data.draw(st.integers(1, 3))):
        row = data.draw(st.integers(0, len(rows) - 1))
        column = data.draw(st.integers(0, max(len(rows[row]) - 1, 0)))
        damage = data.draw(
            st.sampled_from(["drop row", "repeat row", "drop cell", "add cell", "replace cell"])
        )
        if damage == "drop row" and len(rows) > 1:
            del rows[row]
        elif damage == "repeat row":
            rows.insert(data.draw(st.integers(0, len(rows))), [*rows[row]])
        elif damage == "drop cell":
            del rows[row][column : column + 1]
        elif damage == "add cell":
            rows[row].insert(column, data.draw(st.sampled_from(JUNK)))
        else:
            rows[row][column : column + 1] = [data.draw(st.sampled_from(JUNK) | names)]
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    path.write_text(text.getvalue(), "utf-8")
    read_or_refuse(path)


@settings(max_examples=200)
@given(made=tables(), data=st.data(), how=st.sampled_from(FORMS))
def test_a_file_with_damaged_bytes_is_read_or_refused(
    made: Made, data: st.DataObject, how: tuple[str, str], folder: Path
) -> None:
    path = write(made, folder, *how)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(content)))
        end = data.draw(st.integers(start, min(start + 8, len(content))) | st.just(len(content)))
        content[start:end] = data.draw(
            st.binary(max_size=8) | st.sampled_from([junk.encode() for junk in JUNK])
        )
    path.write_bytes(content)
    read_or_refuse(path)


@settings(max_examples=70)
@given(
    content=st.binary(max_size=60)
    | st.text(st.sampled_from('abc01.,"\n\r\0 ;é-\ufeff'), max_size=60).map(str.encode)
    | st.binary(max_size=60).map(lambda inside: b"PAR1" + inside + b"PAR1"),
    ending=st.sampled_from([".csv", ".parquet"]),
)
def test_a_file_of_anything_is_read_or_refused(content: bytes, ending: str, folder: Path) -> None:
    path = folder / f"junk{ending}"
    path.write_bytes(content)
    read_or_refuse(path)


@settings(max_examples=70)
@given(
    made=tables(),
    header=st.lists(st.sampled_from(["name", "group", "kind", "size", "", "Name"]), min_size=1, max_size=4),
    data=st.data(),
)
def test_any_tasks_file_is_joined_or_refused(
    made: Made, header: list[str], data: st.DataObject, folder: Path
) -> None:
    row = st.tuples(
        *(
            st.sampled_from(made.tasks) if column == "name" else st.sampled_from(JUNK) | cells.map(str)
            for column in header
        )
    )
    name_column = header.index("name") if "name" in header else 0
    rows = data.draw(st.lists(row, max_size=8, unique_by=lambda cells: cells[name_column]))
    tasks = folder / "tasks.csv"
    with tasks.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    read_or_refuse(write(made, folder, "long", ".parquet"), tasks=tasks)


@settings(max_examples=30)
@given(made=tables(), data=st.data(), width=st.integers(1, 3))
def test_a_tasks_file_is_joined_to_the_bit(made: Made, data: st.DataObject, width: int, folder: Path) -> None:
    numbers = st.floats(allow_nan=False, allow_infinity=False)
    row = st.tuples(names, *([numbers] * width))
    rows = {name: draw for name, *draw in data.draw(st.lists(row))}
    rows |= {name: list(data.draw(row)[1:]) for name in made.tasks}
    assume(are_apart(rows))
    tasks = folder / "tasks.csv"
    header = ["group", "name", *(f"size {i}" for i in range(width))]
    order = data.draw(st.permutations(list(rows)))
    with tasks.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *([f"of {name}", name, *rows[name]] for name in order)])
    own = read_own_table(write(made, folder, "wide", ".csv"), tasks=tasks)
    assert own.groups == tuple(f"of {name}" for name in made.tasks)
    assert own.feature_names == tuple(header[2:])
    expected = np.array([rows[name] for name in made.tasks])
    assert (own.features is None) == (expected.size == 0)
    if own.features is not None:
        assert own.features.tobytes() == expected.tobytes()
