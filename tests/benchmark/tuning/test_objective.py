"""Configurations are scored by revealed entries of development splits, and by nothing else."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr

from benchmark.tuning.objective import HeldBack
from datamodules.affinity_table import AffinityTable
from datamodules.base import AffinityDataModule
from datamodules.errors import UserError
from datamodules.registry import DATASETS
from datamodules.splits.protocol import Setting, Split, make_splits
from datamodules.standardise import Scale
from lit_models.loading.config import ModelConfig, Training
from lit_models.registry import load_model, model_factory

SMALL = DATASETS["cogtaskonomy"].read(regime="readme-example", label="score")
PLACE = "cogtaskonomy/readme-example/score"
SHORT = Training(epochs=15)
TRAINED = load_model("source-target-profile").model_copy(update={"training": SHORT})
SELECTS_NOTHING = TRAINED.model_copy(update={"training": Training(epochs=15, train_on_validation=True)})


def scorer(
    config: ModelConfig,
    table: AffinityTable = SMALL,
    *,
    setting: Setting = "transductive",
    splits: int = 1,
    members: int = 2,
) -> HeldBack:
    return HeldBack(config, tables=[table], setting=setting, splits=splits, members=members, seed=0)


def moved(which: str) -> AffinityTable:
    """The table with noise in the query, validation or observed entries of the first development split."""
    (split,) = make_splits(SMALL.eligible, setting="transductive", numbers=[0], development=True)
    noise = np.random.default_rng(0).normal(size=SMALL.value.shape) * SMALL.value[SMALL.eligible].std()
    return replace(SMALL, value=np.where(getattr(split, which), SMALL.value + noise, SMALL.value))


models = pytest.mark.parametrize(
    "config",
    [TRAINED, SELECTS_NOTHING, load_model("z-svd3")],
    ids=["selects", "selects-nothing", "untrained"],
)


@models
def test_query_truth_does_not_move_the_score(config: ModelConfig) -> None:
    assert scorer(config, moved("query"))(config) == scorer(config)(config)


@models
@pytest.mark.parametrize("which", ["validation", "observed"])
def test_revealed_truth_moves_the_score(config: ModelConfig, which: str) -> None:
    assert scorer(config, moved(which))(config) != scorer(config)(config)


def test_no_split_is_a_boards() -> None:
    def hashes(splits: list[Split]) -> set[bytes]:
        return {np.packbits(split.query).tobytes() for split in splits}

    used = scorer(TRAINED, splits=21).datamodules[PLACE].splits
    assert len(hashes(used)) == 21
    assert not hashes(used) & hashes(make_splits(SMALL.eligible, setting="transductive"))


@pytest.mark.parametrize("scale", ["zscore", "mix"])
def test_score_is_the_rank_correlation_of_all_splits_entries(scale: Scale) -> None:
    config = load_model("z-svd3").model_copy(update={"scale": scale})
    datamodule = AffinityDataModule(table=SMALL, numbers=range(3), development=True, scale=scale)
    model = model_factory(config)(datamodule.num_tasks, 0)
    scores, truth = [], []
    for position in range(3):
        episode = datamodule.episode(position, stage="fit")
        scores += model(episode.graph)[episode.validation.mask].tolist()
        truth += episode.validation.value[episode.validation.mask].tolist()
    measured = scorer(config, splits=3)(config)
    assert measured == {PLACE: pytest.approx(spearmanr(scores, truth).statistic, abs=1e-6)}


def fitted(monkeypatch: pytest.MonkeyPatch, config: ModelConfig, table: AffinityTable) -> torch.Tensor:
    """Scores of the first split as they come from the fit, whatever they are compared with."""
    seen: list[torch.Tensor] = []

    def spy(predicted: torch.Tensor, *_: torch.Tensor) -> torch.Tensor:
        seen.append(predicted)
        return torch.zeros(())

    monkeypatch.setattr("benchmark.tuning.objective.pooled_spearman", spy)
    scorer(config, table)(config)
    return seen[0]


@models
def test_no_fit_sees_the_entries_that_score_it(config: ModelConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (fitted(monkeypatch, config, table) for table in (SMALL, moved("validation")))
    assert torch.equal(first, second)
    assert not torch.equal(first, fitted(monkeypatch, config, moved("observed")))


def test_a_model_selects_its_state_on_other_revealed_entries() -> None:
    own = make_splits(SMALL.eligible, setting="transductive", numbers=range(3), development=True)
    scoring = scorer(TRAINED, splits=3)
    datamodule = scoring.datamodules[PLACE]
    for position, split in enumerate(own):
        episode = datamodule.episode(position, stage="fit")
        used = episode.validation.mask | episode.graph.observed
        assert episode.validation.mask.any()
        assert torch.equal(used, torch.tensor(split.observed))
        assert torch.equal(scoring.truth[PLACE].mask[position], torch.tensor(split.validation))


def test_every_member_counts() -> None:
    assert scorer(TRAINED, members=1)(TRAINED) != scorer(TRAINED, members=2)(TRAINED)


def test_inductive_models_are_scored_on_known_tasks_treated_as_new() -> None:
    config = load_model("source-target-dir-inductive").model_copy(update={"training": SHORT})
    score = scorer(config, setting="inductive", splits=2)(config)[PLACE]
    assert -1.0 <= score <= 1.0
    assert score != 0.0


@pytest.mark.parametrize(
    ("refused", "message"),
    [
        (lambda: scorer(TRAINED, setting="inductive"), "cannot rank transfers in the inductive"),
        (lambda: scorer(TRAINED, replace(SMALL, eligible=np.eye(12, k=1, dtype=bool))), "too small"),
        (lambda: scorer(load_model("leep")), "leep"),
    ],
)
def test_what_cannot_be_scored_is_refused(refused: Callable[[], object], message: str) -> None:
    with pytest.raises(UserError, match=message):
        refused()


def test_scores_that_are_not_finite_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HeldBack, "_predict", lambda *_: torch.full((1, 12, 12), torch.nan))
    with pytest.raises(ValueError, match="not finite on cogtaskonomy"):
        scorer(TRAINED)(TRAINED)
