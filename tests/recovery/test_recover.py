"""``recover`` from end to end: what every recovered matrix has, and matrices of every shape."""

import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from datamodules.affinity_table import AffinityTable
from datamodules.errors import UserError
from recovery.draw import draw_cells
from recovery.measurements import read_measurements
from recovery.recover import recover
from recovery.recovery import Recovery
from recovery.shortlist import shortlist

NAMES = [f"t{number}" for number in range(8)]
COLUMNS = ["source", "target", "value", "low", "high", "measured", "shrunk_value", "chance_best"]


def frame(*, share: float = 0.5, seed: int = 0) -> pd.DataFrame:
    """8 tasks, values in [0, 1], about so much of them measured."""
    rng = np.random.default_rng(seed)
    value = pd.DataFrame(rng.random((8, 8)), index=NAMES, columns=NAMES)
    return value.mask(rng.random((8, 8)) > share)


def check(recovered: Recovery, given: pd.DataFrame) -> None:
    """What holds for every recovered matrix."""
    cells = recovered.cells
    assert list(cells.columns) == COLUMNS
    assert not cells.isna().any(axis=None)
    assert ((cells.low <= cells.value) & (cells.value <= cells.high)).all()
    assert cells.chance_best.between(0, 1).all()
    np.testing.assert_allclose(cells.groupby("target").chance_best.sum(), 1.0)
    wide = given.stack().dropna()
    wide = wide[wide.index.get_level_values(0) != wide.index.get_level_values(1)]
    measured = cells[cells.measured].set_index(["source", "target"])
    assert measured.value.to_dict() == wide.to_dict()
    assert (measured.low == measured.value).all()
    assert (measured.high == measured.value).all()
    assert (cells.source != cells.target).all()


def test_what_is_recovered(half: pd.DataFrame, recovered: Recovery) -> None:
    check(recovered, half.drop(columns="jigsaw"))
    assert len(recovered.cells) == 25 * 24
    assert recovered.record.never_measured == ["colorization", "impainting_whole", "jigsaw"]
    assert recovered.matrix().shape == (25, 25)
    assert recovered.matrix().notna().sum().sum() == 600
    assert recovered.model == "kernel-ridge"
    assert recovered.expected.index.tolist() == ["kernel-ridge", "source-mean"]
    assert recovered.expected.spearman.iloc[0] > recovered.expected.spearman.iloc[1]
    assert repr(recovered) == (
        f"Recovery(DataFrame: {int((~recovered.cells.measured).sum())} of 600 transfers recovered by "
        "kernel-ridge; not guaranteed)"
    )


def test_values_are_near_the_truth(whole: AffinityTable, recovered: Recovery) -> None:
    truth = whole.to_frame().stack().dropna()
    cells = recovered.cells.set_index(["source", "target"])
    cells = cells[~cells.measured & (cells.index.get_level_values(1) != "jigsaw")]
    cells = cells.join(truth.rename("truth"), how="inner")
    covered = ((cells.low <= cells.truth) & (cells.truth <= cells.high)).mean()
    assert 0.83 < covered < 0.97
    assert (
        cells.groupby("target")[["value", "truth"]].corr(method="spearman").value.xs("truth", level=1).mean()
        > 0.5
    )


def test_the_same_seed_gives_the_same(half: pd.DataFrame, recovered: Recovery) -> None:
    again = recover(half, model="kernel-ridge")
    pd.testing.assert_frame_equal(again.cells, recovered.cells, check_exact=True)
    assert again.record == recovered.record


@pytest.mark.parametrize(
    ("given", "never"),
    [
        (frame().iloc[:4, :4].assign(t0=[np.nan, 0.2, np.nan, 0.4]), []),
        (pd.DataFrame({"goal": [0.1, 0.5, 0.3, np.nan, np.nan]}, index=NAMES[:5]), []),
        (pd.DataFrame([[0.1, 0.5, np.nan, np.nan]], index=["s"], columns=NAMES[:4]), NAMES[2:4]),
        (frame().iloc[:, :3].set_axis(["x", "y", "z"], axis=1), []),
    ],
    ids=["four tasks", "one target", "one source", "bipartite"],
)
def test_any_shape_is_recovered(given: pd.DataFrame, never: list[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        recovered = recover(given, model="prior-fitted")
    check(recovered, given)
    assert recovered.record.never_measured == never


def test_a_whole_matrix_has_nothing_to_recover_but_shrunk_values() -> None:
    given = frame(share=1.0)
    recovered = recover(given, model="source-mean")
    check(recovered, given)
    assert recovered.cells.measured.all()
    assert (recovered.cells.shrunk_value != recovered.cells.value).all()


def test_lower_is_better_turns_ranks_and_chances_and_keeps_the_unit() -> None:
    given = frame(share=0.6) - 5.0
    high, low = (
        recover(given, model="source-mean"),
        recover(-given, model="source-mean", lower_is_better=True),
    )
    for name in ("value", "shrunk_value"):
        np.testing.assert_allclose(low.cells[name], -high.cells[name])
    np.testing.assert_array_equal(low.cells.chance_best, high.cells.chance_best)
    assert low.shortlist("t3").index[0] == high.shortlist("t3").index[0]


def test_a_bounded_metric_keeps_its_range() -> None:
    percent = recover(frame(share=0.4) * 100, model="source-mean", chosen="random", level=0.95)
    assert percent.record.bounds == (0.0, 100.0)
    assert percent.cells.low.min() == 0.0
    assert percent.cells.high.max() == 100.0


def test_too_few_cells_are_unbounded_and_say_how_many_are_needed() -> None:
    recovered = recover(frame(share=0.2) - 5.0, model="source-mean", level=0.99)
    open_ones = recovered.cells[~recovered.cells.measured]
    assert np.isinf(open_ones.low).all()
    assert np.isinf(open_ones.high).all()
    assert "takes at least 99 cells" in str(recovered.guarantee)
    assert not recovered.guarantee.holds


def test_runs_of_a_cell_are_its_noise() -> None:
    rng = np.random.default_rng(0)
    given = frame(share=0.7)
    rows = [
        (source, target, value + noise * rng.standard_normal(), run)
        for (source, target), value in given.stack().dropna().items()
        if source != target
        for run in range(3)
        for noise in [0.3 if target == "t1" else 0.001]
    ]
    table = pd.DataFrame(rows, columns=["source", "target", "value", "seed"])
    cells = recover(table, model="source-mean").cells
    moved = (cells.shrunk_value - cells.value).abs()[cells.measured]
    noisy = cells.target[cells.measured] == "t1"
    assert moved[noisy].mean() > 100 * moved[~noisy].mean()


def test_drawn_cells_calibrate_and_are_not_fitted() -> None:
    truth = frame(share=1.0)
    given = frame(share=0.5)
    drawn = draw_cells(given, 12, seed=1)
    drawn["value"] = [
        truth.loc[source, target] for source, target in zip(drawn.source, drawn.target, strict=True)
    ]
    recovered = recover(given, model="source-mean", chosen="drawn", drawn=drawn)
    by_hand = recover(given, model="source-mean")
    assert recovered.guarantee.holds
    assert recovered.guarantee.calibration_cells == 12
    both = recovered.cells.merge(by_hand.cells, on=["source", "target"])
    left = both[~both.measured_x]
    np.testing.assert_array_equal(left.value_x, left.value_y)
    assert len(left) == (~by_hand.cells.measured).sum() - 12
    assert recovered.expected.equals(by_hand.expected)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"level": 90}, r"for 90 %, write 0\.9"),
        ({"chosen": "hand"}, "did you mean 'by-hand'"),
        ({"chosen": "drawn"}, "--draw 20"),
        ({"model": "kernel-rigde"}, "did you mean 'kernel-ridge'"),
        (
            {"chosen": "random", "drawn": pd.DataFrame({"source": ["t0"], "target": ["t1"], "value": [1.0]})},
            "leave it out",
        ),
    ],
)
def test_a_mistake_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        recover(frame(), **options)


def test_a_table_has_its_own_direction_and_tasks(whole: AffinityTable) -> None:
    with pytest.raises(UserError, match="pass them to load_table"):
        recover(whole, lower_is_better=True)
    measured = whole.eligible & (np.random.default_rng(0).random((25, 25)) < 0.5)
    few = replace(whole, eligible=measured, value=np.where(measured, whole.value, np.nan))
    assert (~recover(few, model="source-mean").cells.measured).sum() > 200


def test_an_unknown_target_has_no_shortlist(recovered: Recovery) -> None:
    with pytest.raises(UserError, match="did you mean 'curvature'"):
        recovered.shortlist("curvatur")
    best = recovered.shortlist("curvature", k=3)
    assert len(best) == 3
    assert best.value.is_monotonic_decreasing


def test_metadata_and_pairs_add_models_that_see_them(half: pd.DataFrame, tmp_path: Path) -> None:
    names = list(half.index)
    tasks, pairs = tmp_path / "tasks.csv", tmp_path / "pairs.csv"
    tasks.write_text("name,size\n" + "".join(f"{name},{place}\n" for place, name in enumerate(names)))
    rows = [f"{one},{other},{abs(i - j)}" for i, one in enumerate(names) for j, other in enumerate(names)]
    pairs.write_text("source,target,distance\n" + "\n".join(rows) + "\n")
    plain = shortlist(read_measurements(half).table)
    assert plain == ["source-mean", "kernel-ridge", "matrix-normal", "prior-fitted", "atlas"]
    both = shortlist(read_measurements(half, tasks=tasks, pairs=pairs).table)
    assert set(both) - set(plain) == {
        "kernel-ridge+z",
        "kernel-ridge+pairs",
        "kernel-ridge+z+pairs",
        "matrix-normal+z",
        "prior-fitted+pairs",
        "co-kriging",
        "prior-fitted-cheap",
    }
    found = recover(half, tasks=tasks, pairs=pairs, model="kernel-ridge+z+pairs")
    assert found.expected.error.iloc[0] != recover(half, model="kernel-ridge").expected.error.iloc[0]
