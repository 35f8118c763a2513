"""Which cells a run consists of."""

from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from benchmark.running import suite
from benchmark.running.suite import SUITES, cells_of, load_suite
from datamodules.errors import UserError
from datamodules.registry import DATASETS, find_source
from lit_models.registry import load_model, load_models, model_names

TASKONOMY = find_source("taskonomy")

SUITE_NAMES = sorted(path.stem for path in SUITES.glob("*.yaml"))
READ_ONCE = {"load_model": cache(load_model), "load_in_worker": cache(load_models)}


@pytest.fixture(autouse=True)
def configurations_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full suite has more than a hundred, and they are listed for every dataset."""
    for name, read in READ_ONCE.items():
        monkeypatch.setattr(suite, name, read)


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("name", SUITE_NAMES)
def test_every_suite_lists_distinct_files_on_every_dataset(dataset: str, name: str) -> None:
    paths = [cell.path(Path("out")) for cell in cells_of(find_source(dataset), load_suite(name))]
    assert len(paths) == len(set(paths)) > 0


def test_full_holds_the_default_and_every_model_with_and_without_z() -> None:
    paths = {name: {c.path(Path()) for c in cells_of(TASKONOMY, load_suite(name))} for name in SUITE_NAMES}
    assert paths["default"] < paths["full"]
    # 3 regimes × 2 labels × (3 ratios + inductive) × every model, twice where it can go without Z
    models = sum(2 if load_model(name).z == "none" else 1 for name in model_names())
    other_suffixes = sum("+" in name and not name.endswith("+z") for name in load_suite("default").models)
    assert len(paths["full"]) == 3 * 2 * 4 * (models + other_suffixes)


def test_what_is_named_replaces_that_part_of_the_suite() -> None:
    cells = cells_of(
        TASKONOMY,
        load_suite("default"),
        settings=["transductive"],
        masks=["1/2", "2/3"],
        models=["z-svd3", "gravity-dir+z", "z-svd3"],
        regimes=["1k"],
        labels=["winrate"],
    )
    assert [str(cell.path(Path("out"))) for cell in cells] == [
        f"out/taskonomy/1k-winrate/transductive-{share}/{model}.json"
        for share in ("1of2", "2of3")
        for model in ("z-svd3", "gravity-dir+z")
    ]


def test_inductive_cells_have_no_ratio() -> None:
    cells = cells_of(TASKONOMY, load_suite("full"), models=["group-prior"], regimes=["16k"], labels=["ahp"])
    assert [cell.place.mask for cell in cells] == ["1/3", "1/2", "2/3", None]


@pytest.mark.parametrize(
    ("part", "name", "hint"),
    [
        ("settings", "transductiv", "did you mean 'transductive'"),
        ("masks", "1/4", "unknown mask '1/4'"),
        ("models", "gravity-dri", "did you mean 'gravity-dir'"),
        ("regimes", "16K", "did you mean '16k'"),
        ("labels", "winrates", "did you mean 'winrate'"),
    ],
)
def test_an_unknown_name_is_refused_with_a_hint(part: str, name: str, hint: str) -> None:
    with pytest.raises(UserError, match=hint):
        cells_of(TASKONOMY, load_suite("default"), **{part: [name]})  # type: ignore[arg-type]  # a list of names


def test_an_unknown_dataset_or_suite_is_refused_with_a_hint() -> None:
    with pytest.raises(UserError, match="did you mean 'taskonomy'"):
        cells_of(find_source("taskonmy"), load_suite("default"))
    with pytest.raises(UserError, match="did you mean 'default'"):
        load_suite("defualt")


def test_a_ratio_without_the_transductive_setting_is_refused() -> None:
    with pytest.raises(UserError, match="omit the mask"):
        cells_of(TASKONOMY, load_suite("default"), settings=["inductive"], masks=["1/2"])


@pytest.mark.parametrize("name", SUITE_NAMES)
def test_shorter_lists_get_shorter_as_tables_grow(name: str) -> None:
    chosen = load_suite(name)
    sizes = [shorter.more_than_tasks for shorter in chosen.shorter_lists]
    assert sizes == sorted(set(sizes))
    lists = [chosen.models, *(shorter.models for shorter in chosen.shorter_lists)]
    assert all(set(longer) > set(shorter) for longer, shorter in pairwise(lists))


def test_a_table_gets_the_list_for_its_size() -> None:
    default = load_suite("default")
    small, large = default.shorter_lists
    limit, next_limit = small.more_than_tasks, large.more_than_tasks
    assert default.shorter_list(limit) is None
    assert default.shorter_list(limit + 1) is default.shorter_list(next_limit) is small
    assert default.shorter_list(next_limit + 1) is large
    assert load_suite("full").shorter_list(1000) is None


def test_the_first_shorter_list_holds_a_pair_for_every_claim() -> None:
    """Directed or not, with Z or without, messages or profile: large tables answer the claims too."""
    models = set(load_suite("default").shorter_lists[0].models)
    for pair in (
        {"gae-dir", "source-target-dir"},
        {"gae-profile", "gravity-profile"},
        {"kernel-ridge", "kernel-ridge+z"},
        {"source-target-profile", "source-target-dir"},
    ):
        assert pair <= models
