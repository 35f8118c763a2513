"""The files of a recovered matrix."""

import json
from pathlib import Path

import pandas as pd
from pydantic import ValidationError

from benchmark.results.atomic_files import write_together
from datamodules.errors import UserError
from recovery.record import FORMAT, Record
from recovery.report.build import build_report

CELLS, RECORD, REPORT = "cells.parquet", "recovery.json", "index.html"


def save(folder: Path, *, cells: pd.DataFrame, matrix: pd.DataFrame, record: Record) -> Path:
    """Write a recovered matrix; see :class:`recovery.recovery.Recovery`.

    Args:
        folder: where to; created if missing.
        cells: a row per transfer.
        matrix: the filled matrix.
        record: everything else.

    Returns:
        The report.

    Raises:
        StorageError: if the folder cannot be written to.
    """
    write_together(
        {
            folder / "cells.csv": cells.to_csv(index=False).encode(),
            folder / CELLS: cells.to_parquet(index=False),
            folder / "matrix.csv": matrix.to_csv().encode(),
            folder / REPORT: build_report(cells, record).encode(),
            folder / RECORD: record.model_dump_json(indent=2).encode(),
        }
    )
    return folder / REPORT


def load(folder: Path) -> tuple[pd.DataFrame, Record]:
    """Read a recovered matrix.

    Args:
        folder: where it was saved.

    Returns:
        Its cells and its record.

    Raises:
        UserError: if there is none, or one that this version does not read.
    """
    fix = "Save it again with `affinity-bench recover` or Recovery.save."
    try:
        text = (folder / RECORD).read_text(encoding="utf-8")
        cells = pd.read_parquet(folder / CELLS)
    except (OSError, ValueError) as error:
        raise UserError(f"{folder}: there is no recovered matrix ({error}). {fix}") from error
    try:
        there = json.loads(text).get("format")
        if there != FORMAT:
            raise UserError(
                f"{folder / RECORD}: its format is {there!r}, and this version reads {FORMAT}. {fix}"
            )
        return cells, Record.model_validate_json(text)
    except (ValidationError, ValueError, AttributeError) as error:
        if isinstance(error, UserError):
            raise
        raise UserError(f"{folder / RECORD}: this is no record of a recovered matrix. {fix}") from error
