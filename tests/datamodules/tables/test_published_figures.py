"""Every committed figure equals the published one, and the card names the file that it is from."""

import hashlib

import pandas as pd
import pytest

from .origins import COLUMNS, ORIGINS, REPOSITORIES, WORDS
from .published import card, card_table, configs, published, read


@pytest.mark.parametrize(("dataset", "config"), ORIGINS)
def test_every_figure_equals_the_published_one(dataset: str, config: str) -> None:
    """As text, row by row, in the published order."""
    origin = ORIGINS[dataset, config]
    theirs = [
        {our: row.get(their, "") for our, their in origin.columns.items()}
        for row in published(origin.file)
        if origin.only(row)
    ]
    for row in theirs:
        if "regime" in row:
            row["regime"] = origin.regimes.get(row["regime"], row["regime"])
    ours = read(configs(dataset)[config])
    assert len(ours) == len(theirs)
    assert [pair for pair in zip(ours, theirs, strict=True) if pair[0] != pair[1]] == []


@pytest.mark.parametrize(("dataset", "config"), COLUMNS)
def test_no_two_rows_are_about_the_same(dataset: str, config: str) -> None:
    table = pd.DataFrame(read(configs(dataset)[config]))
    assert not table.duplicated([c for c in table if c in WORDS - {"metric"} | {"seed"}]).any()


@pytest.mark.parametrize("dataset", REPOSITORIES)
def test_card_names_each_published_file(dataset: str) -> None:
    files = [r for r in published("PROVENANCE.csv") if r["repository"] == REPOSITORIES[dataset]]
    assert files
    text = card(dataset)
    for file in files:
        home = f"https://github.com/{file['repository']}"
        assert home in text
        assert f"`{file['commit']}`" in text
        if file["sha256"] == "-":
            assert all(f"`{path}`" in text for path in file["path"].split("; "))
            assert f"{home}/tree/{file['commit']}" in text
        else:
            (line,) = [line for line in text.splitlines() if file["sha256"] in line]
            assert f"[{file['path']}]({home}/blob/{file['commit']}/{file['path']})" in line
    assert text.count("/blob/") == sum(file["sha256"] != "-" for file in files)


def without_published_hashes() -> list[tuple[str, str]]:
    """Files made of so many published ones that the card lists the hash of what was made of them."""
    return [
        (dataset, config)
        for dataset in REPOSITORIES
        if "| file | sha256 |" in card(dataset)
        for config in configs(dataset)
        if config != "tasks"
    ]


@pytest.mark.parametrize(("dataset", "config"), without_published_hashes())
def test_hashes_are_the_cards(dataset: str, config: str) -> None:
    listed = {row[0]: row[1].strip("`") for row in card_table(dataset, "| file | sha256 |")}
    path = configs(dataset)[config]
    assert listed[path.name] == hashlib.sha256(path.read_bytes()).hexdigest()
