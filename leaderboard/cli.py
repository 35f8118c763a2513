"""The full command line: the commands of the benchmark and of recovery, and this package's."""

from benchmark.cli import main as run_command
from recovery import cli

COMMANDS = {
    **cli.COMMANDS,
    "boards": "leaderboard.commands.boards:boards",
    "compare": "leaderboard.commands.compare:compare",
    "leaderboard": "leaderboard.commands.leaderboard:leaderboard",
    "publish": "leaderboard.commands.publish:publish",
}


def main() -> None:
    """Entry point of ``affinity-bench``."""
    run_command(COMMANDS)
