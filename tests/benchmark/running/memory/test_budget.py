"""Amounts of memory as users write them, and what one of several cells gets."""

from pathlib import Path

import pytest

from benchmark.running.memory import budget
from benchmark.running.memory.budget import MemoryBudget, in_words, machine_bytes, parse_memory
from datamodules.errors import UserError


@pytest.mark.parametrize(
    ("text", "expected"),
    [("4GiB", 4 * 2**30), ("4 gib", 4 * 2**30), ("512MiB", 2**29), ("0.5 GB", 5 * 10**8), ("2TiB", 2**41)],
)
def test_amounts_have_units(text: str, expected: int) -> None:
    assert parse_memory(text) == expected


@pytest.mark.parametrize("text", ["4", "GiB", "-4GiB", "0GiB", "4 apples", "4GiB8", "nanGiB", "1e3MB"])
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UserError, match="for example 4GiB") as refusal:
        parse_memory(text)
    assert f"'{text}'" in str(refusal.value)


@pytest.mark.parametrize("amount", [2**20, 3 * 2**29, 5 * 2**40])
def test_words_are_read_back(amount: int) -> None:
    assert parse_memory(in_words(amount)) == amount


def test_cells_share_the_budget() -> None:
    assert MemoryBudget(total_bytes=900, cells=3).cell_bytes(accelerator="cpu") == 300


def test_without_a_figure_cells_share_three_quarters_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "machine_bytes", lambda: 8000)
    monkeypatch.setattr(budget, "available_cores", lambda: 4)
    assert MemoryBudget().cell_bytes(accelerator="cpu") == 6000
    assert MemoryBudget(cells=2).cell_bytes(accelerator="cpu") == 3000
    assert MemoryBudget(cells=None).cell_bytes(accelerator="cpu") == 1500


@pytest.mark.parametrize(("limit", "expected"), [("1048576\n", 2**20), ("max\n", None)])
def test_a_container_may_have_less_than_the_machine(
    limit: str, expected: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "_CONTAINER_LIMITS", ())
    physical = machine_bytes()
    (tmp_path / "memory.max").write_text(limit)
    monkeypatch.setattr(budget, "_CONTAINER_LIMITS", (tmp_path / "memory.max", tmp_path / "not there"))
    assert machine_bytes() == (expected or physical)
