"""Transfer networks: readouts of one target on the frozen features of many sources, trained together."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state, vmap

from measurement.task import MeasuredTask
from measurement.training import LitScheduled, TrainingPlan


class LitReadouts(LitScheduled):
    """D_{s→t} = argmin_θ E[L_t(D_θ(E_s(I)), f_t(I))] for one target t and all of its sources s at once.

    The encoders are frozen, so their features are computed once and serve as inputs. All readouts start from
    the same weights and see the same batches: sources differ only in their features. Parameters are stacked
    over sources; AdamW is element-wise, so each readout is trained exactly as it would be alone.

    Args:
        task: the target, which defines the head and the loss.
        features: shape of the features of one example.
        count: number of sources.
        schedule: number of steps, batch size and learning rate.

    Raises:
        ValueError: if the task's head has buffers.
    """

    def __init__(
        self, *, task: MeasuredTask, features: tuple[int, ...], count: int, schedule: TrainingPlan
    ) -> None:
        super().__init__(schedule)
        self.task = task
        head = task.head(features)
        state, buffers = stack_module_state([head] * count)
        if buffers:
            raise ValueError(
                f"the head of task '{task.name}' has buffers ({', '.join(buffers)}): use layers without any"
            )
        self.names = list(state)
        self.stacked = nn.ParameterList(nn.Parameter(value.detach().clone()) for value in state.values())
        # In a list, so that its parameters are not registered: only its structure is used, with `stacked`.
        self._skeleton = [head.to("meta")]

    def forward(self, features: Tensor) -> Tensor:
        """Map features [sources, n, *features] to outputs [sources, n, ...]."""

        def one(weights: dict[str, Tensor], own: Tensor) -> Tensor:
            return torch.as_tensor(functional_call(self._skeleton[0], weights, (own,)))

        return torch.as_tensor(vmap(one)(dict(zip(self.names, self.stacked, strict=True)), features))

    def losses(self, features: Tensor, labels: Tensor) -> Tensor:
        """Loss of every source on every example.

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
    """Standardises features per channel, by the mean and standard deviation of given examples.

    Encoders differ in scale, and one learning rate of the readouts must suit them all.

    Args:
        features: [n, channels, ...] examples that the scaler is fitted on.
    """

    def __init__(self, features: Tensor) -> None:
        super().__init__()
        over = [dim for dim in range(features.ndim) if dim != 1]
        self.mean = features.mean(over, keepdim=True)
        self.scale = features.std(over, keepdim=True).clamp_min(1e-6)

    def forward(self, features: Tensor) -> Tensor:
        """Standardise features; same shape."""
        return torch.as_tensor((features - self.mean) / self.scale)


def join(features: Sequence[Tensor]) -> Tensor:
    """Concatenate the features of several sources along the channels.

    Args:
        features: [n, channels, ...] per source.

    Returns:
        [n, sum of channels, ...].
    """
    return torch.cat(list(features), dim=1)
