"""The benchmark's commands and this package's."""

from benchmark import cli

COMMANDS = {
    **cli.COMMANDS,
    "recover": "recovery.commands.recover:recover",
    "coverage": "recovery.commands.coverage:coverage",
    "fidelity": "recovery.commands.fidelity:fidelity",
    "stale": "recovery.commands.stale:stale",
}
