"""A table in memory is the file: source × target, joined by name, tasks only."""

import csv
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from datamodules.affinity_table import AffinityTable, Label
from datamodules.errors import UserError
from datamodules.registry import DATASETS
from datamodules.replicates import Replicates
from datamodules.tables import dataset as dataset_module
from datamodules.tables.dataset import Dataset
from datamodules.tables.taskonomy import TASKONOMY

MakeTable = Callable[[NDArray[np.bool_]], AffinityTable]
EVERY_TABLE = [
    (name, regime, label)
    for name, source in DATASETS.items()
    for regime in source.regimes
    for label in source.labels
]
each_table = pytest.mark.parametrize(("dataset", "regime", "label"), EVERY_TABLE)
PSEUDO_SOURCES = {"self", "random", "class_selected", "pixels"}
# source, target and the published AHP affinity, as they stand in transfers.csv
KNOWN_ROWS = [
    ("16k", "autoencoder", "class_1000", 0.003390940504889427),
    ("16k", "curvature", "autoencoder", 2.8782824799356187e-05),
    ("1k", "jigsaw", "reshade", 0.001212825033037023),
    ("test-subset", "reshade", "rgb2sfnorm", 0.023206481967281332),
    ("test-subset", "rgb2sfnorm", "reshade", 0.042787395058694555),
]


@each_table
def test_each_value_is_the_transform_of_the_files_figure(dataset: str, regime: str, label: str) -> None:
    """Read again with the csv module, entry by entry; what the file lacks is NaN."""
    source = DATASETS[dataset]
    table, figure = source.read(regime=regime, label=label), source.labels[label]
    place = {name: i for i, name in enumerate(table.task_names)}
    published = np.full(table.value.shape, np.nan)
    with (source.folder / "transfers.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            pair = place.get(row["sources"]), place.get(row["target"])
            if row["regime"] == regime and None not in pair and pair[0] != pair[1]:
                published[pair] = float(row[figure.column] or "nan")
    np.testing.assert_array_equal(table.value, figure.transform(published))


@each_table
def test_eligible_is_what_has_a_value_off_the_diagonal(dataset: str, regime: str, label: str) -> None:
    table = DATASETS[dataset].read(regime=regime, label=label)
    assert table.eligible.dtype == np.bool_
    assert table.value.dtype == np.float64
    np.testing.assert_array_equal(np.isfinite(table.value), table.eligible)
    assert np.isnan(table.value[~table.eligible]).all()
    assert not table.eligible.diagonal().any()
    assert (table.eligible.any(0) | table.eligible.any(1)).all()


@each_table
def test_a_table_says_what_it_is(dataset: str, regime: str, label: str) -> None:
    table = DATASETS[dataset].read(regime=regime, label=label)
    assert (table.name, table.regime, table.label) == (dataset, regime, label)
    assert table.unit == DATASETS[dataset].labels[label].unit
    assert len(set(table.task_names)) == len(table.value) == len(table.groups) == len(table.kinds)


@pytest.mark.parametrize(("regime", "source", "target", "figure"), KNOWN_ROWS)
def test_taskonomys_rows_are_sources_and_its_affinities_logarithms(
    regime: str, source: str, target: str, figure: float
) -> None:
    table = TASKONOMY.read(regime=regime, label="ahp")
    s, t = map(table.task_names.index, (source, target))
    assert table.value[s, t] == math.log(figure)


@pytest.mark.parametrize("label", ["ahp", "winrate"])
@pytest.mark.parametrize(
    ("regime", "tasks", "targets", "entries"),
    [("16k", 25, 22, 528), ("1k", 25, 22, 528), ("test-subset", 24, 21, 483)],
)
def test_taskonomys_sizes(regime: str, label: str, tasks: int, targets: int, entries: int) -> None:
    table = TASKONOMY.read(regime=regime, label=label)
    assert len(table.task_names) == tasks
    assert table.eligible.any(1).sum() == tasks
    assert table.eligible.any(0).sum() == targets
    assert table.eligible.sum() == entries
    assert PSEUDO_SOURCES.isdisjoint(table.task_names)


def test_taskonomys_groups_go_with_their_tasks() -> None:
    table = TASKONOMY.read(regime="16k", label="ahp")
    group, kind = (dict(zip(table.task_names, words, strict=True)) for words in (table.groups, table.kinds))
    assert (group["edge2d"], kind["edge2d"]) == ("2D", "pixel map")
    assert (group["class_1000"], kind["class_1000"]) == ("semantic", "class distribution")
    assert (group["fix_pose"], kind["fix_pose"]) == ("low-dimensional geometric", "vector")


def write_table(folder: Path, transfers: str, tasks: str) -> None:
    folder.mkdir()
    (folder / "transfers.csv").write_text("regime,sources,target,score\n" + transfers, "utf-8")
    (folder / "tasks.csv").write_text("name,group,kind\n" + tasks, "utf-8")


def test_names_join_rows_and_columns_and_only_tasks_enter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shuffled rows, a blank, other regimes, a transfer onto itself; d, e and f meet no single task."""
    monkeypatch.setattr(dataset_module, "TABLES", tmp_path)
    transfers = (
        "r,c,a,7\nr,b,c,5\nr,a,b,\nr,a;b,c,99\nr,noise,c,98\nr,c,noise,97\nr,c,c,96\nq,a,b,95\nr,c,b,6\n"
        "r,noise,d,94\nr,e,noise,93\nr,a;b,f,92\n"
    )
    write_table(tmp_path / "tiny", transfers, "c,g,\nd,g,k\ne,g,k\nf,g,k\na,,NA\nb,h,k\n")
    labels = {"negated": Label(column="score", unit="minus points", transform=lambda figures: -figures)}
    table = Dataset(
        name="tiny", field="vision", regimes=("r",), labels=labels, pseudo_sources=("noise",)
    ).read()
    nan = np.nan
    assert table.task_names == ("c", "a", "b")
    np.testing.assert_array_equal(table.value, [[nan, -7, -6], [nan, nan, nan], [-5, nan, nan]])
    assert table.eligible.tolist() == [[0, 1, 1], [0, 0, 0], [1, 0, 0]]
    assert table.groups == ("g", "", "h")
    assert table.kinds == ("", "NA", "k")


def test_a_label_without_transform_reads_the_figure_as_it_is() -> None:
    table = TASKONOMY.read(regime="16k", label="winrate")
    s, t = map(table.task_names.index, ("autoencoder", "class_1000"))
    assert table.value[s, t] == 0.5327594176103536


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"regime": "16K"}, "unknown regime '16K': did you mean '16k'? Known: 16k, 1k, test-subset."),
        ({"label": "winrte"}, "unknown label 'winrte': did you mean 'winrate'? Known: ahp, winrate."),
    ],
)
def test_unknown_names_are_answered_with_the_nearest(wrong: dict[str, str], message: str) -> None:
    with pytest.raises(UserError) as caught:
        TASKONOMY.read(**{"regime": "16k", "label": "ahp"} | wrong)
    assert str(caught.value) == message


def test_the_hash_is_that_of_the_content(table: AffinityTable) -> None:
    same = replace(table, value=table.value.copy(), eligible=table.eligible.copy())
    assert same.hash == table.hash
    assert len(bytes.fromhex(table.hash)) == 32


def test_the_hash_sees_the_last_digit_of_every_eligible_affinity(table: AffinityTable) -> None:
    hashes = {table.hash}
    entries = np.argwhere(table.eligible)[::5]
    for s, t in entries:
        value = table.value.copy()
        value[s, t] = np.nextafter(value[s, t], np.inf)
        hashes.add(replace(table, value=value).hash)
    assert len(hashes) == 1 + len(entries)


def test_the_hash_does_not_see_ineligible_values(table: AffinityTable) -> None:
    value = np.where(table.eligible, table.value, 5.0)
    assert replace(table, value=value).hash == table.hash


def test_the_hash_does_not_see_replicates(table: AffinityTable) -> None:
    replicates = Replicates.of_runs(np.stack([table.value, table.value + 1]))
    assert replace(table, replicates=replicates).hash == table.hash


def test_the_hash_sees_names_roles_and_metadata(make_table: MakeTable) -> None:
    table = make_table(~np.eye(3, dtype=bool))
    fewer = table.eligible.copy()
    fewer[0, 1] = False
    variants = [
        replace(table, name="other"),
        replace(table, regime="other"),
        replace(table, label="other"),
        replace(table, task_names=("task 0", "task 1", "other")),
        replace(table, groups=("alpha", "beta", "")),
        replace(table, kinds=("map", "vector", "")),
        replace(table, groups=table.kinds, kinds=table.groups),
        replace(table, eligible=fewer),
        replace(table, eligible=fewer, value=np.ones((3, 3))),
        replace(table, eligible=fewer.T, value=np.ones((3, 3))),
        replace(table, value=table.value.T),
    ]
    assert len({table.hash, *(variant.hash for variant in variants)}) == 1 + len(variants)


def test_the_hash_does_not_depend_on_memory_layout_or_byte_order(table: AffinityTable) -> None:
    turned = replace(table, value=np.asfortranarray(table.value), eligible=np.asfortranarray(table.eligible))
    swapped = replace(table, value=table.value.astype(">f8"))
    assert turned.hash == swapped.hash == table.hash
