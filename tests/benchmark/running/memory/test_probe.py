"""What the probe finds: the same every time, in proportion to the replicas, and in no one's way."""

import pytest
import torch

from benchmark.running.fit_model import data_for
from benchmark.running.memory.plan import ARRAYS_OF_ANY_REPLICA
from benchmark.running.memory.probe import Probe, Seconds, peak_on_cpu
from benchmark.running.suite import load_suite
from datamodules.errors import UserError
from datamodules.load_table import load_table
from lit_models.registry import load_model


def probe_of(name: str) -> Probe:
    config = load_model(name)
    data = data_for(config, load_table("taskonomy"), setting="transductive", numbers=(0,))
    return Probe(config, data, seed=0, device="cpu")


def test_the_peak_is_what_is_held_at_a_time() -> None:
    def hold_two_of_three() -> None:
        first = torch.zeros(1000, dtype=torch.float64)
        del first
        second, third = torch.zeros(500, dtype=torch.float64), torch.zeros(600, dtype=torch.float64)
        del second, third

    assert 8 * 1100 <= peak_on_cpu(hold_two_of_three) < 8 * 1200


@pytest.mark.parametrize("name", ["source-target-profile", "z-svd3"])
def test_a_replica_takes_the_same_every_time(name: str) -> None:
    state = torch.get_rng_state()
    first, seconds = probe_of(name).replica_bytes()
    assert first == probe_of(name).replica_bytes()[0]
    assert torch.equal(state, torch.get_rng_state())
    assert seconds.predict > 0.0
    assert (seconds.step > 0.0) == (name == "source-target-profile")


def test_many_replicas_take_no_more_than_one_each() -> None:
    probe = probe_of("source-target-profile")
    alone = probe.replica_bytes()[0]
    together = peak_on_cpu(lambda: probe.seconds(members=16))
    assert 8 * alone < together < 16 * alone


def test_a_run_has_its_validation_checks() -> None:
    assert Seconds(step=2.0, predict=1.0).of_run(10) == pytest.approx(10 * 2.0 + 3 * 1.0)
    assert Seconds(step=0.0, predict=1.0).of_run(0) == pytest.approx(1.0)


@pytest.mark.slow
def test_no_shipped_model_takes_more_than_the_plan_assumes() -> None:
    """Small tables, on which the plan measures nothing, have the largest share of everything else."""
    largest = {}
    for name in load_suite("default").models:
        try:
            largest[name] = probe_of(name).replica_bytes()[0] / (8 * 25**2)
        except UserError:
            continue
    print(sorted(largest.items(), key=lambda item: -item[1])[:5])
    assert max(largest.values()) < ARRAYS_OF_ANY_REPLICA
