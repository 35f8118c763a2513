"""Checks on single graphs: the model's output, and its side effects."""

import random
from itertools import product
from typing import get_args

import numpy as np
import torch
from torch import Tensor

from benchmark.smoke.report import CheckError
from benchmark.smoke.subject import Subject, largest_gap
from datamodules.base import Stage
from datamodules.graph import TaskGraph
from datamodules.splits.protocol import Setting
from lit_models.base import RecoveryModel
from lit_models.training.shared_generators import generator_states, have_moved

CLOSE = 1e-3  # tolerance for scores that should be equal, in standardised units


def builds(subject: Subject) -> str:
    """The constructor accepts any number of tasks and of features."""
    sizes = []
    for setting in ("transductive", "inductive"):
        data = subject.data(setting)
        try:
            subject.untrained(data)
        except TypeError as error:
            raise CheckError(
                f"it cannot be built from (num_tasks, num_features): {error}",
                "begin the constructor as `def __init__(self, num_tasks: int, num_features: int, *, ...)`, "
                "with a default for all that follows, and call `super().__init__()` first",
            ) from error
        sizes.append(f"({data.num_tasks}, {data.num_features})")
    return f"from (num_tasks, num_features) = {' and '.join(sizes)}"


def scores(subject: Subject) -> str:
    """``forward`` returns a finite float for every transfer."""
    shape = check_scores(subject, subject.setting)
    return f"finite, {shape}"


def check_scores(subject: Subject, setting: Setting) -> str:
    """Check the scores of the graphs of one setting; returns a description of their shape."""
    data = subject.data(setting)
    model = subject.model(setting)
    shape = ""
    for stage, training in product(get_args(Stage), (False, True)):
        graph = data.episode(0, stage=stage).graph
        found = model.train(training)(graph)
        wanted = list(graph.affinity.shape)
        if not isinstance(found, Tensor):
            raise CheckError(f"forward returns a {type(found).__name__}", "return a torch tensor of scores")
        if list(found.shape) != wanted:
            raise CheckError(
                f"forward returns the shape {list(found.shape)} for a graph of {wanted[0]} tasks",
                f"return {wanted}: one row per source, one column per target",
            )
        if not found.is_floating_point():
            raise CheckError(
                f"the scores are {str(found.dtype).removeprefix('torch.')}",
                "return floats: whole numbers tie, and have no gradient",
            )
        if not torch.isfinite(found).all():
            count = int((~torch.isfinite(found)).sum())
            raise CheckError(
                f"{count} of {found.numel()} scores are not finite",
                "look for a division by a count that may be 0 and for logarithms of 0: a hidden entry is 0 "
                "in graph.affinity, and a new task has no observed entry",
            )
        shape = f"{found.dtype} {list(found.shape)}".removeprefix("torch.")
    return shape


def objective(subject: Subject) -> str:
    """The training loss is one finite number, with noise on and off."""
    model = subject.model(subject.setting)
    graph = subject.data(subject.setting).episode(0, stage="fit").graph
    for training in (False, True):
        found = model.train(training).objective(graph)
        if not isinstance(found, Tensor) or found.shape != () or not torch.isfinite(found):
            shape = list(found.shape) if isinstance(found, Tensor) else type(found).__name__
            raise CheckError(
                f"the training loss is {found if shape == [] else f'of shape {shape}'}",
                "return one finite number from `loss` or `objective`: a mean over graph.observed",
            )
    return "one finite number"


def empty(subject: Subject) -> str:
    """Scores and loss are finite if nothing is observed."""
    graph = subject.graph(subject.setting)
    nothing = graph._replace(affinity=graph.affinity * 0, observed=graph.observed & False)
    model = subject.model(subject.setting)
    scores = model(nothing)
    if not (torch.isfinite(scores).all() and torch.isfinite(model.loss(nothing, scores))):
        raise CheckError(
            "on a graph without any observed entry its scores or its loss are not finite",
            "look for a division by the number of observed entries: `.clamp(min=1)`",
        )
    return "finite with nothing observed"


def settings(subject: Subject) -> str:
    """The model runs in every setting that it declares."""
    declared = subject.model(subject.setting).settings
    unknown = sorted(set(declared) - {"transductive", "inductive"})
    if unknown or not declared:
        raise CheckError(
            f"settings are {sorted(declared)}", "declare a subset of {'transductive', 'inductive'}"
        )
    for setting in sorted(declared - {subject.setting}):
        try:
            check_scores(subject, setting)
        except CheckError as error:
            raise CheckError(f"{setting}: {error.problem}", error.change) from error
        except Exception as error:
            known, tasks = subject.data(setting).num_tasks, len(subject.graph(setting).group)
            raise CheckError(
                f"it declares the {setting} setting and fails there: {type(error).__name__}: "
                f"{str(error).strip().splitlines()[0] if str(error).strip() else error!r}",
                f"there a model built for {known} known tasks scores a graph of {tasks}: make no weight's "
                "shape depend on num_tasks, or declare `settings` to be frozenset({'transductive'})",
            ) from error
    return ", ".join(sorted(declared))


def leaves_input(subject: Subject) -> str:
    """The model does not change its input."""
    graph = subject.graph(subject.setting)
    before = [field.clone() for field in graph]
    model = subject.model(subject.setting).train()
    objective = model.objective(graph)
    if objective.requires_grad:
        objective.backward()  # type: ignore[no-untyped-call]  # torch's own has no types
    changed = [
        name for name, old, new in zip(graph._fields, before, graph, strict=True) if not torch.equal(old, new)
    ]
    if changed:
        raise CheckError(
            f"it changes its input in place: graph.{', graph.'.join(changed)}",
            "work on a copy (`graph.affinity.clone()`): no operation that ends in _ or assigns to a part",
        )
    return "unchanged"


def leaves_generators(subject: Subject) -> str:
    """The model does not seed global random generators."""
    model = subject.model(subject.setting).train()
    graph = subject.graph(subject.setting)
    after = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        random.seed(seed)
        np.random.seed(seed)
        before = generator_states()
        model.objective(graph)
        after.append((have_moved(before, generator_states()), generator_states()))
    moved = all(each for each, _ in after)
    same = [not have_moved([one], [other]) for one, other in zip(after[0][1], after[1][1], strict=True)]
    if moved and any(same):
        raise CheckError(
            "it seeds a global random generator",
            "remove the seeding, and draw noise from lit_models.noise with graph.key",
        )
    return "none is seeded"


def renaming(subject: Subject) -> str:
    """Scores are equivariant to permutations of the tasks, unless the model declares otherwise."""
    graph = subject.graph(subject.setting)
    model = subject.model(subject.setting)
    if model.knows_tasks_by_identity:
        return "declared not equivariant (knows_tasks_by_identity)"
    order = torch.randperm(len(graph.group), generator=torch.Generator().manual_seed(0))
    gap = largest_gap(model(renamed(graph, order)), model(graph)[order][:, order])
    if gap > CLOSE:
        raise CheckError(
            f"if tasks are permuted, scores change by up to {gap:.2g}",
            "if weights belong to single tasks (a shape depends on num_tasks), declare "
            "`knows_tasks_by_identity = True` in the class; otherwise use nothing that depends on the order",
        )
    return f"equivariant, to {gap:.0e}"


def renamed(graph: TaskGraph, order: Tensor) -> TaskGraph:
    """The graph with its tasks permuted."""
    matrices = ("affinity", "observed", "eligible", "query", "edge_attr")
    return graph._replace(
        x=graph.x[order],
        group=graph.group[order],
        **{name: getattr(graph, name)[order][:, order] for name in matrices},
    )


def direction(subject: Subject) -> str:
    """``directed`` tells whether the scores of (i, j) and (j, i) may differ."""
    graph = subject.graph(subject.setting)
    # Give the targets different means, so that terms that are constant in a column matter too.
    shifted = (graph.affinity + torch.linspace(-1, 1, len(graph.affinity))) * graph.observed
    graph = graph._replace(affinity=shifted)
    model = subject.model(subject.setting)
    untrained = model(graph)
    trained = subject.short_run.scores
    symmetric = max(largest_gap(untrained, untrained.mT), largest_gap(trained, trained.mT)) < 1e-5
    if symmetric and model.directed:
        raise CheckError(
            "the scores of i → j and j → i are always equal, which it does not declare",
            "declare `directed = False` in the class, or treat source and target differently",
        )
    if not symmetric and not model.directed:
        raise CheckError(
            "it declares directed = False, but the scores of i → j and j → i differ",
            "remove `directed = False` from the class, or make the scores symmetric",
        )
    turned = graph._replace(affinity=graph.affinity.mT, observed=graph.observed.mT)
    if not model.directed and largest_gap(untrained, model(turned)) > CLOSE:
        raise CheckError(
            "it declares directed = False, but its scores change if all transfers are reversed",
            "remove `directed = False` from the class, or read graph.affinity + graph.affinity.mT",
        )
    return "direction-aware" if model.directed else "declared undirected"


def gradient(subject: Subject) -> str:
    """The parameters receive a gradient."""
    model = subject.model(subject.setting).train()
    parameters = {name: value for name, value in model.named_parameters() if value.requires_grad}
    if not parameters:
        return "nothing to fit"
    objective = model.objective(subject.data(subject.setting).episode(0, stage="fit").graph)
    if objective.requires_grad:
        objective.backward()  # type: ignore[no-untyped-call]  # torch's own has no types
    idle = [name for name, value in parameters.items() if value.grad is None or not value.grad.any()]
    if len(idle) == len(parameters):
        raise CheckError(
            f"no gradient reaches any of {', '.join(idle)}",
            "compute the scores from the parameters in torch only: no detach(), .data, numpy or no_grad, and "
            "no initial weights at which all gradients are 0",
        )
    return f"all but {', '.join(idle)}" if idle else f"reaches all of {len(parameters)} tensors"


def parameters(model: RecoveryModel) -> int:
    """Number of trainable parameters."""
    return sum(value.numel() for value in model.parameters() if value.requires_grad)
