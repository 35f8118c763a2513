"""The command ``affinity-bench``, which runs this project's packages wherever it is started."""

import os
import sys
from pathlib import Path


def main() -> None:
    """Let this process and all that it starts search the current folder last, then run the command.

    A folder called ``benchmark`` or ``datasets`` would otherwise be imported in place of the package, if
    ``PYTHONPATH`` has a dot, and by worker processes in any case: multiprocessing starts them with ``-c``.
    """
    home, here = Path(__file__).resolve().parents[1], Path.cwd()
    given = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    kept = [path for path in given if path and Path(path).resolve() not in (home, here)]
    os.environ.update(PYTHONSAFEPATH="1", PYTHONPATH=os.pathsep.join([str(home), *kept]))
    others = [path for path in sys.path if Path(path).resolve() != home]
    sys.path[:] = [str(home), *sorted(others, key=lambda path: Path(path).resolve() == here)]
    from leaderboard.cli import main as run_command

    run_command()
