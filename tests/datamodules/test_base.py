"""Episodes: what they hold, on what scale, and what they never hold."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from datamodules.affinity_table import AffinityTable
from datamodules.base import AffinityDataModule, Stage
from datamodules.embeddings import embed
from datamodules.graph import Episode
from datamodules.splits.protocol import Setting, Split
from datamodules.standardise import SCALES, Scale
from datamodules.tables.prompt_transfer import PROMPT_TRANSFER

each_setting = pytest.mark.parametrize("setting", ["transductive", "inductive"])
each_scale = pytest.mark.parametrize("scale", SCALES)
each_stage = pytest.mark.parametrize("stage", ["fit", "predict"])
NUMBERS = [5, 0, 13]


def module_of(table: AffinityTable, setting: Setting = "transductive", **options: Any) -> AffinityDataModule:
    return AffinityDataModule(
        table=table, setting=setting, **({"numbers": NUMBERS, "z": "metadata"} | options)
    )


def episodes(module: AffinityDataModule, stage: Stage) -> list[Episode]:
    return [module.episode(position, stage=stage) for position in range(len(module.splits))]


def tensors(episode: Episode) -> dict[str, Tensor]:
    return {"position": episode.position, **episode.graph._asdict(), **episode.validation._asdict()}


def differing(one: Episode, other: Episode) -> set[str]:
    """Names of the tensors that are not the same bit by bit."""
    pairs = zip(tensors(one).items(), tensors(other).values(), strict=True)
    return {name for (name, a), b in pairs if a.numpy().tobytes() != b.numpy().tobytes()}


def with_noise(table: AffinityTable, where: NDArray[np.bool_]) -> AffinityTable:
    noise = np.random.default_rng(1).normal(scale=100.0, size=table.value.shape)
    return replace(table, value=np.where(where, noise, table.value))


@each_setting
@each_stage
def test_shapes_and_types_are_those_of_the_contract(
    table: AffinityTable, setting: Setting, stage: Stage
) -> None:
    module = module_of(table, setting)
    size = module.num_tasks if stage == "fit" else len(table.task_names)
    square = dict.fromkeys(("affinity", "value"), torch.float32)
    square |= dict.fromkeys(("observed", "eligible", "query", "mask"), torch.bool)
    no_pairs = {"edge_attr": (torch.float32, (size, size, 0))}
    expected = (
        no_pairs
        | {name: (dtype, (size, size)) for name, dtype in square.items()}
        | {
            "x": (torch.float32, (size, module.num_features)),
            "group": (torch.int64, (size,)),
            "key": (torch.int64, ()),
            "position": (torch.int64, ()),
        }
    )
    for position, episode in enumerate(episodes(module, stage)):
        found = {name: (tensor.dtype, tuple(tensor.shape)) for name, tensor in tensors(episode).items()}
        assert found == expected
        assert episode.position == position
        assert all(tensor.isfinite().all() for tensor in tensors(episode).values())


@each_setting
@each_stage
def test_observed_validation_and_query_are_apart_and_eligible(
    table: AffinityTable, setting: Setting, stage: Stage
) -> None:
    for episode in episodes(module_of(table, setting), stage):
        graph, mask = episode.graph, episode.validation.mask
        assert graph.observed.any()
        assert mask.any()
        parts = graph.observed.int() + graph.query.int() + mask.int()
        assert torch.equal(parts, graph.eligible.int())


@each_setting
@each_stage
def test_what_is_not_revealed_is_zero(table: AffinityTable, setting: Setting, stage: Stage) -> None:
    for episode in episodes(module_of(table, setting), stage):
        assert (episode.graph.affinity[~episode.graph.observed] == 0).all()
        assert (episode.validation.value[~episode.validation.mask] == 0).all()
        assert (episode.graph.affinity[episode.graph.observed] != 0).all()


@each_setting
@each_stage
@pytest.mark.parametrize("train_on_validation", [False, True])
def test_observed_columns_have_mean_zero_and_deviation_one(
    table: AffinityTable, setting: Setting, stage: Stage, train_on_validation: bool
) -> None:
    for episode in episodes(module_of(table, setting, train_on_validation=train_on_validation), stage):
        columns = zip(episode.graph.affinity.mT, episode.graph.observed.mT, strict=True)
        for column, observed in columns:
            if observed.any():
                assert column[observed].mean().item() == pytest.approx(0, abs=1e-5)
                assert column[observed].std(correction=0).item() == pytest.approx(1, abs=1e-5)


def test_revealed_values_are_on_the_scale_of_their_targets_observed_entries(table: AffinityTable) -> None:
    module = module_of(table)
    for split, episode in zip(module.splits, episodes(module, "fit"), strict=True):
        for target in np.flatnonzero(table.eligible.any(0)):
            column, observed = table.value[:, target], split.observed[:, target]
            furthest = np.sqrt(observed.sum() - 1)
            expected = (column - column[observed].mean()) / column[observed].std()
            expected = np.where(observed, expected, expected.clip(-furthest, furthest))
            for mask, found in (
                (observed, episode.graph.affinity),
                (split.validation[:, target], episode.validation.value),
            ):
                np.testing.assert_allclose(found[mask, target], expected[mask], rtol=1e-5, atol=1e-5)


@each_setting
@each_stage
@each_scale
@pytest.mark.parametrize("train_on_validation", [False, True])
def test_no_tensor_depends_on_a_query_value(
    table: AffinityTable, setting: Setting, stage: Stage, scale: Scale, train_on_validation: bool
) -> None:
    options: dict[str, Any] = {"scale": scale, "train_on_validation": train_on_validation}
    for number in (0, 13):
        module = module_of(table, setting, numbers=[number], **options)
        other_table = with_noise(table, module.splits[0].query)
        other = module_of(other_table, setting, numbers=[number], **options)
        assert other.table.hash != module.table.hash
        assert other.splits[0].hash == module.splits[0].hash
        assert differing(module.episode(0, stage=stage), other.episode(0, stage=stage)) == set()


@each_setting
@each_stage
@each_scale
def test_validation_values_are_in_the_targets_alone(
    table: AffinityTable, setting: Setting, stage: Stage, scale: Scale
) -> None:
    module = module_of(table, setting, numbers=[3], scale=scale)
    other = module_of(with_noise(table, module.splits[0].validation), setting, numbers=[3], scale=scale)
    assert differing(module.episode(0, stage=stage), other.episode(0, stage=stage)) == {"value"}


@each_setting
@each_stage
@each_scale
def test_observed_values_are_in_the_graph(
    table: AffinityTable, setting: Setting, stage: Stage, scale: Scale
) -> None:
    """Positive control of the two tests above; they set the scale of the targets too."""
    module = module_of(table, setting, numbers=[3], scale=scale)
    other = module_of(with_noise(table, module.splits[0].observed), setting, numbers=[3], scale=scale)
    assert differing(module.episode(0, stage=stage), other.episode(0, stage=stage)) == {"affinity", "value"}


@each_setting
@each_stage
def test_train_on_validation_moves_the_validation_entries(
    table: AffinityTable, setting: Setting, stage: Stage
) -> None:
    apart, together = (module_of(table, setting, train_on_validation=both) for both in (False, True))
    for before, after in zip(episodes(apart, stage), episodes(together, stage), strict=True):
        assert torch.equal(after.graph.observed, before.graph.observed | before.validation.mask)
        assert not after.validation.mask.any()
        assert not after.validation.value.any()
        assert differing(before, after) == {"affinity", "observed", "mask", "value"}


def in_table_order(module: AffinityDataModule, split: Split, matrix: Tensor) -> NDArray[Any]:
    """A predict episode's matrix with the table's rows and columns."""
    back = np.argsort(module.task_order(split))
    return matrix.numpy()[np.ix_(back, back)]


def test_task_order_is_known_tasks_then_new_ones_each_in_the_tables_order(table: AffinityTable) -> None:
    module = module_of(table, "inductive")
    for split in module.splits:
        known, new = np.flatnonzero(~split.new).tolist(), np.flatnonzero(split.new).tolist()
        assert new
        assert module.task_order(split).tolist() == known + new


@each_setting
def test_a_predict_episode_holds_every_task_of_the_table(table: AffinityTable, setting: Setting) -> None:
    module = module_of(table, setting)
    for split, episode in zip(module.splits, episodes(module, "predict"), strict=True):
        graph, order = episode.graph, module.task_order(split)
        for matrix, expected in (
            (graph.query, split.query),
            (graph.observed, split.observed),
            (graph.eligible, table.eligible),
            (episode.validation.mask, split.validation),
        ):
            np.testing.assert_array_equal(in_table_order(module, split, matrix), expected)
        np.testing.assert_array_equal(graph.x, module.embedding(split)[order])
        words = [table.groups[task] for task in order]
        assert [number == -1 for number in graph.group] == [word == "" for word in words]
        assert len(set(zip(words, graph.group.tolist(), strict=True))) == len(set(words))
        assert set(graph.group.tolist()) - {-1} == set(range(len(set(words) - {""})))


def test_a_fit_episode_is_the_known_corner_of_the_predict_episode(table: AffinityTable) -> None:
    module = module_of(table, "inductive")
    for split, fit, predict in zip(
        module.splits, episodes(module, "fit"), episodes(module, "predict"), strict=True
    ):
        known = len(split.new) - split.new.sum()
        assert module.num_tasks == len(fit.graph.x) == known
        for name, tensor in tensors(predict).items():
            by_task = tensor.ndim >= 2 and name != "x"
            corner = tensor[:known, :known] if by_task else tensor[:known] if tensor.ndim else tensor
            assert torch.equal(tensors(fit)[name], corner), name
        assert not fit.graph.query.any()
        assert not (predict.graph.observed | predict.validation.mask)[known:].any()
        assert not (predict.graph.observed | predict.validation.mask)[:, known:].any()


def test_transductive_fit_and_predict_episodes_are_one_and_the_same(table: AffinityTable) -> None:
    module = module_of(table)
    assert module.num_tasks == len(table.task_names)
    for fit, predict in zip(episodes(module, "fit"), episodes(module, "predict"), strict=True):
        assert differing(fit, predict) == set()


def test_z_is_fitted_on_known_tasks_only() -> None:
    table = PROMPT_TRANSFER.read(regime="roberta", label="score")
    data = AffinityDataModule(table=table, setting="inductive", numbers=[0], z="prompt")
    (split,) = data.splits
    np.testing.assert_array_equal(data.embedding(split), embed("prompt", table, ~split.new))
    assert not np.allclose(data.embedding(split), embed("prompt", table, split.new | ~split.new))
