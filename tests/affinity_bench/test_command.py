"""The command finds this project's packages wherever it is started."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# A worker process is started like the last line, with the environment that the command leaves.
CODE = """
import subprocess, sys
from affinity_bench.command import main
sys.argv[1:] = ["--help"]
try:
    main()
except SystemExit:
    subprocess.run([sys.executable, "-c", "import benchmark.cli, datamodules"], check=True)
"""


@pytest.mark.processes
def test_folders_of_the_same_name_shadow_nothing(tmp_path: Path) -> None:
    for name in ("benchmark", "datamodules", "datasets", "leaderboard"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise SystemExit('shadowed')")
    ran = subprocess.run(
        [sys.executable, "-c", CODE],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([".", str(ROOT)])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "Transferability recovery" in ran.stdout
