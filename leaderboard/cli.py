"""The full command line: the benchmark's commands and this package's."""

from benchmark import cli

COMMANDS = {
    **cli.COMMANDS,
    "boards": "leaderboard.commands.boards:boards",
    "compare": "leaderboard.commands.compare:compare",
    "leaderboard": "leaderboard.commands.leaderboard:leaderboard",
    "publish": "leaderboard.commands.publish:publish",
}


def main() -> None:
    """Entry point of ``affinity-bench``."""
    cli.main(COMMANDS)
