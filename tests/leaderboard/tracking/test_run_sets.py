"""The boards of the report stand by field, as on the page, whatever the order of the files."""

from benchmark.results.schema import Place
from benchmark.tracking.wandb_record import run_record
from datamodules.registry import DATASETS
from leaderboard.tracking.publish import Local, run_sets

from ..conftest import Make


def test_each_field_is_one_stretch_of_boards(make: Make) -> None:
    runs = []
    for dataset in sorted([*DATASETS, "mine"]):
        for setting, mask in (("inductive", None), ("transductive", "1/3")):
            place = Place(dataset=dataset, regime="up", label="score", setting=setting, mask=mask)
            for name in ("one", "other"):
                result = make(name).model_copy(update={"place": place})
                runs.append(Local(result=result, record=run_record(result, None)))
    found = run_sets(runs)
    assert len(found) == 2 * (len(DATASETS) + 1)
    assert all(len(each.run_ids) == 2 for each in found)
    fields = list(dict.fromkeys(each.field for each in found))
    assert [each.field for each in found] == sorted((each.field for each in found), key=fields.index)
    assert fields == list(dict.fromkeys([*(source.field for source in DATASETS.values()), "other"]))
