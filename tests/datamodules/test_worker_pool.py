"""Workers have one thread, give results, and end with the process that started them."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from datamodules.worker_pool import worker_pool

pytestmark = pytest.mark.processes

WAITS = """
import time
from datamodules.worker_pool import worker_pool

if __name__ == "__main__":
    with worker_pool(2) as pool:
        waiting = [pool.submit(time.sleep, 600) for _ in range(2)]
        pool.submit(print, "never", flush=True)
        while not all(each.running() for each in waiting):
            time.sleep(0.01)
        print(len(pool._processes), flush=True)
        waiting[0].result()
"""


def test_a_worker_has_one_thread() -> None:
    with worker_pool(1) as pool:
        assert pool.submit(torch.get_num_threads).result() == 1


@pytest.mark.parametrize("end", [signal.SIGKILL, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_workers_end_with_their_parent(end: signal.Signals, tmp_path: Path) -> None:
    script = tmp_path / "waits.py"
    script.write_text(WAITS, encoding="utf-8")
    parent = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    assert parent.stdout.readline() == "2\n"
    parent.send_signal(end)
    # The pipe is the workers' output too: it ends when the last of them does.
    assert parent.communicate(timeout=60)[0] == ""
    assert parent.returncode == -end
