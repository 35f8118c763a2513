"""The guard's hooks stay for the life of a process, and must not disturb its end."""

import subprocess
import sys

import pytest

# The modules outlive the clearing of their names, as beside torch; what was imported first is cleared last.
AUDITS_AT_THE_END = """
import builtins, json, sys
from benchmark.smoke import guard

class Late:
    def __del__(self, audit=sys.audit):
        audit("open", "late")

with guard.Guard("model.py"):
    pass
json.late = Late()
builtins.kept = json, guard
"""


@pytest.mark.processes
def test_events_after_the_end_of_the_modules_are_quiet() -> None:
    command = [sys.executable, "-c", AUDITS_AT_THE_END]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ended.stdout + ended.stderr == ""
