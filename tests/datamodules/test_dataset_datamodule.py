"""The Taskonomy module is the general one over the Taskonomy table."""

from typing import Any

import pytest
import torch

from datamodules.base import AffinityDataModule
from datamodules.dataset_datamodule import DatasetDataModule
from datamodules.errors import UserError
from datamodules.tables.taskonomy import TASKONOMY


@pytest.mark.parametrize(
    ("regime", "label", "options"),
    [
        ("16k", "ahp", {}),
        ("1k", "winrate", {"mask": "1/2", "numbers": [19, 3]}),
        ("test-subset", "ahp", {"setting": "inductive", "z": "metadata"}),
        ("16k", "winrate", {"mask": "2/3", "train_on_validation": True}),
    ],
)
def test_episodes_are_those_of_the_table(regime: str, label: str, options: dict[str, Any]) -> None:
    table = TASKONOMY.read(regime=regime, label=label)
    own = DatasetDataModule(dataset="taskonomy", regime=regime, label=label, **options)
    general = AffinityDataModule(table=table, **options)
    assert own.table.hash == table.hash
    assert [split.hash for split in own.splits] == [split.hash for split in general.splits]
    for loader in ("train_dataloader", "val_dataloader", "predict_dataloader"):
        ((one,), (other,)) = getattr(own, loader)(), getattr(general, loader)()
        torch.testing.assert_close(one, other, rtol=0, atol=0)


def test_the_defaults_are_the_headline_cell() -> None:
    module = DatasetDataModule(dataset="taskonomy")
    assert (module.table.regime, module.table.label) == ("16k", "ahp")
    assert (module.num_tasks, module.num_features, len(module.splits)) == (25, 0, 21)
    assert {int(split.query.sum()) for split in module.splits} == {528 // 3}


@pytest.mark.parametrize(("wrong", "hint"), [({"regime": "16K"}, "16k"), ({"label": "winrte"}, "winrate")])
def test_a_misspelt_argument_is_answered_with_the_nearest(wrong: dict[str, str], hint: str) -> None:
    with pytest.raises(UserError, match=f"did you mean '{hint}'"):
        DatasetDataModule(dataset="taskonomy", **wrong)
