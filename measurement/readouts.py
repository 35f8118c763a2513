"""Transfer modelling: readouts of one target on the frozen features of many sources, trained as one."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state, vmap

from measurement.task import MeasuredTask
from measurement.training import LitScheduled, TrainingPlan


class LitReadouts(LitScheduled):
    """D_{s→t} = argmin_θ E[L_t(D_θ(E_s(I)), f_t(I))] for one target t and all its sources s in one step.

    The encoders are frozen, so their features are computed once and are the inputs here. All readouts start
    from the same weights and see the same batches: sources differ in nothing but their features. Parameters
    are stacked over sources; AdamW works element by element, so each readout is trained as it would be alone.

    Args:
        task: the target: gives the head and the loss.
        features: shape of the features of one example.
        count: how many sources.
        schedule: how long and how fast.
    """

    def __init__(
        self, *, task: MeasuredTask, features: tuple[int, ...], count: int, schedule: TrainingPlan
    ) -> None:
        super().__init__(schedule)
        self.task = task
        head = task.head(features)
        state, buffers = stack_module_state([head] * count)
        if buffers:
            raise ValueError(f"the head of task '{task.name}' has buffers ({', '.join(buffers)}); use none")
        self.names = list(state)
        self.stacked = nn.ParameterList(nn.Parameter(value.detach().clone()) for value in state.values())
        # Kept out of the parameters: its structure is used, its weights are those of `stacked`.
        self._skeleton = [head.to("meta")]

    def forward(self, features: Tensor) -> Tensor:
        """From [sources, n, *features] to outputs [sources, n, ...]."""

        def one(weights: dict[str, Tensor], own: Tensor) -> Tensor:
            return torch.as_tensor(functional_call(self._skeleton[0], weights, (own,)))

        return torch.as_tensor(vmap(one)(dict(zip(self.names, self.stacked, strict=True)), features))

    def losses(self, features: Tensor, labels: Tensor) -> Tensor:
        """Losses of every source on every example.

        Args:
            features: [sources, n, *features].
            labels: [n, ...], the same for all sources.

        Returns:
            [sources, n].
        """
        return torch.as_tensor(vmap(self.task.loss, in_dims=(0, None))(self(features), labels))

    def training_step(self, batch: tuple[Tensor, Tensor]) -> Tensor:
        """Sum over sources of the mean loss: no source's gradient depends on another's."""
        return self.losses(*batch).mean(1).sum()


class Standardise(nn.Module):
    """Features with mean 0 and deviation 1 a channel, by the examples that it was made from.

    Encoders differ in scale, and a readout's learning rate must suit them all.

    Args:
        features: [n, channels, ...].
    """

    def __init__(self, features: Tensor) -> None:
        super().__init__()
        over = [dim for dim in range(features.ndim) if dim != 1]
        self.mean = features.mean(over, keepdim=True)
        self.scale = features.std(over, keepdim=True).clamp_min(1e-6)

    def forward(self, features: Tensor) -> Tensor:
        """The same shape."""
        return torch.as_tensor((features - self.mean) / self.scale)


def join(features: Sequence[Tensor]) -> Tensor:
    """Features of several sources as those of one, channels beside each other.

    Args:
        features: [n, channels, ...] each.

    Returns:
        [n, sum of channels, ...].
    """
    return torch.cat(list(features), dim=1)
