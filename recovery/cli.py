"""The benchmark's commands and this package's."""

from benchmark import cli

COMMANDS = {
    **cli.COMMANDS,
    "recover": "recovery.commands.recover:recover",
    "plan": "recovery.commands.plan:plan",
    "coverage": "recovery.commands.coverage:coverage",
    "new-target": "recovery.commands.new_target:new_target",
    "budget": "recovery.commands.budget:budget",
    "fidelity": "recovery.commands.fidelity:fidelity",
    "smoke": "recovery.commands.smoke:smoke",
    "verify": "recovery.commands.verify:verify",
    "stale": "recovery.commands.stale:stale",
}
