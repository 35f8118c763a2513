"""Losses and wins from a file: the same tournament, and refusals that say where."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from datamodules.errors import UserError
from measurement.ahp import tournament
from measurement.games import read_games


@pytest.fixture
def losses() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    rows = [
        (source, target, sample, rng.normal())
        for target, sources in (("x", "abc"), ("y", "ab"))
        for source in sources
        for sample in range(5)
    ]
    return pd.DataFrame(rows, columns=["source", "target", "sample", "loss"])


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_losses_become_a_tournament_a_target(losses: pd.DataFrame, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"losses.{suffix}"
    shuffled = losses.sample(frac=1.0, random_state=1)
    shuffled.to_csv(path, index=False) if suffix == "csv" else shuffled.to_parquet(path, index=False)
    games = read_games(path)
    assert set(games) == {"x", "y"}
    game = games["x"]
    matrix = losses[losses.target == "x"].pivot(index="source", columns="sample", values="loss")
    np.testing.assert_allclose(game.wins, tournament(matrix.loc[list(game.names)]))
    assert (game.samples, games["y"].wins.shape) == (5, (2, 2))


def test_wins_may_be_given_one_way_round(tmp_path: Path) -> None:
    path = tmp_path / "wins.csv"
    path.write_text("source,opponent,target,wins\na,b,x,0.7\nc,a,x,0.2\nb,c,x,0.9\n")
    game = read_games(path)["x"]
    order = [game.names.index(name) for name in "abc"]
    expected = [[0.5, 0.7, 0.8], [0.3, 0.5, 0.9], [0.2, 0.1, 0.5]]
    np.testing.assert_allclose(game.wins[np.ix_(order, order)], expected)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("source,target,loss\na,x,1\n", "it has the columns source, target, loss. Losses need"),
        ("source,target,sample,loss\na,x,0,1\na,x,0,2\n", "two losses for 'a' -> 'x' on sample 0"),
        ("source,target,sample,loss\na,x,0,1\nb,x,1,2\n", "'a' -> 'x' has no loss on sample 1"),
        ("source,target,sample,loss\na,x,0,low\n", "the column loss has values that are not finite"),
        ("source,target,sample,loss\na,x,0,inf\n", "the column loss has values that are not finite"),
        ("source,target,sample,loss\n", "the file has no rows"),
        ("source,opponent,target,wins\na,b,x,70\n", "must hold shares between 0 and 1"),
        ("source,opponent,target,wins\na,b,x,0.7\na,b,x,0.6\n", "two rows for 'a' against 'b' on 'x'"),
        ("source,opponent,target,wins\na,b,x,0.7\na,c,x,0.6\n", "no row for 'b' against 'c' on 'x'"),
    ],
)
def test_a_mistake_is_refused(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(text)
    with pytest.raises(UserError, match=message) as refused:
        read_games(path)
    assert str(path) in str(refused.value)


def test_files_that_are_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such file"):
        read_games(tmp_path / "none.parquet")
    (tmp_path / "photo.parquet").write_bytes(b"\x89PNG")
    with pytest.raises(UserError, match="cannot be read"):
        read_games(tmp_path / "photo.parquet")


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_names_are_text(tmp_path: Path, ending: str) -> None:
    """What pandas takes for a number, a gap or markup is the name of a task."""
    names = ["001", "1", "NA", "None", "null", "nan", "[/b]", "glue[mnli]", "=1+1", "2020-01-01", "1e3", "é"]
    rows = [(source, "None", f"{sample:03}", len(source) + sample) for source in names for sample in range(3)]
    frame = pd.DataFrame(rows, columns=["source", "target", "sample", "loss"])
    path = tmp_path / f"losses.{ending}"
    frame.to_csv(path, index=False) if ending == "csv" else frame.to_parquet(path)
    ((target, game),) = read_games(path).items()
    assert target == "None"
    assert game.names == tuple(names)
    assert game.samples == 3
