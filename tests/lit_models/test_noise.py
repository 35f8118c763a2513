"""Keyed noise: the published generator bit by bit, distributions, and independence of the batch."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from torch import Tensor
from torch.func import vmap

from lit_models import noise
from lit_models.noise import dropout, fold_in, normal, uniform

MANY = torch.Size([100_000])
WORD = 2**64
SIGNED = st.integers(-(2**63), 2**63 - 1)


def splitmix64(seed: int, count: int) -> list[int]:
    """The first outputs of SplitMix64, as its authors publish it; unsigned."""
    state, outputs = seed % WORD, []
    for _ in range(count):
        state = (state + 0x9E3779B97F4A7C15) % WORD
        z = state
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % WORD
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB % WORD
        outputs.append(z ^ (z >> 31))
    return outputs


def words(key: int, call: int, *, count: int, kind: str) -> np.ndarray:
    """What a draw reads: a stream whose seed is output ``call`` (from 0) of the key's stream."""
    stream = np.array(splitmix64(splitmix64(key, call + 1)[-1], count), dtype="<u8")
    return stream.view(kind)[:count]


def test_reference_is_splitmix64() -> None:
    assert splitmix64(0, 3) == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]


@given(key=SIGNED, data=st.integers(0, 40))
def test_folding_a_number_in_is_that_output_of_the_keys_stream(key: int, data: int) -> None:
    assert fold_in(torch.tensor(key), data).item() % WORD == splitmix64(key, data + 1)[-1]


@given(key=SIGNED, call=st.integers(0, 8), count=st.integers(1, 9))
def test_uniform_reads_the_stream_of_key_and_call(key: int, call: int, count: int) -> None:
    level = words(key, call, count=count, kind="<i4") >> 9
    expected = (level + 2.0**22 + 0.5) / 2**23
    drawn = uniform(torch.tensor(key), torch.Size([count]), call=call, dtype=torch.float64)
    assert drawn.tolist() == expected.tolist()


@given(key=SIGNED, rate=st.floats(0.01, 0.99), count=st.integers(1, 9))
def test_dropout_reads_the_stream_of_key_and_call(key: int, rate: float, count: int) -> None:
    kept = words(key, 4, count=count, kind="<i2") >= round(rate * 65536) - 32768
    ones = torch.ones(count, dtype=torch.float64)
    dropped = dropout(ones, torch.tensor(key), call=4, rate=rate, training=True)
    assert dropped.bool().tolist() == kept.tolist()


def test_golden_values_stay() -> None:
    """Whoever changes these changes every result that was ever published."""
    key, shape = torch.tensor(7), torch.Size([2, 2])
    golden = [[0.6223211884498596, 0.18276125192642212], [0.7014349102973938, 0.731494128704071]]
    assert uniform(key, shape, call=3).tolist() == golden
    assert uniform(key, shape, call=3, dtype=torch.float64).tolist() == golden
    assert normal(key, shape, call=3, dtype=torch.float64).numpy() == pytest.approx(stats.norm.ppf(golden))
    dropped = dropout(torch.ones(8), key, call=3, rate=0.5, training=True)
    assert dropped.tolist() == [2, 2, 2, 0, 2, 2, 2, 2]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize(("draw", "name"), [(uniform, "uniform"), (normal, "norm")])
def test_draws_follow_their_distribution(draw: Callable[..., Tensor], name: str, dtype: torch.dtype) -> None:
    values = draw(torch.tensor(1), MANY, call=0, dtype=dtype)
    assert values.dtype == dtype
    law = getattr(stats, name)
    assert stats.kstest(values.double().numpy(), name).pvalue > 0.001
    assert values.double().mean().item() == pytest.approx(law.mean(), abs=4 * law.std() / MANY.numel() ** 0.5)
    assert values.double().std().item() == pytest.approx(law.std(), rel=0.01)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_extreme_words_stay_inside_the_open_interval(
    monkeypatch: pytest.MonkeyPatch, dtype: torch.dtype
) -> None:
    extremes = torch.tensor([-(2**31), 2**31 - 1], dtype=torch.int32)
    monkeypatch.setattr(noise, "_words", lambda *_, **__: extremes)
    drawn = uniform(torch.tensor(0), torch.Size([2]), call=0, dtype=dtype)
    assert drawn.tolist() == [2.0**-24, 1 - 2.0**-24]
    low, high = normal(torch.tensor(0), torch.Size([2]), call=0, dtype=dtype).tolist()
    assert -6 < low < -5 < 5 < high < 6


def test_streams_of_keys_and_calls_are_independent() -> None:
    streams = [(0, 0), (0, 1), (1, 0), (1, 1), (-1, 0), (2**62, 0)]
    drawn = torch.stack([uniform(torch.tensor(key), MANY, call=call) for key, call in streams])
    between = torch.corrcoef(drawn)[~torch.eye(len(streams), dtype=torch.bool)]
    assert between.abs().max() < 5 / MANY.numel() ** 0.5
    within = torch.corrcoef(torch.stack([drawn[0, :-1], drawn[0, 1:]]))[0, 1]
    assert abs(within) < 5 / MANY.numel() ** 0.5


def test_paths_of_numbers_lead_to_keys_of_their_own() -> None:
    first = fold_in(torch.arange(40)[:, None], torch.arange(40))
    second = fold_in(first[..., None], torch.arange(40))
    assert len(torch.cat([first.flatten(), second.flatten()]).unique()) == 40**2 + 40**3


def test_draws_neither_read_nor_move_the_global_generator() -> None:
    drawn = []
    for seed in (0, 1):
        torch.manual_seed(seed)
        before = torch.get_rng_state()
        drawn.append(normal(torch.tensor(3), torch.Size([5]), call=0))
        dropout(drawn[0], torch.tensor(3), call=0, rate=0.5, training=True)
        assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(*drawn)


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_dropout_keeps_its_share_and_the_expectation(rate: float) -> None:
    value = torch.full(MANY, 3.0)
    dropped = dropout(value, torch.tensor(5), call=2, rate=rate, training=True)
    kept = dropped != 0
    deviation = (rate * (1 - rate) / MANY.numel()) ** 0.5
    assert kept.double().mean().item() == pytest.approx(1 - rate, abs=4 * deviation)
    torch.testing.assert_close(dropped[kept], value[kept] / (1 - rate))
    assert dropped.double().mean().item() == pytest.approx(3, abs=3 * 4 * deviation / (1 - rate))


@pytest.mark.parametrize(("rate", "training"), [(0.5, False), (0.0, True), (0.0, False)])
def test_dropout_passes_the_value_outside_training_and_at_rate_zero(rate: float, training: bool) -> None:
    value = torch.randn(4, 4, generator=torch.Generator().manual_seed(0))
    assert dropout(value, torch.tensor(0), call=0, rate=rate, training=training) is value


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_gradient_of_dropout_is_its_factor(dtype: torch.dtype) -> None:
    value = torch.ones(64, dtype=dtype, requires_grad=True)
    dropped = dropout(value, torch.tensor(0), call=0, rate=0.25, training=True)
    assert dropped.dtype == dtype
    (gradient,) = torch.autograd.grad(dropped.sum(), value)
    torch.testing.assert_close(gradient, dropped.detach())


@pytest.mark.parametrize(
    "draw",
    [
        lambda key: uniform(key, torch.Size([3, 5]), call=1),
        lambda key: normal(key, torch.Size([7]), call=1),
        lambda key: dropout(torch.ones(3, 3), key, call=1, rate=0.5, training=True),
        lambda key: fold_in(key, 9),
    ],
    ids=["uniform", "normal", "dropout", "fold_in"],
)
def test_draws_inside_nested_vmap_are_those_of_each_key_alone(draw: Callable[[Tensor], Tensor]) -> None:
    keys = fold_in(torch.arange(2)[:, None], torch.arange(3))
    together = vmap(vmap(draw))(keys)
    alone = torch.stack([torch.stack([draw(key) for key in row]) for row in keys])
    assert torch.equal(together, alone)


@pytest.mark.parametrize("draw", [uniform, normal])
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_narrow_noise_is_float32_noise_rounded(draw: Callable[..., Tensor], dtype: torch.dtype) -> None:
    """Nothing is computed in the narrow dtype: there 1 − 2⁻²⁴ is 1, and its normal deviate infinite."""
    narrow = draw(torch.tensor(3), MANY, call=1, dtype=dtype)
    assert narrow.dtype == dtype
    assert torch.equal(narrow, draw(torch.tensor(3), MANY, call=1).to(dtype))
    assert torch.isfinite(narrow).all()
