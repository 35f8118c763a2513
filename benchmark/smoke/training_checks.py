"""Checks of complete runs: training on a few splits, and what the scores depend on."""

import random

import torch
from torch import Tensor
from torch.utils.benchmark import Timer

from benchmark.smoke.forward_checks import CLOSE, parameters
from benchmark.smoke.guard import Guard
from benchmark.smoke.report import CheckError
from benchmark.smoke.subject import FEW_EPOCHS, NUMBERS, SEED, Subject, largest_gap
from lit_models.registry import load_model
from lit_models.training.replicas import Replicas, initial_weights, replica_keys

EPOCHS = 60
SUITE_MEMBERS = 8
SUITE_NUMBERS: tuple[int, ...] | None = None  # all splits
BATCH_EPOCHS = 2  # of runs as large as a suite's
UNPREDICTABLE = random.SystemRandom()  # no model can know which splits are compared
BATCHED_MODEL = "source-target-profile"  # to compare with


def learns(subject: Subject) -> str:
    """The training loss falls."""
    fitted = subject.fit(subject.data(subject.setting), epochs=EPOCHS)
    if not fitted.module.is_trainable:
        return "nothing to fit"
    first, last = (float(fitted.module.curve[place].train_loss.mean()) for place in (0, -1))
    steps = f"from {first:.3g} after 5 steps to {last:.3g} after {fitted.module.curve[-1].epoch}"
    if not last < first:
        raise CheckError(
            f"the training loss does not fall: {steps}",
            "check the sign of a custom loss, and try another learning_rate (a YAML file with "
            "`training: {learning_rate: 0.005}`)",
        )
    return steps


def ranks(subject: Subject) -> str:
    """The scores distinguish the sources of a target."""
    setting = subject.setting
    fitted = subject.short_run
    eligible = subject.graph(setting).query
    spread = torch.stack([column[rows].std() for column, rows in _columns(fitted.scores[0, 0], eligible)])
    told_apart = int((spread > 1e-6).sum())
    if told_apart == 0:
        raise CheckError(
            "it gives every source of a target the same score, so that it ranks nothing",
            "make scores depend on their row: a constant column cannot order the sources",
        )
    return f"sources of {told_apart} of {len(spread)} targets are told apart"


def deterministic(subject: Subject) -> str:
    """Runs with the same seed give identical scores."""
    first = subject.short_run.scores
    second = subject.fit(subject.data(subject.setting), epochs=FEW_EPOCHS).scores
    if not torch.equal(first, second):
        raise CheckError(
            f"two runs with the same seed differ by up to {largest_gap(first, second):.2g}",
            "draw noise from lit_models.noise with graph.key; scores must not depend on time, the order of "
            "sets, hash() or state of earlier calls",
        )
    return "two runs are identical"


def noise(subject: Subject) -> str:
    """A split's scores do not depend on the rest of the batch, or the model is marked."""
    if subject.short_run.module.is_batch_dependent:
        return (
            "batch-dependent: it draws from a global generator, and its results are marked; "
            "lit_models.noise has dropout, normal and uniform with graph.key"
        )
    everything = [split.number for split in subject.data(subject.setting, SUITE_NUMBERS).splits]
    some = UNPREDICTABLE.sample(everything, k=UNPREDICTABLE.randint(2, len(everything) - 1))
    gaps = {len(numbers): _gap_beside_copies(subject, tuple(numbers)) for numbers in (everything, some)}
    count, gap = max(gaps.items(), key=lambda each: each[1])
    if gap > CLOSE:
        raise CheckError(
            f"a split's scores differ by up to {gap:.2g} between a run with {count - 1} other splits and one "
            f"with {count - 1} copies of itself",
            "let nothing pass between splits: keep no state between calls of forward, in no attribute, list "
            "or global variable, and do not look at the batch",
        )
    return f"keyed: a split scores the same beside copies of itself, to {gap:.0e}"


def _gap_beside_copies(subject: Subject, numbers: tuple[int, ...]) -> float:
    """How far a random split's scores differ from those beside copies of itself: the same batch size."""
    position = UNPREDICTABLE.randrange(len(numbers))
    members = SUITE_MEMBERS if subject.short_run.module.is_trainable else 1  # as in a run
    batches = (subject.data(subject.setting, numbers), subject.copies(numbers[position], len(numbers)))
    together, alone = (subject.fit(batch, epochs=BATCH_EPOCHS, members=members) for batch in batches)
    return largest_gap(alone.scores, together.scores[position].expand_as(alone.scores))


def hidden(subject: Subject) -> str:
    """Hidden values of the table do not affect predictions."""
    setting = subject.setting
    before = subject.short_run.scores
    split = subject.data(setting).splits[0]
    after = subject.fit(subject.data_with_noise(split.query), epochs=FEW_EPOCHS).scores
    if not torch.equal(before[0], after[0]):
        raise CheckError(
            f"hidden values change the scores by up to {largest_gap(before[0], after[0]):.2g}",
            "use only the graph passed to forward",
        )
    shown = subject.fit(subject.data_with_noise(split.observed), epochs=FEW_EPOCHS).scores
    ignored = torch.equal(before[0], shown[0])
    return "no effect, and none of observed values either" if ignored else "no effect"


def batched(subject: Subject) -> str:
    """Whether all replicas run in one call, and the speed-up."""
    fitted = subject.short_run
    if fitted.module.is_batched:
        times = {each: _step_seconds(subject, batched=each) for each in (True, False)}
        return f"vmap: {times[False] / times[True]:.0f} times as fast as one replica at a time"
    reason = fitted.refusal.rpartition("with the same result: ")[2] or "the class says batchable = False"
    reference = Subject(load_model(BATCHED_MODEL), guard=Guard(""))  # records nothing
    slower = _step_seconds(subject, batched=False) / _step_seconds(reference, batched=True)
    return (
        f"one replica at a time; a step takes {slower:.0f} times as long as that of {BATCHED_MODEL}, which "
        f"is batched: {reason[:160]}"
    )


def cost(subject: Subject) -> str:
    """Estimated cost of a cell of the default suite."""
    data = subject.data(subject.setting, SUITE_NUMBERS)
    count = parameters(subject.model(subject.setting))
    if not count:
        seconds = subject.fit(data, epochs=1, members=1).seconds / len(data.splits)
        return f"nothing to fit; about {seconds:.2g} s per split"
    # The difference of two runs excludes their set-up time.
    short, longer = (subject.fit(data, epochs=epochs, members=SUITE_MEMBERS).seconds for epochs in (1, 11))
    epochs = subject.config.training.epochs
    seconds = max(longer - short, 0.0) / 10 * epochs / len(data.splits)
    return (
        f"{count:,} parameters; about {seconds:.2g} s per split for {epochs} steps of {SUITE_MEMBERS} members"
    )


def _step_seconds(subject: Subject, *, batched: bool) -> float:
    """Seconds for the training losses of all replicas."""
    data = subject.data(subject.setting)
    keys = replica_keys(seed=SEED, numbers=torch.tensor(NUMBERS), members=SUITE_MEMBERS, step=1)
    weights = initial_weights(lambda: subject.untrained(data), keys=keys)
    (batch,) = data.train_dataloader()
    replicas = Replicas(subject.model(subject.setting))
    replicas.batched = batched
    run = {"objective": replicas.objective, "weights": weights, "graph": batch.graph._replace(key=keys)}
    return float(Timer("objective(weights, graph)", globals=run).adaptive_autorange(max_run_time=1.0).median)


def _columns(scores: Tensor, mask: Tensor) -> list[tuple[Tensor, Tensor]]:
    return [(scores[:, place], mask[:, place]) for place in range(len(scores)) if mask[:, place].sum() > 1]
