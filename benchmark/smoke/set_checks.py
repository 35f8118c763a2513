"""Checks of models that score sets: their scores, and what these may depend on."""

from dataclasses import replace
from functools import cache

import numpy as np
import torch
from torch import Tensor

from benchmark.sets.fit_set_model import fit_set_model, set_data
from benchmark.smoke.forward_checks import CLOSE
from benchmark.smoke.report import CheckError
from benchmark.smoke.subject import SEED, Subject, largest_gap
from datamodules.sets.protocol import SetSplit, make_set_splits
from datamodules.sets.published_sets import published_sets
from datamodules.sets.set_graph import SetEpisode, SetGraph
from datamodules.sets.task_sets import TaskSets
from lit_models.base import build_model
from lit_models.loading.config import ModelConfig
from lit_models.sets.base import SetModel

FEW_EPOCHS = 3


def scores_sets(subject: Subject) -> str:
    """``forward_sets`` returns a finite float for every set, whether or not any set is measured."""
    episode = _episode(subject)
    model = _model(subject)
    nothing = episode.sets.observed & False
    bare = episode.sets._replace(value=episode.sets.value * 0, observed=nothing)
    for sets in (episode.sets, bare):
        found = model.forward_sets(episode.graph, sets)
        wanted = list(sets.target.shape)
        if not isinstance(found, Tensor) or list(found.shape) != wanted or not found.is_floating_point():
            shape = list(found.shape) if isinstance(found, Tensor) else type(found).__name__
            raise CheckError(
                f"forward_sets returns {shape} for {wanted[0]} sets", f"return floats of the shape {wanted}"
            )
        if not torch.isfinite(found).all():
            words = "where no set is measured" if sets is bare else "where sets are measured"
            raise CheckError(
                f"{int((~torch.isfinite(found)).sum())} of {wanted[0]} scores are not finite {words}",
                "look for a division by the number of measured sets, which may be 0",
            )
    return f"finite, [{len(episode.sets.target)}], also without a measured set"


def gradient_of_sets(subject: Subject) -> str:
    """The parameters receive a gradient from measured sets and single transfers."""
    graph, sets = _episode(subject)[1:]
    model = _model(subject).train()
    parameters = {name: value for name, value in model.named_parameters() if value.requires_grad}
    if not parameters:
        return "nothing to fit"
    asked = sets.observed & (torch.arange(len(sets.target)) % 2 == 0)
    shown = sets._replace(observed=sets.observed & ~asked, value=sets.value * ~asked)
    objective = model.objective_sets(graph, shown, sets.value, asked)
    if objective.requires_grad:
        objective.backward()  # type: ignore[no-untyped-call]  # torch's own has no types
    idle = [name for name, value in parameters.items() if value.grad is None or not value.grad.any()]
    if len(idle) == len(parameters):
        raise CheckError(
            f"no gradient reaches any of {', '.join(idle)}",
            "compute the scores from the parameters in torch only: no detach(), .data, numpy or no_grad",
        )
    return f"all but {', '.join(idle)}" if idle else f"reaches all of {len(parameters)} tensors"


def sets_in_any_order(subject: Subject) -> str:
    """A set's score depends neither on the order of the sets nor on which others are asked for."""
    graph, sets = _episode(subject)[1:]
    model = _model(subject)
    scores = model.forward_sets(graph, sets)
    order = torch.randperm(len(scores), generator=torch.Generator().manual_seed(0))
    gap = largest_gap(model.forward_sets(graph, _rows(sets, order)), scores[order])
    if gap > CLOSE:
        raise CheckError(
            f"in another order of the sets, scores change by up to {gap:.2g}",
            "treat each set alike, wherever it stands",
        )
    asked = sets.query.nonzero().flatten()
    fewer = torch.cat([sets.observed.nonzero().flatten(), asked[: len(asked) // 2]])
    gap = largest_gap(model.forward_sets(graph, _rows(sets, fewer)), scores[fewer])
    if gap > CLOSE:
        raise CheckError(
            f"with half as many sets asked for, scores change by up to {gap:.2g}",
            "compute means and scales over sets.observed only",
        )
    return "the same in any order, and alone"


def hidden_sets_stay_hidden(subject: Subject) -> str:
    """Values of the hidden sets do not change any score."""
    sets, split = _data()
    draws = np.random.default_rng(SEED).normal(scale=3.0, size=len(sets.value))
    changed = replace(sets, value=np.where(split.query, sets.value + draws, sets.value))
    config = _briefly(subject.config)
    query = torch.from_numpy(split.query)
    one, other = (fit_set_model(config, each, [split]).scores[:, query] for each in (sets, changed))
    gap = largest_gap(one, other)
    if gap > 0.0:
        raise CheckError(
            f"scores change by up to {gap:.2g} if only values of hidden sets change",
            "read what forward_sets is given, and nothing else",
        )
    return "hidden values do not reach it"


def splits_stay_apart(subject: Subject) -> str:
    """A split scores the same beside another split and beside a copy of itself."""
    sets, split = _data()
    other = _splits()[1]
    config = _briefly(subject.config)
    beside_itself, beside_other = (  # in this order: what is kept between calls comes too late for the first
        fit_set_model(config, sets, [each, split]).scores[1, torch.from_numpy(split.query)]
        for each in (split, other)
    )
    gap = largest_gap(beside_other, beside_itself)
    if gap > CLOSE:
        raise CheckError(
            f"beside another split, scores change by up to {gap:.2g}",
            "keep no state between calls, and pool nothing over a batch: what one split hides, another shows",
        )
    return f"a split scores the same beside a copy of itself, to {gap:.0e}"


def _briefly(config: ModelConfig) -> ModelConfig:
    return config.model_copy(update={"training": config.training.model_copy(update={"epochs": FEW_EPOCHS})})


@cache
def _sets() -> TaskSets:
    return published_sets("taskonomy")


@cache
def _splits() -> list[SetSplit]:
    return make_set_splits(_sets(), setting="random", development=True)


def _data() -> tuple[TaskSets, SetSplit]:
    return _sets(), _splits()[0]


def _episode(subject: Subject) -> SetEpisode:
    sets, split = _data()
    return set_data(subject.config, sets, [split]).episode(0)


def _model(subject: Subject) -> SetModel:
    """One untrained copy, noise off."""
    sets, split = _data()
    singles = set_data(subject.config, sets, [split]).singles
    torch.manual_seed(SEED)
    model = build_model(subject.build, singles.num_tasks, singles.num_features, singles.num_pair_features)
    if not isinstance(model, SetModel):
        raise TypeError(f"{type(model).__name__} is no SetModel")
    return model.eval()


def _rows(sets: SetGraph, rows: Tensor) -> SetGraph:
    return SetGraph(*(field[rows] for field in sets))
