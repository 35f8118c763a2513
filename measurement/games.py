"""Pairwise win rates per target, read from a file of per-sample losses or of pairwise wins."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow

from datamodules.errors import UserError
from measurement.ahp import FloatArray, tournament

LOSSES = ("source", "target", "sample", "loss")
WINS = ("source", "opponent", "target", "wins")


class Game(NamedTuple):
    """The tournament of one target.

    Attributes:
        names: names of the C candidates.
        wins: [C, C] float64 win rates in [0, 1]; entry (i, j) says how often i beats j.
        samples: number of samples; None if the file does not say.
    """

    names: tuple[str, ...]
    wins: FloatArray
    samples: int | None


def read_games(path: Path) -> dict[str, Game]:
    """Read a CSV or Parquet file with one row per loss or one row per pair of sources; names are text.

    Losses have the columns ``source, target, sample, loss`` (lower is better): every source of a target must
    have a loss on each of the target's samples. Wins have the columns ``source, opponent, target, wins``: the
    share of samples on which the source beats the opponent. Each pair may be given in one direction or both.

    Args:
        path: the file.

    Returns:
        Target name -> tournament, in the file's order.

    Raises:
        UserError: if the file cannot be read, or its contents are incomplete or contradictory.
    """
    table = _read(path)
    for columns, make in ((LOSSES, _from_losses), (WINS, _from_wins)):
        if set(table.columns) == set(columns):
            *names, figure = columns
            for name in names:
                if table[name].isna().any() or (table[name].astype(str).str.strip() == "").any():
                    raise UserError(f"{path}: a cell of the column {name} is empty. Fill it in.")
            value = pd.to_numeric(table[figure], errors="coerce")
            if not np.isfinite(value).all():
                raise UserError(
                    f"{path}: the column {figure} has values that are not finite numbers. Correct or delete "
                    "them."
                )
            words = table.astype(dict.fromkeys(names, str)).assign(**{figure: value})
            grouped = words.groupby("target", sort=False)
            return {str(target): make(path, str(target), rows) for target, rows in grouped}
    raise UserError(
        f"{path}: it has the columns {', '.join(map(str, table.columns))}. Losses need {', '.join(LOSSES)}, "
        f"wins need {', '.join(WINS)}, and no others."
    )


def _read(path: Path) -> pd.DataFrame:
    """The table; every cell of a CSV is text, so that 001 and None are names."""
    if not path.is_file():
        raise UserError(f"{path}: there is no such file. Check the path.")
    try:
        if path.suffix == ".parquet":
            table = pd.read_parquet(path)
        else:
            table = pd.read_csv(path, dtype=str, na_filter=False, encoding="utf-8-sig")
    except (OSError, ValueError, pyarrow.ArrowException) as error:
        raise UserError(
            f"{path}: this cannot be read as CSV or Parquet ({error}). Check the file and its ending."
        ) from error
    if table.empty:
        raise UserError(f"{path}: the file has no rows. Add what was measured.")
    return table


def _from_losses(path: Path, target: str, rows: pd.DataFrame) -> Game:
    twice = rows.duplicated(["source", "sample"])
    if twice.any():
        row = rows[twice].iloc[0]
        raise UserError(
            f"{path}: two losses for '{row.source}' -> '{target}' on sample {row['sample']}. Keep one."
        )
    losses = rows.pivot(index="source", columns="sample", values="loss").reindex(rows.source.unique())
    holes = losses.isna().to_numpy()
    if holes.any():
        source, sample = np.argwhere(holes)[0]
        raise UserError(
            f"{path}: '{losses.index[source]}' -> '{target}' has no loss on sample {losses.columns[sample]}, "
            "for which other sources have one. Every source of a target needs the same samples."
        )
    return Game(tuple(losses.index), tournament(losses.to_numpy()), losses.shape[1])


def _from_wins(path: Path, target: str, rows: pd.DataFrame) -> Game:
    names = pd.unique(pd.concat([rows.source, rows.opponent]))
    position = {name: i for i, name in enumerate(names)}
    if not rows.wins.between(0.0, 1.0).all():
        raise UserError(
            f"{path}: the column wins must hold shares between 0 and 1. Divide percentages by 100."
        )
    if rows.duplicated(["source", "opponent"]).any():
        row = rows[rows.duplicated(["source", "opponent"])].iloc[0]
        raise UserError(
            f"{path}: two rows for '{row.source}' against '{row.opponent}' on '{target}'. Keep one."
        )
    wins = np.full((len(names), len(names)), np.nan)
    wins[rows.source.map(position), rows.opponent.map(position)] = rows.wins
    wins = np.where(np.isnan(wins), 1.0 - wins.T, wins)
    np.fill_diagonal(wins, 0.5)
    if np.isnan(wins).any():
        one, other = (names[i] for i in np.argwhere(np.isnan(wins))[0])
        raise UserError(f"{path}: there is no row for '{one}' against '{other}' on '{target}'. Add it.")
    return Game(tuple(names), wins, None)
