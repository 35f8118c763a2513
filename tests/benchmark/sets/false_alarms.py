"""How often a sham of sets takes an honest model for a cheat, and how much a cheat must know to be found.

    python tests/benchmark/sets/false_alarms.py --shams 100

Prints a row per model on Taskonomy's sets (random, all pairs known): figures of docs/verification.md.
"""

import argparse

import numpy as np

from benchmark.sets.fit_set_model import fit_set_model
from benchmark.sets.run_cell import make_task
from benchmark.sets.sham import judge_sham_sets, sham_sets
from benchmark.verifying.sham import ALARM_P
from datamodules.sets.published_sets import published_sets
from lit_models.sets.registry import load_set_model

MODELS = ("linear-surrogate", "log-sum-exp", "best-member", "set-size", "trees-on-sets")
SHARES = (0.05, 0.1, 0.2, 0.5)


def main() -> None:
    """Print, per model, the share of shams with small p, and of alarms if it mixes the real values in."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--shams", type=int, default=100)
    shams = parser.parse_args().shams
    task = make_task(published_sets("taskonomy"), "random", "all")
    real = task.sets.value
    for number, name in enumerate(MODELS):
        config = load_set_model(name)
        honest: list[float] = []
        found = dict.fromkeys(SHARES, 0)
        for sham in range(shams):
            rng = np.random.default_rng([number, sham])
            scores = fit_set_model(config, sham_sets(task.sets, rng=rng), task.splits).scores.numpy()
            honest.append(judge_sham_sets(scores, task.splits, task.sets).p)
            for share in SHARES:
                mixed = (1 - share) * scores / np.nanstd(scores) + share * real / real.std()
                found[share] += judge_sham_sets(mixed, task.splits, task.sets).p <= ALARM_P
        below = " ".join(
            f"p<={most}: {np.mean(np.array(honest) <= most):.3f}" for most in (0.05, 0.01, 0.001)
        )
        power = " ".join(f"{share:.0%}: {count / shams:.2f}" for share, count in found.items())
        print(f"{name}: {shams} shams, {below}; found with {power}", flush=True)


if __name__ == "__main__":
    main()
