"""What cannot apply is told apart before anything runs, and said in one line."""

from functools import cache

import pytest

from benchmark.running.applicability import select_applicable, why_not
from benchmark.running.suite import cells_of, load_suite
from datamodules.registry import DATASETS, find_source
from lit_models.loading.config import ModelConfig

TASKONOMY = find_source("taskonomy")
TABLE = TASKONOMY.read(regime="16k", label="ahp")


def test_the_rest_is_said_once_by_its_reason() -> None:
    models = ["leep", "z-svd3", "gae-dir", "logme", "group-prior"]
    chosen = select_applicable(
        cells_of(TASKONOMY, load_suite("default"), models=models), cache(TASKONOMY.read)
    )
    assert [(cell.place.setting, cell.model.name) for cell in chosen.cells] == [
        ("transductive", "z-svd3"),
        ("transductive", "gae-dir"),
        ("transductive", "group-prior"),
        ("inductive", "group-prior"),
    ]
    assert str(chosen) == (
        "6 of 10 cells do not apply and are left out (no such figures in taskonomy: leep, logme; "
        "cannot rank transfers in the inductive setting: z-svd3, gae-dir)"
    )
    assert str(chosen._replace(left_out={})) == ""


@pytest.mark.parametrize(
    ("dataset", "left_out"), [pytest.param("taskonomy", 105, marks=pytest.mark.slow), ("medmnist", 81)]
)
def test_cells_of_the_default_suite_that_cannot_apply(dataset: str, left_out: int) -> None:
    """Models that know tasks by identity, or need prompts, Task2Vec or other pair features than there are."""
    source = DATASETS[dataset]
    cells = cells_of(source, load_suite("default"))
    assert len(cells) - len(select_applicable(cells, cache(source.read)).cells) == left_out


def test_a_broken_model_applies_for_its_cell_says_what_is_wrong() -> None:
    broken = ModelConfig(name="broken", class_path="lit_models.gae.GAE", init_args={"width": 2**62})
    assert why_not(broken, TABLE, "transductive") == ""
