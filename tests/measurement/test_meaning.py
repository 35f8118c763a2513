"""Measurements are keyed by what the code of the tasks means."""

from modulefinder import ModuleFinder
from pathlib import Path

import pytest

import measurement
from datamodules.errors import UserError
from measurement.campaign import SETTINGS, Campaign
from measurement.jobs import Effort, refusing_damaged
from measurement.meaning import code_of, meaning_of
from measurement.mini_driving import pool
from measurement.training import TrainingPlan
from measurement.worlds import WORLDS

EXAMPLE = (Path(__file__).parents[2] / "examples" / "digits_tasks.py").read_text("utf-8")
PLAN = TrainingPlan(steps=10, batch=4, learning_rate=0.1)


@pytest.fixture
def tasks(tmp_path: Path) -> Path:
    path = tmp_path / "own_tasks.py"
    path.write_text(f"import helper\n{EXAMPLE}")
    (tmp_path / "helper.py").write_text("NOISE = 1\n")
    return path


def test_comments_do_not_count_and_code_does(tasks: Path) -> None:
    before = meaning_of(str(tasks))
    tasks.write_text(f'"""Other words."""\nimport helper  # why\n\n{EXAMPLE}# the end\n')
    tasks.with_name("helper.py").write_text('"""About noise."""\nNOISE = 1  # none\n')
    assert meaning_of(str(tasks)) == before
    tasks.write_text(EXAMPLE)
    assert meaning_of(str(tasks)) != before


def test_a_module_beside_the_task_file_counts(tasks: Path) -> None:
    before = meaning_of(str(tasks))
    tasks.with_name("unrelated.py").write_text("X = 1\n")
    assert meaning_of(str(tasks)) == before
    tasks.with_name("helper.py").write_text("NOISE = 2\n")
    assert meaning_of(str(tasks)) != before
    assert len({before, *(meaning_of(world) for world in WORLDS)}) == 1 + len(WORLDS)


def test_parts_of_a_world_that_the_task_file_uses_count(tasks: Path) -> None:
    maps, jobs = (Path(measurement.__file__).parent / name for name in ("mini_vision/maps.py", "jobs.py"))
    assert maps not in code_of(str(tasks))
    assert jobs in code_of(str(tasks))
    tasks.with_name("helper.py").write_text("def late():\n    from measurement.mini_vision import maps\n")
    assert maps in code_of(str(tasks))


def modules(start: Path) -> set[Path]:
    """The files of this package that running a file imports, found by Python's own tool in its bytecode."""
    folder = Path(measurement.__file__).parent
    finder = ModuleFinder(path=[str(folder.parent)])
    finder.run_script(str(start))
    files = {Path(module.__file__) for module in finder.modules.values() if module.__file__}
    return {file for file in files if folder in file.parents}


@pytest.mark.parametrize("world", WORLDS)
def test_every_module_that_a_measurement_imports_counts(world: str) -> None:
    folder = Path(measurement.__file__).parent
    imported = modules(folder / "jobs.py") | modules(WORLDS[world].folder / "tasks.py")
    assert {folder / name for name in ("ahp.py", "task2vec.py", "representation.py")} < imported
    assert set(code_of(world)) == imported


def test_the_key_of_the_driving_pool_names_all_of_its_code() -> None:
    imported = {file.name for file in modules(pool.HERE / "pool.py") if file.parent == pool.HERE}
    assert imported - {"__init__.py"} == set(pool.CODE)


def test_results_of_other_code_are_not_reused(tmp_path: Path) -> None:
    tasks = tmp_path / "own_tasks.py"
    tasks.write_text(EXAMPLE)
    effort = Effort(train=PLAN, readout=PLAN, best=0)
    campaign = Campaign(tasks=str(tasks), folder=tmp_path / "out", seeds=1, restarts=1, effort=effort)
    campaign.prepare()
    campaign.prepare()
    tasks.write_text(EXAMPLE + "\nEXTRA = 1\n")
    with pytest.raises(UserError, match="measured with other code of the tasks"):
        campaign.prepare()
    for content, words in (('{"tasks": "own', "damaged or truncated"), ("[]", "does not hold the settings")):
        (campaign.folder / SETTINGS).write_text(content)
        with pytest.raises(UserError, match=words):
            campaign.prepare()


def test_a_truncated_file_is_one_line(tmp_path: Path) -> None:
    with (
        pytest.raises(UserError, match=r"x\.pt: it is damaged or truncated\. Delete it"),
        refusing_damaged(tmp_path / "x.pt"),
    ):
        raise EOFError("Ran out of input")
