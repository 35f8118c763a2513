"""Zero-shot scores: those of a run of the benchmark, on development splits or the protocol's."""

from pathlib import Path

import pytest
import torch

from benchmark.commands.pretrain_report import pretrain_report
from benchmark.metrics.correlation import per_target_spearman
from benchmark.pretraining.zero_shot import ZeroShot, zero_shot
from benchmark.running.fit_model import data_for, fit_model
from datamodules.errors import UserError
from datamodules.registry import DATASETS
from lit_models.prior_fitted import SHIPPED, WEIGHTS, shipped_network
from lit_models.registry import load_model

MEDMNIST = {"medmnist": ("fine-tuned",)}


@pytest.fixture(scope="module")
def found() -> ZeroShot:
    network = shipped_network(SHIPPED, torch.device("cpu"), torch.float32)
    (only,) = zero_shot(network, depth=len(network.layers), development=False, tables=MEDMNIST).values()
    return only


def test_the_score_is_that_of_a_run(found: ZeroShot) -> None:
    config = load_model("prior-fitted")
    table = DATASETS["medmnist"].read()
    data = data_for(config, table, setting="transductive")
    scores = fit_model(config, data, members=1, seed=0).scores(data.predict_dataloader())[:, 0]
    query = torch.stack([torch.tensor(split.query) for split in data.splits])
    value = torch.tensor(table.value).expand(len(query), -1, -1)
    expected = per_target_spearman(scores, value, query).nanmean(-1).mean()
    assert found.spearman == pytest.approx(float(expected), abs=1e-6)


def test_development_splits_are_others(found: ZeroShot) -> None:
    network = shipped_network(SHIPPED, torch.device("cpu"), torch.float32)
    (other,) = zero_shot(network, depth=len(network.layers), development=True, tables=MEDMNIST).values()
    assert other != found
    assert 0.0 < other.coverage <= 1.0


def test_a_run_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no log\.csv"):
        pretrain_report(run=tmp_path)
    (tmp_path / "prior-fitted.safetensors").write_bytes(WEIGHTS.read_bytes())
    with pytest.raises(UserError, match=r"no log\.csv"):
        pretrain_report(run=tmp_path)
