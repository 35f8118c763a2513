"""One member on its own: the same scores as in the batch, in memory and from files."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from datamodules.base import AffinityDataModule
from datamodules.errors import UserError
from datamodules.graph import TaskGraph
from lit_models.base import RecoveryModel
from lit_models.gae import GAE, VGAE
from lit_models.registry import load_model, model_factory
from lit_models.source_target import SourceTargetGAE
from lit_models.training.export import Card, export_member, read_member, write_member
from lit_models.training.lit_recovery import LitRecovery

Fit = Callable[..., tuple[LitRecovery, Tensor]]
DataOf = Callable[..., AffinityDataModule]


class Constants(RecoveryModel):
    """Everything that is no parameter: a buffer that is kept, one that is not, and a count."""

    kept: Tensor
    made: Tensor

    def __init__(self, num_tasks: int, num_features: int) -> None:  # noqa: ARG002  # the factory's signature
        super().__init__()
        self.offset = nn.Parameter(torch.zeros(num_tasks))
        self.register_buffer("kept", torch.rand(num_tasks))
        self.register_buffer("made", torch.arange(3), persistent=False)

    def forward(self, graph: TaskGraph) -> Tensor:
        return self.offset + self.kept + self.made.sum() + 0 * graph.affinity


@pytest.mark.parametrize(
    ("build", "z", "setting"),
    [
        (model_factory(load_model("source-target-dir")), "none", "transductive"),
        (model_factory(load_model("gravity-vgae-profile")), "metadata", "transductive"),
        (model_factory(load_model("gae-gcn-inductive")), "metadata", "inductive"),
        (model_factory(load_model("stacked")), "none", "transductive"),
        (Constants, "none", "transductive"),
    ],
)
def test_a_member_alone_scores_as_in_the_batch(
    fit: Fit, data_of: DataOf, tmp_path: Path, build: Any, z: str, setting: str
) -> None:
    data = data_of(z, setting)
    module, scores = fit(build, data, epochs=20)
    for position, split in enumerate(data.splits):
        graph = data.episode(position, stage="predict").graph
        for member in range(2):
            model = export_member(module, split=split.number, member=member)
            write_member(module, tmp_path / "model.pt", split=split.number, member=member)
            for each in (model, read_member(tmp_path / "model.pt")[0]):
                assert type(each) is type(module.build_model())
                assert not each.training
                with torch.no_grad():
                    torch.testing.assert_close(each(graph), scores[position, member], atol=1e-6, rtol=1e-6)


def test_it_is_the_best_state_and_not_the_last(fit: Fit, data_of: DataOf) -> None:
    data = data_of("none", "transductive")
    module, _ = fit(VGAE, data, epochs=40, learning_rate=0.3)
    value, mask = data.episode(0, stage="fit").validation.value, data.episode(0, stage="fit").validation.mask
    model = export_member(module, split=0, member=1)
    with torch.no_grad():
        scores = model(data.episode(0, stage="predict").graph)
    loss = ((scores - value)[mask] ** 2).mean()
    torch.testing.assert_close(loss, module.best_loss[0, 1].data)
    assert module.curve[-1].validation_loss[0, 1] > 1.01 * loss


def test_its_weights_are_its_own(fit: Fit, data_of: DataOf) -> None:
    data = data_of("none", "transductive")
    module, scores = fit(GAE, data)
    model = export_member(module, split=5, member=0)
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(1.0)
    graph = data.episode(1, stage="predict").graph
    with torch.no_grad():
        again = export_member(module, split=5, member=0)(graph)
    torch.testing.assert_close(again, scores[1, 0], atol=1e-6, rtol=1e-6)
    assert all(weight.requires_grad for weight in model.parameters())
    # A view would bring all replicas' numbers along into a file.
    assert all(weight.untyped_storage().nbytes() == weight.nbytes for weight in model.parameters())


def test_float64_stays_float64(fit: Fit, data_of: DataOf, tmp_path: Path) -> None:
    data = data_of("none", "transductive")
    module, scores = fit(SourceTargetGAE, data, double=True)
    write_member(module, tmp_path / "model.pt", split=0, member=0)
    model, _ = read_member(tmp_path / "model.pt")
    graph = TaskGraph(
        *(
            field.double() if field.is_floating_point() else field
            for field in data.episode(0, stage="fit").graph
        )
    )
    torch.testing.assert_close(model(graph), scores[0, 0], atol=1e-12, rtol=0)


def test_the_card_says_what_has_to_be_known(fit: Fit, data_of: DataOf, tmp_path: Path) -> None:
    data = data_of("metadata", "inductive", "mix")
    module, _ = fit(partial(GAE, encoder="dir", one_hot=False), data)
    written = write_member(module, tmp_path / "deep" / "model.pt", split=5, member=1)
    _, card = read_member(tmp_path / "deep" / "model.pt")
    assert card == written
    assert card.class_path == "lit_models.gae.GAE"
    assert card.init_args["encoder"] == "dir"
    assert card.init_args["one_hot"] is False
    assert card.init_args["width"] == 32
    assert (card.num_tasks, card.num_features) == (data.num_tasks, data.num_features)
    assert (card.split, card.member) == (5, 1)
    assert card.validation_loss == pytest.approx(float(module.best_loss[1, 1]))
    assert (card.origin["z"], card.origin["scale"], card.origin["setting"]) == (
        "metadata",
        "mix",
        "inductive",
    )
    order = data.task_order(data.splits[1])
    assert card.origin["task_names"] == [data.table.task_names[task] for task in order]
    # No code in either file: numbers in one, plain JSON in the other.
    weights = torch.load(tmp_path / "deep" / "model.pt", weights_only=True)
    assert weights.keys() == module.build_model().state_dict().keys()
    assert json.loads((tmp_path / "deep" / "model.json").read_text("utf-8"))["class_path"] == card.class_path


def test_without_validation_entries_there_is_no_loss(fit: Fit, data_of: DataOf, tmp_path: Path) -> None:
    table = data_of("none", "transductive").table
    data = AffinityDataModule(table=table, numbers=[0], train_on_validation=True)
    module, _ = fit(GAE, data)
    assert write_member(module, tmp_path / "model.pt", split=0, member=0).validation_loss is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"split": 1, "member": 0}, "split 1 was not trained: there are 0, 5"),
        ({"split": 0, "member": 2}, "member 2 was not trained: there are 0, 1"),
    ],
)
def test_what_was_not_trained_is_refused(
    fit: Fit, data_of: DataOf, arguments: dict[str, int], message: str
) -> None:
    module, _ = fit(GAE, data_of("none", "transductive"))
    with pytest.raises(UserError, match=message):
        export_member(module, **arguments)


def test_mistakes_in_files_are_told(fit: Fit, data_of: DataOf, tmp_path: Path) -> None:
    data = data_of("none", "transductive")
    nameless, _ = fit(lambda num_tasks, num_features: GAE(num_tasks, num_features), data)
    with pytest.raises(UserError, match="cannot be imported by its name"):
        write_member(nameless, tmp_path / "model.pt", split=0, member=0)
    module, _ = fit(GAE, data)
    with pytest.raises(UserError, match=r"name it \.pt"):
        write_member(module, tmp_path / "model.json", split=0, member=0)
    with pytest.raises(UserError, match=r"model\.pt: there is no such file"):
        read_member(tmp_path / "model.pt")
    card = write_member(module, tmp_path / "model.pt", split=0, member=0)
    beside = tmp_path / "model.json"
    beside.write_text(card.model_copy(update={"class_path": "lit_models.gae.GEA"}).model_dump_json(), "utf-8")
    with pytest.raises(UserError, match="cannot be built"):
        read_member(tmp_path / "model.pt")
    beside.write_text("{}", "utf-8")
    with pytest.raises(UserError, match="not the card"):
        read_member(tmp_path / "model.pt")
    beside.unlink()
    with pytest.raises(UserError, match=r"model\.json: there is no such file"):
        read_member(tmp_path / "model.pt")


def test_a_card_takes_no_other_field(fit: Fit, data_of: DataOf, tmp_path: Path) -> None:
    module, _ = fit(GAE, data_of("none", "transductive"))
    card = write_member(module, tmp_path / "model.pt", split=0, member=0)
    with pytest.raises(ValueError, match="code"):
        Card.model_validate({**card.model_dump(), "code": "print()"})
