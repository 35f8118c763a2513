"""What the card of the Taskonomy table says of it."""

import re

import numpy as np
import pandas as pd
import pytest

from datamodules.tables.taskonomy import TASKONOMY

from .published import card, card_table, first_order, published, read

NAME = "taskonomy"
PSEUDO = {"self", "random", "class_selected", "pixels"}
REGIMES = ["16k", "1k", "test-subset"]
FIGURES = ["ahp", "wins_vs_pixels", "wins_vs_task"]
GROUPS = {
    "2D": "autoencoder denoise edge2d keypoint2d segment2d colorization impainting_whole jigsaw",
    "3D": "curvature edge3d keypoint3d reshade rgb2depth rgb2mist rgb2sfnorm segment25d",
    "low-dimensional geometric": "room_layout vanishing_point_well_defined ego_motion fix_pose"
    " non_fixated_pose point_match",
    "semantic": "segmentsemantic_rb class_1000 class_places",
}
NOT_PIXEL_MAPS = {
    "vector": "room_layout vanishing_point_well_defined ego_motion fix_pose non_fixated_pose",
    "class distribution": "jigsaw point_match class_1000 class_places",
}


@pytest.fixture(scope="module")
def transfers() -> pd.DataFrame:
    """Of one source and of several."""
    table = pd.concat([pd.read_csv(TASKONOMY.folder / name) for name in ("transfers.csv", "sets.csv")])
    return table.assign(order=table["sources"].str.count(";") + 1)


@pytest.fixture(scope="module")
def eligible() -> pd.DataFrame:
    return first_order(NAME, pseudo=PSEUDO)


def test_the_number_of_names_is_the_published_order() -> None:
    for row in published("taskonomy/transfers.csv"):
        assert row["sources"].count(";") + 1 == int(row["order"])


def test_groups_and_kinds() -> None:
    tasks = read(TASKONOMY.folder / "tasks.csv")
    expected = [(name, group) for group, names in GROUPS.items() for name in names.split()]
    assert [(task["name"], task["group"]) for task in tasks] == expected
    kinds = {name: kind for kind, names in NOT_PIXEL_MAPS.items() for name in names.split()}
    assert [task["kind"] for task in tasks] == [kinds.get(task["name"], "pixel map") for task in tasks]


def test_row_counts_are_the_cards(transfers: pd.DataFrame) -> None:
    counted = []
    for regime in REGIMES:
        orders = transfers.loc[transfers["regime"] == regime, "order"]
        counts = [len(orders), *((orders == k).sum() for k in (1, 2, 3, 4)), (orders > 4).sum()]
        counted.append([regime, *map(str, counts)])
    assert card_table(NAME, "| regime | rows |") == counted


def test_eligible_transfers_are_the_cards(eligible: pd.DataFrame) -> None:
    counted = []
    for regime in REGIMES:
        e = eligible[eligible["regime"] == regime]
        assert len(e) == e["sources"].nunique() * e["target"].nunique() - e["target"].nunique()
        sizes = [e["sources"].nunique(), e["target"].nunique(), len(e)]
        low, high, wins = f"{e['ahp'].min():.2e}", f"{e['ahp'].max():.4f}", e["wins_vs_pixels"]
        counted.append([regime, *map(str, sizes), low, high, f"{wins.max():.3f}", str((wins == 0).sum())])
    assert card_table(NAME, "| regime | sources |") == counted
    assert eligible[["ahp", "wins_vs_pixels"]].notna().all(axis=None)


def test_ties_are_the_cards(eligible: pd.DataFrame) -> None:
    counted = []
    for regime in REGIMES:
        pairs = tied = zero = 0
        for _, column in eligible[eligible["regime"] == regime].groupby("target"):
            wins, upper = column["wins_vs_pixels"].to_numpy(), np.triu_indices(len(column), 1)
            equal = wins[upper[0]] == wins[upper[1]]
            pairs, tied = pairs + equal.size, tied + equal.sum()
            zero += (equal & (wins[upper[0]] == 0)).sum()
            assert column["ahp"].is_unique
        counted.append([regime, str(pairs), str(tied), f"{100 * tied / pairs:.1f} %", str(zero)])
    assert card_table(NAME, "| regime | pairs |") == counted


def test_affinities_of_a_target_sum_to_one(transfers: pd.DataFrame) -> None:
    sums = transfers.groupby(["regime", "target"])["ahp"].sum()
    assert len(sums) == 3 * 22
    np.testing.assert_allclose(sums, 1.0, rtol=0, atol=1e-12)
    assert (transfers["ahp"].dropna() > 0).all()


def test_blank_cells_and_baselines(transfers: pd.DataFrame) -> None:
    blanks = re.search(r"There are (\d+) blank `ahp`, (\d+) blank `wins_vs_task` and no blank", card(NAME))
    assert blanks is not None
    assert transfers[FIGURES].isna().sum().tolist() == [int(blanks[1]), 0, int(blanks[2])]
    assert (transfers.loc[transfers["sources"] == "self", "wins_vs_task"] == 0.5).all()
    assert (transfers.loc[transfers["sources"] == "pixels", "wins_vs_pixels"] == 0.5).all()
    certain = transfers[(transfers["wins_vs_pixels"] == 1) | (transfers["wins_vs_task"] == 1)]
    assert set(zip(certain["regime"], certain["order"], strict=True)) == {("test-subset", 2)}
    expected = {"class_selected": 10, "non_fixated_pose": 10, "ego_motion": 2}
    assert certain["target"].value_counts().to_dict() == expected
