"""On a GPU: the numbers of the CPU, and all visible devices together."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import pytorch_lightning as pl
import torch

from benchmark.running.trainer import Hardware, make_trainer
from benchmark.scoring.evaluator import Evaluator
from lit_models.registry import load_model, model_factory
from lit_models.training.lit_recovery import LitRecovery

from .equality import BATCH_DEPENDENT, EPOCHS, MEMBERS, SPLITS, data_of, settings_of
from .test_equality import (
    FEW,
    SCRIPT,
    TORCHRUN,
    assert_equal_to_one_process,
    environment,
    finish,
    start,
)

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here"),
]
PARITY = 1e-5
RATIO = Path(__file__).parents[2] / "speed" / "gpu.py"


@pytest.mark.parametrize("name", [*FEW, "source-target-magnet", "digae", "multihead-masked-profile"])
def test_the_same_weights_score_alike_in_float32(name: str) -> None:
    """Scores are in standardised units, about 1; trained on the CPU, predicted on both."""
    config = load_model(name)
    for setting in settings_of(config):
        data = data_of(config, setting)
        pl.seed_everything(0, verbose=False)
        module = LitRecovery.for_data(model_factory(config), data, members=MEMBERS)
        if module.is_trainable:
            make_trainer(Hardware(), epochs=EPOCHS, callbacks=[]).fit(module, datamodule=data)
        scores = []
        for accelerator in ("cpu", "gpu"):
            evaluator = Evaluator(datamodule=data, name=name, members=MEMBERS)
            trainer = make_trainer(Hardware(accelerator=accelerator), epochs=1, callbacks=[evaluator])
            trainer.predict(module, datamodule=data, return_predictions=False)
            scores.append(evaluator.member_scores)
        on_cpu, on_gpu = scores
        difference = np.abs(on_cpu - on_gpu).max() / max(1.0, np.abs(on_cpu).max())
        print(f"{name}, {setting}: largest difference {difference:.1e}")
        assert difference <= PARITY


@pytest.mark.processes
def test_all_devices_together_change_nothing(tmp_path: Path) -> None:
    """NCCL over every visible device, in float64, against one CPU process."""
    devices = min(torch.cuda.device_count(), SPLITS)
    models, file = [*FEW, BATCH_DEPENDENT], tmp_path / "scores.npz"
    words = [TORCHRUN, "--standalone", "--nproc-per-node", devices, SCRIPT, file, "gpu", devices, 1, *models]
    finish([start(*words, env=environment())], minutes=10)
    difference = assert_equal_to_one_process(file, models)
    print(f"{devices} devices: largest difference {difference:.1e}")


@pytest.mark.processes
def test_the_ratio_to_the_cpu_is_measured() -> None:
    run = subprocess.run([sys.executable, RATIO], capture_output=True, text=True, timeout=1800, check=True)
    print(run.stdout)
    assert "times one CPU thread" in run.stdout
