"""Tables, splits and the leaderboard page need no torch: tested where it cannot be imported."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

BLOCKED = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"torch", "pytorch_lightning", "lightning_fabric", "torchmetrics",
                                      "torch_geometric", "datasets"}:
            raise ModuleNotFoundError(f"{name} is blocked", name=name)

sys.meta_path.insert(0, Blocked())
"""


def run_without_torch(code: str, folder: Path) -> str:
    """What the code prints in a process that cannot import torch."""
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED + code], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_block_blocks(tmp_path: Path) -> None:
    code = "try:\n    import torch\nexcept ModuleNotFoundError as error:\n    print(error)"
    assert run_without_torch(code, tmp_path) == "torch is blocked\n"


def test_tables_and_splits(tmp_path: Path) -> None:
    code = """
import affinity_bench as ab
from datamodules.registry import DATASETS
from datamodules.splits.protocol import make_splits
from datamodules.summary import summarise_table
for name in ab.datasets():
    for regime in DATASETS[name].regimes:
        for label in DATASETS[name].labels:
            table = ab.load_table(name, regime=regime, label=label)
    make_splits(table.eligible, setting="inductive")
    print(name, summarise_table(table).tasks == len(table.to_frame()))
"""
    printed = run_without_torch(code, tmp_path)
    assert len(printed.splitlines()) >= 5
    assert "False" not in printed


def test_the_leaderboard_page(tmp_path: Path) -> None:
    """From committed results, by the commands as they are typed."""
    results = ROOT / "leaderboard/results/cogtaskonomy"
    code = f"""
from leaderboard.cli import main
sys.argv = ["affinity-bench", "leaderboard", "--results", {str(results)!r}, "--pictures", "1"]
main()
"""
    printed = run_without_torch(code, tmp_path)
    assert "results on 2 boards, 1 of them with figures" in printed
    assert (tmp_path / "page/index.html").stat().st_size > 100_000


def test_the_datasets_at_a_glance(tmp_path: Path) -> None:
    code = 'from leaderboard.cli import main\nsys.argv = ["affinity-bench", "data"]\nmain()'
    assert "taskonomy" in run_without_torch(code, tmp_path)
