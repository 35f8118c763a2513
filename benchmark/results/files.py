"""Writing and reading result files and the tables beside them."""

from itertools import pairwise
from pathlib import Path

import pandas as pd
from pydantic import ValidationError

from benchmark.results.atomic_files import write_together
from benchmark.results.bounds import implausible
from benchmark.results.digest import digest_of
from benchmark.results.schema import SCHEMA_VERSION, Place, Result
from benchmark.results.untrusted import RefusedFileError, in_one_line, read_regular

MAX_BYTES = 2**24  # a result on 10,000 targets has 3 MB


def write_result(result: Result, path: Path, *, tables: dict[str, pd.DataFrame]) -> Result:
    """Write a result and the tables beside it; while the JSON file exists, the tables are complete.

    Args:
        result: the cell's result.
        path: the JSON file; the table ``scores`` of ``cell.json`` is stored as ``cell.scores.parquet``.
        tables: data frames by name.

    Returns:
        The result as written, with its digest.

    Raises:
        StorageError: if the folder cannot be written to; an earlier result is unchanged.
    """
    contents = {name: _parquet(table) for name, table in tables.items()}
    sealed = result.model_copy(update={"digest": digest_of(result, scores=contents.get("scores"))})
    files = {table_path(path, name): content for name, content in contents.items()}
    write_together(files | {path: (sealed.model_dump_json(indent=1) + "\n").encode()})
    return sealed


def _parquet(table: pd.DataFrame) -> bytes:
    """A table as Parquet, to the last digit; numbers byte by byte, which takes three fifths of the room."""
    numbers = [str(name) for name, column in table.items() if column.dtype == "float64"]
    content: bytes = table.to_parquet(
        index=False,
        compression="zstd",
        compression_level=12,
        use_dictionary=[str(name) for name in table.columns if name not in numbers],
        column_encoding=dict.fromkeys(numbers, "BYTE_STREAM_SPLIT"),
    )
    return content


def result_path(out: Path, place: Place, model: str) -> Path:
    """Path of a cell's result file in an output folder.

    Args:
        out: the folder.
        place: what is scored.
        model: name of the model.

    Returns:
        The JSON file.
    """
    share = f"-{place.mask.replace('/', 'of')}" if place.mask else ""
    return out / place.dataset / f"{place.regime}-{place.label}" / f"{place.setting}{share}" / f"{model}.json"


def table_path(path: Path, name: str) -> Path:
    """Path of a table stored beside a result.

    Args:
        path: the result's JSON file.
        name: ``scores`` or ``curves``.

    Returns:
        The Parquet file.
    """
    return path.with_name(f"{path.stem}.{name}.parquet")


def read_result(path: Path) -> Result:
    """Read one result file, which may be anything.

    Args:
        path: the JSON file.

    Returns:
        The result.

    Raises:
        RefusedFileError: if it is not a result that this version may have written.
    """
    content = read_regular(path, max_bytes=MAX_BYTES)
    try:
        result = Result.model_validate_json(content)
    except ValidationError as error:
        first, *more = error.errors(include_url=False, include_input=False)
        where = ".".join(map(str, first["loc"])) or "the file"
        rest = f" (and {len(more)} more)" if more else ""
        reason = (
            f"{in_one_line(where)}: {first['msg']}{rest}: not a result of schema version {SCHEMA_VERSION}"
        )
        raise RefusedFileError(path, reason) from None
    problem = implausible(result)
    if problem:
        raise RefusedFileError(path, problem)
    return result


def read_if_sound(path: Path) -> Result | None:
    """Read a result file that may be missing or damaged.

    Args:
        path: the JSON file.

    Returns:
        The result; None if there is none.
    """
    try:
        return read_result(path)
    except RefusedFileError:
        return None


def result_paths(folder: Path) -> list[Path]:
    """List all result files under a folder.

    Args:
        folder: output folder of ``affinity-bench run``.

    Returns:
        The JSON files, sorted, without those in run folders of Weights & Biases.
    """
    return [path for path in sorted(folder.rglob("*.json")) if not _is_of_wandb(path)]


def _is_of_wandb(path: Path) -> bool:
    folders = path.parts[:-1]
    return "wandb" in folders and any(
        outer == "wandb" and inner.startswith(("run-", "offline-run-")) for outer, inner in pairwise(folders)
    )


def read_results(folder: Path) -> list[Result]:
    """Read all results under a folder.

    Args:
        folder: output folder of ``affinity-bench run``.

    Returns:
        The results, sorted by path.
    """
    return [read_result(path) for path in result_paths(folder)]


def finished_fingerprint(path: Path) -> str | None:
    """Fingerprint of a finished cell.

    Args:
        path: the JSON file.

    Returns:
        The fingerprint; None if the file is missing or damaged, or the cell failed.
    """
    result = read_if_sound(path)
    return None if result is None or result.status == "failed" else result.fingerprint
