"""The guard's hooks stay for the life of a process, and must not disturb its end."""

import subprocess
import sys

import pytest

# The modules outlive the clearing of their names, as they do beside torch; the earlier imported is cleared later.
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
    ended = subprocess.run([sys.executable, "-c", AUDITS_AT_THE_END], capture_output=True, text=True, check=True)
    assert ended.stdout + ended.stderr == ""
