"""Submissions that cannot be compared, each broken in one way, and what smoke says of each.

Every body stands in a file of its own behind ``HEAD``.
"""

from typing import NamedTuple

HEAD = '''\
import torch
from torch import nn

from lit_models.base import RecoveryModel


class Base(RecoveryModel):
    """A working model: a linear map of what each source gave."""

    knows_tasks_by_identity = True

    def __init__(self, num_tasks: int, num_features: int) -> None:
        super().__init__()
        self.linear = nn.Linear(num_tasks, num_tasks)

    @property
    def settings(self):
        return frozenset({"transductive"})

    def forward(self, graph):
        return self.linear(graph.affinity)


'''


class Broken(NamedTuple):
    """One of them.

    Attributes:
        body: of its file, where the class is called Mine.
        check: which check says so first.
        says: part of what it says.
    """

    body: str
    check: str
    says: str


def mine(forward: str, *, base: str = "Base") -> str:
    """A class with this body of its forward method."""
    lines = "\n".join(f"        {line}" for line in forward.splitlines())
    return f"class Mine({base}):\n    def forward(self, graph):\n{lines}\n"


BROKEN = {
    "wrong shape": Broken(
        mine("return super().forward(graph).mean(0)"), "scores", "the shape [25] for a graph"
    ),
    "NaN": Broken(mine("return super().forward(graph) / graph.observed"), "scores", "scores are not finite"),
    "reads a global table": Broken(
        "import pandas\nfrom datamodules.tables.dataset import TABLES\n"
        'TABLE = pandas.read_csv(TABLES / "taskonomy" / "transfers.csv")\n'
        "class Mine(Base):\n    pass\n",
        "keeps to itself",
        "it opens the file",
    ),
    "changes its input": Broken(
        mine("graph.affinity.clamp_(min=0)\nreturn super().forward(graph)"),
        "input",
        "in place: graph.affinity",
    ),
    "no gradient": Broken(mine("return super().forward(graph).detach()"), "gradient", "no gradient reaches"),
    "constant output": Broken(
        mine("return super().forward(graph).mean(0).expand(graph.affinity.shape)"),
        "ranking",
        "every source of a target the same score",
    ),
    "crashes in the inductive setting": Broken(
        'class Mine(Base):\n    settings = frozenset({"transductive", "inductive"})\n',
        "settings",
        "declares the inductive setting and fails there",
    ),
    "seeds the global generator": Broken(
        mine("torch.manual_seed(0)\nreturn super().forward(graph)"),
        "generators",
        "seeds a global random generator",
    ),
    "out of memory": Broken(
        mine("pairs = torch.zeros(25**4, 25**3)\nreturn super().forward(graph) + pairs.sum()"),
        "scores",
        "out of memory",
    ),
    "import error": Broken(
        "import torhc\n\nclass Mine(Base):\n    pass\n", "loads", "`import torhc`: ModuleNot"
    ),
    "syntax error": Broken("class Mine(Base)\n    pass\n", "loads", "`class Mine(Base)`: SyntaxError"),
    "wrong base class": Broken(
        "class Mine(nn.Module):\n    pass\n", "loads", "a subclass of Module, not of RecoveryModel"
    ),
    "wrong constructor": Broken(
        "class Mine(Base):\n    def __init__(self, num_tasks):\n        super().__init__(num_tasks, 0)\n",
        "builds",
        "cannot be built from (num_tasks, num_features)",
    ),
    "integer scores": Broken(
        mine("return super().forward(graph).round().long()"), "scores", "the scores are int64"
    ),
    "prints forever": Broken(mine("while True:\n    print('loss', 0.1)"), "scores", "it prints without end"),
    "spawns a thread": Broken(
        "import threading\n"
        + mine("threading.Thread(target=print, daemon=True).start()\nreturn super().forward(graph)"),
        "keeps to itself",
        "it starts a thread",
    ),
    "infinite loop": Broken(mine("while True:\n    pass"), "scores", "did not end within 3 s"),
    "ends the process": Broken(
        "import os\n" + mine("os._exit(0)"), "scores", "its process ended unexpectedly"
    ),
    "raises": Broken(mine("return graph.afinity"), "scores", "`return graph.afinity`: AttributeError"),
    "loss rises": Broken(
        "SEEN = []\n" + mine("SEEN.append(1)\nreturn super().forward(graph) + len(SEEN)"),
        "loss",
        "the training loss does not fall",
    ),
    "unseeded": Broken(
        "import time\n"
        + mine("return super().forward(graph) + graph.affinity * (time.time_ns() % 999) / 9999"),
        "deterministic",
        "two runs with the same seed differ",
    ),
    "position counts": Broken(
        "class Mine(Base):\n    knows_tasks_by_identity = False\n", "renaming", "if tasks are permuted"
    ),
    "symmetric": Broken(
        mine("scores = super().forward(graph)\nreturn scores + scores.mT"), "direction", "always equal"
    ),
}
# Those that hang, end, flood or fill the process that checks them, or leave classes of a module that cannot
# be imported behind; the others are checked in-process.
NEED_A_PROCESS = ("out of memory", "prints forever", "infinite loop", "ends the process", "import error")
