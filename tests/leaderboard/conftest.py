"""Result files made by hand: what a file says, without a run."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from benchmark.results.schema import Data, Metric, Model, Place, Result, Run, Timing
from lit_models.loading.config import ModelConfig

Make = Callable[..., Result]
SHARED = {"width": 32, "dim": 8, "one_hot": True}
SCORES = (0.5, 0.5, 0.5)


def make_result(
    name: str,
    scores: Sequence[float | None] = SCORES,
    *,
    encoder: str = "",
    class_path: str = "elsewhere.Model",
    init_args: Mapping[str, Any] | None = None,
    run: Run | None = None,
    **model: Any,
) -> Result:
    """A result on three splits that hide a third; `model` is what its model and configuration say."""
    counted = [score for score in scores if score is not None]
    metric = Metric(
        mean=float(np.mean(counted)) if counted else None,
        low=0.0,
        high=1.0,
        per_split=list(scores),
        per_target={},
        counted=len(counted),
        left_out=0,
    )
    of_model = {key: model.pop(key) for key in ("directed", "variational") if key in model}
    config = ModelConfig(
        name=name,
        class_path=class_path,
        init_args={
            **({"encoder": encoder} if encoder else {}),
            **(SHARED if init_args is None else init_args),
        },
        **model,
    )
    return Result(
        schema_version=1,
        protocol_version=1,
        fingerprint=name,
        status="ok",
        error=None,
        place=Place(dataset="made", regime="up", label="score", setting="transductive", mask="1/3"),
        data=Data(
            unit="score",
            dataset_hash="0",
            split_numbers=[0, 1, 2],
            split_hashes=["a", "b", "c"],
            query_share=1 / 3,
        ),
        model=Model(
            config=config,
            encoder=encoder,
            **{"directed": True, "variational": False, **of_model},
            parameters=1,
            source_hash="0",
            batched=True,
        ),
        run=run or Run(seed=0, members=8, epochs=400),
        metrics={"spearman": metric},
        versions={},
        device="cpu",
        timing=Timing(started="2026-01-02T03:04:05", fit_seconds=0.0, predict_seconds=0.0),
    )


@pytest.fixture
def make() -> Make:
    return make_result
