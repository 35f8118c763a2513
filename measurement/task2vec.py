"""Task2Vec: a task as the Fisher information of a common probe network under it."""

import torch
from torch import Tensor, nn

from measurement.networks import feature_shape
from measurement.readouts import LitReadouts, Standardise
from measurement.task import Examples, MeasuredTask
from measurement.training import Batches, TrainingPlan, fit, in_chunks

EXAMPLES = 256  # whose gradients are averaged
_FLOOR = 1e-6  # of the mean: a filter that does nothing has no logarithm


def task2vec(
    task: MeasuredTask, probe: nn.Module, examples: Examples, *, schedule: TrainingPlan, seed: int
) -> Tensor:
    """Embed a task (Achille et al., "Task2Vec", ICCV 2019, section 3).

    The probe is frozen and a head of the task is trained on its features. The embedding is the diagonal of
    the Fisher information of the probe's weights for the network of both, averaged over each filter. Here in
    logarithms with mean 0, as the scale of a loss is arbitrary.

    Args:
        task: defines the head and the loss.
        probe: encoder that all tasks share.
        examples: training examples of the task.
        schedule: schedule of the head.
        seed: seeds the head's initial weights, its batches and the labels that are drawn.

    Returns:
        [F] float32, F filters of the probe.
    """
    raw = in_chunks(probe, examples.inputs)
    scale = Standardise(raw)
    torch.manual_seed(seed)
    shape = feature_shape(probe, tuple(examples.inputs.shape[1:]))
    readout = LitReadouts(task=task, features=shape, count=1, schedule=schedule)
    batches = [scale(raw)[None], examples.labels]
    fit(readout, Batches(batches, dims=[1, 0], schedule=schedule, seed=seed))
    some = Examples(examples.inputs[:EXAMPLES], examples.labels[:EXAMPLES])
    head = nn.Sequential(scale, _Only(readout))
    return logarithms(per_filter(diagonal_fisher(task, probe, head, some)))


class _Only(nn.Module):
    """The single readout of a stack of one."""

    def __init__(self, readouts: LitReadouts) -> None:
        super().__init__()
        self.readouts = readouts

    def forward(self, features: Tensor) -> Tensor:
        outputs: Tensor = self.readouts(features[None])[0]
        return outputs


def diagonal_fisher(
    task: MeasuredTask, probe: nn.Module, head: nn.Module, examples: Examples
) -> list[Tensor]:
    """Diagonal of the Fisher information of a probe's weights: E_x E_y (∂ loss(x, y) / ∂w)².

    Labels y are drawn from the network's own outputs, one per example (see :func:`draw_labels`).

    Args:
        task: its loss is a negative log-likelihood, up to its scale.
        probe: the encoder; its weights are those that count.
        head: maps its features to the task's outputs.
        examples: inputs x; of the labels, only the type and shape count.

    Returns:
        The figures of each parameter of the probe, of its shape.
    """
    weights = list(probe.parameters())
    total = [torch.zeros_like(weight) for weight in weights]
    for one, own in zip(*(torch.split(each, 1) for each in examples), strict=True):
        output = head(probe(one))
        loss = task.loss(output, draw_labels(output.detach(), like=own)).sum()
        for figures, gradient in zip(total, torch.autograd.grad(loss, weights), strict=True):
            figures += gradient.square()
    return [figures / len(examples.inputs) for figures in total]


def draw_labels(output: Tensor, *, like: Tensor) -> Tensor:
    """Draw labels from the distribution that a network's outputs stand for.

    Args:
        output: [n, ...].
        like: [n, ...], labels of the data. Integers of one dimension less than ``output`` are classes, drawn
            by the softmax of the logits [n, classes, ...]; as many real numbers as outputs are drawn from
            normal distributions of variance 1 around these. Labels of any other form are those of the data.

    Returns:
        Labels of the shape and type of ``like``.
    """
    if not like.is_floating_point() and output.ndim == like.ndim + 1:
        shares = output.movedim(1, -1).softmax(-1)
        return torch.multinomial(shares.flatten(0, -2), 1).reshape(like.shape).to(like)
    if like.is_floating_point() and output.numel() == like.numel():
        return (output + torch.randn_like(output)).reshape(like.shape)
    return like


def per_filter(figures: list[Tensor]) -> Tensor:
    """Means over each filter, [F]: over all but the first dimension; biases and scales are left out."""
    return torch.cat([each.flatten(1).mean(1) for each in figures if each.ndim > 1])


def logarithms(figures: Tensor) -> Tensor:
    """Logarithms with mean 0 of figures [F] >= 0, the smallest raised to a millionth of their mean."""
    floor = max(_FLOOR * float(figures.mean()), torch.finfo(figures.dtype).tiny)
    logs = figures.clamp_min(floor).log()
    return logs - logs.mean()
