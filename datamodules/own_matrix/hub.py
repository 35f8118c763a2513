"""Fetching a matrix that is a Hugging Face dataset, on the Hub or in a local folder, as one Parquet file."""

from pathlib import Path

from datamodules.errors import UserError

SCHEME = "hf://"


def is_hub(name: str) -> bool:
    """Whether a name refers to a Hugging Face dataset.

    Args:
        name: the dataset's name as given by the user.

    Returns:
        True for ``hf://owner/name`` and for an existing folder.
    """
    return name.startswith(SCHEME) or Path(name).is_dir()


def fetch(name: str, folder: Path) -> Path:
    """Read the ``train`` split of a dataset's default configuration.

    Args:
        name: ``hf://owner/name``, which is downloaded, or a local folder.
        folder: folder to write to.

    Returns:
        A Parquet file named after the dataset, for :func:`datamodules.own_matrix.table.read_file`.

    Raises:
        UserError: if ``datasets`` cannot read it.
    """
    from datasets import Dataset, load_dataset  # takes a second, and only this needs it

    source = name.removeprefix(SCHEME).rstrip("/") if name.startswith(SCHEME) else str(Path(name).resolve())
    try:
        dataset = load_dataset(source, split="train", cache_dir=str(folder / "cache"))
    except Exception as error:  # anything that a loader, a broken file or the network raises
        reason = (str(error) or type(error).__name__).strip().splitlines()[0]
        raise UserError(
            f"{name}: this cannot be read as a Hugging Face dataset ({reason}). Name a .csv or .parquet "
            "file, a folder that `datasets.load_dataset` reads, or hf://owner/name."
        ) from error
    if not isinstance(dataset, Dataset):
        raise UserError(f"{name}: this is a stream of rows, not a table. Save it as CSV or Parquet.")
    path = folder / f"{Path(source).name}.parquet"
    dataset.to_parquet(str(path))
    return path
