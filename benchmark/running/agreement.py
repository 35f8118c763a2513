"""Agreement between the processes of a run, or between a run and its workers, on what is being run."""

import hashlib
from collections.abc import Mapping, Sequence

from benchmark.results.schema import Result
from benchmark.running.cell import CellRun, RunSettings, library_versions
from benchmark.running.distributed import gather
from benchmark.running.suite import Cell
from datamodules.errors import UserError


def check_same_run(cells: Sequence[Cell], effort: RunSettings) -> None:
    """Check that all processes run the same cells, with the same options and library versions.

    Args:
        cells: this process's.
        effort: this process's.

    Raises:
        UserError: on every process, if one differs.
    """
    listed = "".join(cell.model_dump_json() for cell in cells)
    own = {
        "seed": effort.seed,
        "members": effort.members,
        "epochs": effort.epochs,
        "splits": effort.numbers,
        "cells": f"{len(cells)} ({hashlib.sha256(listed.encode()).hexdigest()[:12]}…)",
        **{f"version of {name}": version for name, version in library_versions().items()},
    }
    _check_same({name: str(value) for name, value in own.items()})


def check_same_cell(ready: CellRun) -> None:
    """Check that all processes run the same cell with the same code and data.

    Args:
        ready: this process's.

    Raises:
        UserError: on every process, if one differs.
    """
    _check_same(_identity(ready.cell.model.name, ready))


def how_it_differs(result: Result, ready: CellRun) -> str:
    """How a worker's result differs from the cell that it was sent.

    Args:
        result: the worker's.
        ready: the cell, prepared in this process.

    Returns:
        A description; "" if it is of the same code, data, options and library versions.
    """
    name = ready.cell.model.name
    theirs = {**_identity(name, result), **result.versions}
    ours = {**_identity(name, ready), **library_versions()}
    first = _first_difference(theirs, ours)
    return (
        f"its worker has another {first}: {theirs.get(first)} there, {ours.get(first)} here" if first else ""
    )


def _identity(name: str, of: CellRun | Result) -> dict[str, str]:
    return {
        f"matrix for {name}": of.data.dataset_hash,
        f"code of {name} (source_hash)": of.model.source_hash,
        f"configuration, splits or options of {name} (fingerprint)": of.fingerprint,
    }


def _check_same(own: Mapping[str, str]) -> None:
    everyone = gather(dict(own))
    for rank, theirs in enumerate(everyone):
        first = _first_difference(theirs, everyone[0])
        if first:
            raise UserError(
                f"process {rank} has another {first} than process 0: {theirs.get(first)} there, "
                f"{everyone[0].get(first)} here: start all processes with the same options and installation"
            )


def _first_difference(theirs: Mapping[str, str], ours: Mapping[str, str]) -> str:
    names = dict.fromkeys([*ours, *theirs])
    return next((name for name in names if theirs.get(name) != ours.get(name)), "")
