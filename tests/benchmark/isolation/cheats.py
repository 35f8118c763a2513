"""Submissions that cheat or do harm, each in one way, behind ``HEAD`` in a file of its own."""

from typing import NamedTuple

HEAD = '''\
import torch
from torch import nn

from lit_models.base import RecoveryModel


class Base(RecoveryModel):
    """What each source gave on average: an honest model."""

    settings = frozenset({"transductive"})
    knows_tasks_by_identity = True

    def __init__(self, num_tasks: int, num_features: int) -> None:
        super().__init__()

    def forward(self, graph):
        mean = graph.affinity.sum(1, keepdim=True) / graph.observed.sum(1, keepdim=True).clamp(min=1)
        return mean.expand_as(graph.affinity)


def truth(values, graph):
    return torch.nan_to_num(torch.as_tensor(values, dtype=torch.float32)) + 0.0 * graph.affinity


'''


class Cheat(NamedTuple):
    """One of them.

    Attributes:
        body: of its file, where the class is called Mine.
        error: part of its cell's error; "" if it runs and gains nothing.
    """

    body: str
    error: str = ""


def mine(forward: str) -> str:
    """A class with this body of its forward method."""
    lines = "\n".join(f"        {line}" for line in forward.splitlines())
    return f"class Mine(Base):\n    def forward(self, graph):\n{lines}\n"


# What one split hides, another one shows.
POOLS = {
    "by a vmap rule": """\
class Pool(torch.autograd.Function):
    @staticmethod
    def forward(affinity, observed):
        return affinity.clone()

    @staticmethod
    def setup_context(ctx, inputs, output):
        pass

    @staticmethod
    def vmap(info, in_dims, affinity, observed):
        if info.batch_size <= 3:
            return affinity.clone(), in_dims[0]
        a = affinity.movedim(in_dims[0], 0)
        o = observed.movedim(in_dims[1], 0).to(a)
        mean = (a * o).sum(0) / o.sum(0).clamp(min=1)
        return mean.expand_as(a).clone(), 0


class Mine(Base):
    def forward(self, graph):
        return Pool.apply(graph.affinity, graph.observed) + 1e-3 * super().forward(graph)
""",
    "by state": """\
class Mine(Base):
    batchable = False
    seen = {}

    def forward(self, graph):
        rows = super().forward(graph)
        self.seen[hash(graph.observed.numpy().tobytes())] = (graph.affinity, graph.observed.float())
        if len(self.seen) <= 3:
            return rows
        a = sum(x for x, _ in self.seen.values())
        o = sum(m for _, m in self.seen.values()).clamp(min=1)
        return a / o + 1e-3 * rows
""",
}

# The real matrix in the code, found by the number of tasks; {} stands for it.
KNOWS = "T = {}\n" + mine("return truth(T, graph)")

# The truth of Taskonomy, or the judge, from within the process.
REACHES = {
    "walks the garbage collector": Cheat(
        "import gc\nfrom datamodules.affinity_table import AffinityTable\n"
        + mine(
            "tables = [o for o in gc.get_objects() if type(o) is AffinityTable]\n"
            "return truth(tables[-1].value, graph)"
        ),
        "IndexError",
    ),
    "walks the frames": Cheat(
        "import sys\n"
        + mine(
            "frame = sys._getframe()\n"
            "while frame:\n"
            "    for value in frame.f_locals.values():\n"
            "        data = getattr(value, 'datamodule', None)\n"
            "        data = data or getattr(getattr(value, '_trainer', None), 'datamodule', None)\n"
            "        if hasattr(data, 'table'):\n"
            "            return truth(data.table.value, graph)\n"
            "    frame = frame.f_back\n"
            "return super().forward(graph)"
        )
    ),
    "patches the scoring": Cheat(
        "import numpy as np\nimport benchmark.scoring.evaluator as evaluator\n"
        "real = evaluator.score_splits\n"
        "def fake(scores, datamodule):\n"
        "    return real(np.broadcast_to(np.nan_to_num(datamodule.table.value), scores.shape), datamodule)\n"
        "evaluator.score_splits = fake\n" + mine("return super().forward(graph)")
    ),
    "patches the evaluator": Cheat(
        "import numpy as np\nfrom benchmark.scoring.evaluator import Evaluator\n"
        "def collect(self, prediction):\n"
        "    self.member_scores[:] = np.nan_to_num(self.datamodule.table.value)\n"
        "Evaluator.collect = collect\n" + mine("return super().forward(graph)")
    ),
    "reads the tables by pandas": Cheat(
        "import pandas\nfrom datamodules.tables.dataset import TABLES\n"
        + mine("return truth(pandas.read_csv(TABLES / 'taskonomy/transfers.csv').value, graph)"),
        "PermissionError",
    ),
    "reads the tables by this package": Cheat(
        "from datamodules.registry import DATASETS\n"
        + mine("return truth(DATASETS['taskonomy'].read().value, graph)"),
        "PermissionError",
    ),
    "reads an array beside it": Cheat(
        "import numpy as np\nfrom pathlib import Path\n"
        + mine("return truth(np.load(Path(__file__).parent / 'beside.npy'), graph)"),
        "PermissionError",
    ),
    "reads its parent's environment": Cheat(
        "import os\n" + mine("raise RuntimeError(open(f'/proc/{os.getppid()}/environ').read())"),
        "PermissionError",
    ),
    "asks the internet": Cheat(
        "import socket\n" + mine("return truth(socket.create_connection(('127.0.0.1', 9)), graph)"),
        "Operation not permitted",
    ),
    "starts a process": Cheat(
        "import subprocess\n" + mine("return truth(subprocess.check_output(['cat', '/etc/passwd']), graph)"),
        "PermissionError",
    ),
}

# Ends, hangs, floods, and words from elsewhere.
HARMS = {
    "os._exit": Cheat("import os\n" + mine("os._exit(0)"), "it ended with code 0, without an answer"),
    "sys.exit": Cheat("import sys\n" + mine("sys.exit(0)"), "SystemExit: 0"),
    "KeyboardInterrupt": Cheat(mine("raise KeyboardInterrupt"), "KeyboardInterrupt"),
    "stops its parent": Cheat(
        "import os, signal\n" + mine("os.kill(os.getppid(), signal.SIGKILL)"), "PermissionError"
    ),
    "kills itself": Cheat(
        "import os, signal\n" + mine("os.kill(os.getpid(), signal.SIGKILL)"), "it was killed by signal 9"
    ),
    "hangs": Cheat("import time\n" + mine("time.sleep(10_000)"), "did not end within 3 s"),
    "a huge error": Cheat(mine("raise RuntimeError('x' * 20_000_000)"), "xxxx"),
    "the environment as an error": Cheat(
        "import os\n" + mine("raise RuntimeError('canary: ' + os.environ.get('CANARY', 'none'))"),
        "canary: none",
    ),
    "a flood of output": Cheat(mine("while True: print('x' * 1_000_000)"), "File too large"),
    "a flood of files": Cheat(
        mine("for i in range(10**9): open(str(i), 'w').close()"), "files and was stopped"
    ),
    "a planted file": Cheat(
        mine("open(__import__('os').environ['HOME'] + '/../planted', 'w')"), "PermissionError"
    ),
    "all memory": Cheat(mine("return torch.zeros(10**6, 10**6)"), "allocate memory"),
    "a link as its answer": Cheat(
        "import os\n"
        + mine("os.symlink('/dev/zero', 'answer.safetensors')\nos.mkfifo('answer.json')\nos._exit(0)"),
        "without a valid answer",
    ),
    "another shape": Cheat(mine("return graph.affinity[:3, :3]"), "the worker returned"),
    "no finite scores": Cheat(mine("return graph.affinity / 0"), "finite"),
}
