"""How often a sham takes an honest strategy for a cheat, and how much a cheat must know to be found.

    python tests/recovery/tracks/campaign/false_alarms.py --shams 50

Prints a row per matrix and strategy: figures of docs/verification.md.
"""

import argparse
from typing import cast

import numpy as np

from benchmark.verifying.sham import ALARM_P
from datamodules.affinity_table import AffinityTable
from datamodules.load_table import load_table
from datamodules.matrix_types import BoolMatrix, FloatMatrix
from recovery.strategies.base import PlanState, PlanStrategy
from recovery.strategies.registry import load_strategy
from recovery.tracks.campaign.entry import Entry
from recovery.tracks.campaign.sham import judge_campaigns

TABLES = ("taskonomy", "cogtaskonomy", "medmnist")
STRATEGIES = ("random", "source-mean", "expected-improvement")
SHARES = (0.1, 0.2, 0.5, 1.0)
POWER_SHAMS = 10


class Mixed(PlanStrategy):
    """An honest strategy whose gains are mixed with the real values, each in deviations."""

    def __init__(self, honest: PlanStrategy, real: FloatMatrix, share: float) -> None:
        self.honest, self.real, self.share = honest, real, share

    def gains(self, state: PlanState) -> FloatMatrix:
        own, real = (_scaled(each, state.candidates) for each in (self.honest.gains(state), self.real))
        mixed = (1 - self.share) * own + self.share * real
        return np.where(state.candidates, mixed - mixed[state.candidates].min(), 0.0)


class InThisProcess:
    """Takes the place of an :class:`Entry`."""

    def __init__(self, strategy: PlanStrategy) -> None:
        self.made = strategy

    def strategy(self, *, ahead: int) -> PlanStrategy:  # noqa: ARG002  # an entry's
        return self.made


def _scaled(values: FloatMatrix, at: BoolMatrix) -> FloatMatrix:
    return np.nan_to_num((values - values[at].mean()) / max(values[at].std(), 1e-12))


def p_of(table: AffinityTable, strategy: PlanStrategy, seed: list[int]) -> float:
    """The p of a strategy on one sham."""
    entry = cast(Entry, InThisProcess(strategy))
    return judge_campaigns(table, entry, np.random.default_rng(seed)).p


def main() -> None:
    """Print, per matrix and strategy, the share of shams with small p, and of alarms by share known."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--shams", type=int, default=50)
    shams = parser.parse_args().shams
    everything = []
    for number, name in enumerate(TABLES):
        table = load_table(name)
        for strategy in STRATEGIES:
            honest = load_strategy(strategy)
            p = np.array([p_of(table, honest, [number, sham]) for sham in range(shams)])
            everything += p.tolist()
            alarms = [
                np.mean(
                    [
                        p_of(table, Mixed(honest, table.value, share), [number, sham]) <= ALARM_P
                        for sham in range(POWER_SHAMS)
                    ]
                )
                for share in SHARES
            ]
            power = " ".join(f"{share:.0%}: {rate:.1f}" for share, rate in zip(SHARES, alarms, strict=True))
            print(f"{name}, {strategy}: {_below(p)}; found with {power}", flush=True)
    print(f"all {len(everything)} honest shams: {_below(np.array(everything))}")


def _below(p: np.ndarray) -> str:
    return ", ".join(f"p <= {most}: {np.mean(p <= most):.3f}" for most in (0.05, 0.01, 0.001))


if __name__ == "__main__":
    main()
