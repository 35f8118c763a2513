"""How much faster does the prior-fitted model recover a matrix than a model that is fitted to it?

    .venv/bin/python tests/speed/prior_fitted.py

Recovers one split of Taskonomy (25 tasks, a third hidden) zero-shot, and by fitting multihead-profile with 8
members as the benchmark does: built, trained and predicted. In turn, in one process, on one thread, in CPU
time, so that neighbours on the machine cancel out.
"""

import statistics
import time

import torch

from benchmark.running.fit_model import data_for, fit_model
from datamodules.registry import DATASETS
from lit_models.prior_fitted import PriorFitted
from lit_models.registry import load_model

FITTED = "multihead-profile"
MEMBERS = 8
ROUNDS = 3
READINGS = 20  # of the zero-shot model per round


def main() -> None:
    torch.set_num_threads(1)
    table = DATASETS["taskonomy"].read()
    tasks = len(table.task_names)
    ratios, milliseconds = [], []
    for number in range(ROUNDS):
        config = load_model("prior-fitted")
        data = data_for(config, table, setting="transductive", numbers=[number])
        graph = data.episode(0, stage="predict").graph
        model = PriorFitted(data.num_tasks, data.num_features)
        model(graph)  # buffers are allocated once
        start = time.process_time()
        for _ in range(READINGS):
            model(graph)
        zero_shot = (time.process_time() - start) / READINGS

        config = load_model(FITTED)
        data = data_for(config, table, setting="transductive", numbers=[number])
        start = time.process_time()
        fitted = fit_model(config, data, members=MEMBERS, seed=0)
        fitted.scores(data.predict_dataloader())
        ratios.append((time.process_time() - start) / zero_shot)
        milliseconds.append(1e3 * zero_shot)
    rounds = ", ".join(f"{ratio:.0f}" for ratio in ratios)
    print(f"{tasks} tasks: {statistics.median(milliseconds):.1f} ms zero-shot")
    print(f"{statistics.median(ratios):.0f} times faster than {FITTED} with {MEMBERS} members ({rounds})")


if __name__ == "__main__":
    main()
