"""Counter-based noise: a draw depends on its key and counter only, never on earlier draws.

torch's generators produce one shared sequence, so an episode's result would change with the batch size and
the number of processes. Here every draw is a hash of (key, call, position). The hash is the finaliser of
SplitMix64 (Steele, Lea & Flood, OOPSLA 2014), which passes BigCrush.
"""

import torch
from torch import Tensor

# Constants of SplitMix64 as signed 64-bit integers: torch's int64 arithmetic wraps around.
_GOLDEN = 0x9E3779B97F4A7C15 - 2**64
_MIX_1 = 0xBF58476D1CE4E5B9 - 2**64
_MIX_2 = 0x94D049BB133111EB - 2**64
_BITS = 23  # one less than float32's precision, so that adding 0.5 is exact and 1.0 is never reached
_LEVELS = 2**16  # dropout rates are rounded to a multiple of 1 / 65,536


def _shift(bits: Tensor, places: int) -> Tensor:
    """Logical right shift of signed 64-bit integers."""
    return (bits >> places) & ((1 << (64 - places)) - 1)


def _mix(state: Tensor) -> Tensor:
    state = (state ^ _shift(state, 30)) * _MIX_1
    state = (state ^ _shift(state, 27)) * _MIX_2
    return state ^ _shift(state, 31)


def fold_in(key: Tensor, data: Tensor | int) -> Tensor:
    """Derive a new key from a key and a number, as for a path (seed, episode, member, step).

    Args:
        key: int64, any shape.
        data: int64, broadcastable with ``key``.

    Returns:
        int64 in the broadcast shape.

    >>> a, b = fold_in(torch.tensor([1, 2]), 0), fold_in(torch.tensor([1, 2]), 1)
    >>> len({*a.tolist(), *b.tolist()})
    4
    """
    return _mix(key + (torch.as_tensor(data, device=key.device) + 1) * _GOLDEN)


def _words(key: Tensor, count: int, *, call: int, dtype: torch.dtype) -> Tensor:
    """``count`` random signed integers of a narrow dtype, several cut from each 64-bit hash."""
    hashes = -(-count * dtype.itemsize // torch.int64.itemsize)
    counter = torch.arange(1, hashes + 1, device=key.device) * _GOLDEN
    words: Tensor = _mix(counter + fold_in(key, call)).view(dtype)
    return words[:count]


def _at_least_float32(dtype: torch.dtype) -> torch.dtype:
    return torch.promote_types(dtype, torch.float32)


def uniform(key: Tensor, shape: torch.Size, *, call: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """Uniform noise in the open interval (0, 1), on a grid of 2⁻²³; a narrower dtype may round it to 1.

    Args:
        key: [] int64, the graph's noise key.
        shape: shape of the draw.
        call: number of this draw within the model; draws with the same number are equal.
        dtype: floating dtype of the result.

    Returns:
        Tensor of ``shape`` on the key's device.
    """
    words = _words(key, shape.numel(), call=call, dtype=torch.int32) >> (32 - _BITS)
    from_zero = words.to(_at_least_float32(dtype)) + (2.0 ** (_BITS - 1) + 0.5)
    return (from_zero * 2.0**-_BITS).reshape(shape).to(dtype)


def normal(key: Tensor, shape: torch.Size, *, call: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """Standard normal noise, by the inverse cumulative distribution function.

    Args:
        key: [] int64, the graph's noise key.
        shape: shape of the draw.
        call: number of this draw within the model.
        dtype: floating dtype of the result.

    Returns:
        Tensor of ``shape`` on the key's device.
    """
    # Rounded only afterwards: 1 would become infinite.
    noise: Tensor = torch.special.ndtri(uniform(key, shape, call=call, dtype=_at_least_float32(dtype)))
    return noise.to(dtype)


def dropout(value: Tensor, key: Tensor, *, call: int, rate: float, training: bool) -> Tensor:
    """Inverted dropout (Srivastava et al., JMLR 2014) with keyed noise.

    Args:
        value: float, any shape.
        key: [] int64, the graph's noise key.
        call: number of this draw within the model.
        rate: share of entries to set to 0, in [0, 1); the others are divided by 1 − rate.
        training: whether to apply dropout; if False, or if the rate is 0, ``value`` is returned unchanged.

    Returns:
        Tensor with the shape and dtype of ``value``.
    """
    if not training or rate == 0.0:
        return value
    words = _words(key, value.numel(), call=call, dtype=torch.int16)
    dropped = min(round(rate * _LEVELS), _LEVELS - 1)
    keep = (words >= dropped - _LEVELS // 2).reshape(value.shape)
    # One factor per entry, computed outside autograd: dropout takes half of a small model's step.
    return value * (keep.to(value.dtype) / (1.0 - rate))
