"""How much faster is a GPU than one CPU thread on the workload of ``processes.py``?

    .venv/bin/python tests/speed/gpu.py

Trains the 64 splits × 2 members of 400 tasks on both, in turn, and prints the ratio of the times.
"""

import statistics

import torch


def main() -> None:
    """Measure in turn and print the ratio."""
    # The script beside this one: found when this is run as a script, but not when doctests are collected.
    from processes import ROUNDS, SPLITS, finish, start

    if not torch.cuda.is_available():
        raise SystemExit("there is no GPU here")
    ratios = []
    for turn in range(ROUNDS):
        seconds = {name: finish(start(0, SPLITS, accelerator=name))[0] for name in ("cpu", "gpu")}
        ratios.append(seconds["cpu"] / seconds["gpu"])
        print(f"round {turn + 1}: {ratios[-1]:.1f} times", flush=True)
    spread = ", ".join(f"{ratio:.1f}" for ratio in ratios)
    print(f"{torch.cuda.get_device_name()}: {statistics.median(ratios):.1f} times one CPU thread ({spread})")


if __name__ == "__main__":
    main()
