"""Measurements are keyed by what the code of the tasks means."""

from pathlib import Path

import pytest

from datamodules.errors import UserError
from measurement.campaign import SETTINGS, Campaign
from measurement.jobs import Effort, refusing_damaged
from measurement.meaning import meaning_of
from measurement.training import TrainingPlan
from measurement.worlds import WORLDS, World

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


def test_a_world_that_the_task_file_uses_counts(tasks: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without = meaning_of(str(tasks))
    tasks.with_name("helper.py").write_text("from measurement.mini_vision import maps\n")
    before = meaning_of(str(tasks))
    monkeypatch.setattr(World, "folder", tasks.parent / "none")
    after = meaning_of(str(tasks))
    assert len({without, before, after}) == 3


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
