"""What the cards of the two LangRank tables say of them."""

import numpy as np
import pandas as pd
import pytest

from datamodules.registry import DATASETS

from .published import agreement, card_table, prose, read, rounded

each_table = pytest.mark.parametrize("dataset", ["langrank-dep", "langrank-mt"])


@each_table
def test_pairs_are_those_of_the_transfers_and_agree_as_the_card_says(dataset: str) -> None:
    source = DATASETS[dataset]
    table, pairs = source.read(), pd.read_csv(source.folder / "pairs.csv")
    transfers = pd.read_csv(source.folder / "transfers.csv")
    of_pairs, of_transfers = (
        set(zip(one, other, strict=True))
        for one, other in ((pairs.source, pairs.target), (transfers.sources, transfers.target))
    )
    assert of_pairs == of_transfers
    names = list(table.task_names)
    counted = []
    for column in pairs.columns[2:]:
        square = pairs.pivot(index="source", columns="target", values=column)
        known = square.reindex(index=names, columns=names).to_numpy(dtype=np.float64)
        span = f"{pairs[column].min():.4g} to {pairs[column].max():.4g}"
        counted.append([f"`{column}`", span, rounded(agreement(table, known, table.value))])
    listed = [[row[0], row[2], row[3]] for row in card_table(dataset, "| column | meaning | range |")]
    assert listed == counted


@each_table
def test_what_pairs_say_of_one_language_is_the_same_in_all_its_pairs(dataset: str) -> None:
    pairs = pd.read_csv(DATASETS[dataset].folder / "pairs.csv")
    english = [column for column in pairs if column.endswith("_to_english")]
    assert (pairs.groupby("source")[["source_size", "source_ttr"]].nunique() == 1).all(axis=None)
    assert (pairs.groupby("target")[["target_size", "target_ttr", *english]].nunique() == 1).all(axis=None)


@each_table
def test_no_pair_feature_is_made_of_scores(dataset: str) -> None:
    columns = set(pd.read_csv(DATASETS[dataset].folder / "pairs.csv", nrows=0))
    assert not any("rank" in column or "level" in column for column in columns)
    value = DATASETS[dataset].read().value
    assert f"| {np.nanmin(value):.4f} to {np.nanmax(value):.4f} | score" in prose(dataset)


def test_languages_of_both_tables_have_one_group() -> None:
    dep, mt = (
        {task["title"]: task["group"] for task in read(DATASETS[name].folder / "tasks.csv")}
        for name in ("langrank-dep", "langrank-mt")
    )
    shared = dep.keys() & mt.keys()
    assert len(shared) == 24
    assert all(dep[title] == mt[title] for title in shared)
