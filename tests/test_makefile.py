"""What recipes of the Makefile take from the environment."""

import os
import re
import subprocess
from pathlib import Path

import pytest

MAKEFILE = Path(__file__).parents[1] / "Makefile"
TEXT = MAKEFILE.read_text(encoding="utf-8")
DEFAULTS = dict(re.findall(r"^(\w+) \?= *(.*)$", TEXT, re.MULTILINE))
EXPORTED = [name for line in re.findall(r"^export (.+)$", TEXT, re.MULTILINE) for name in line.split()]


def exported(name: str, *words: str) -> str:
    environment = {key: value for key, value in os.environ.items() if key not in DEFAULTS}
    recipe = f'shown:;@printf %s "$${name}"'
    done = subprocess.run(
        ["make", "--no-print-directory", "--file", MAKEFILE, "--eval", recipe, "shown", *words],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    return done.stdout


@pytest.mark.parametrize("name", EXPORTED)
def test_a_recipe_sees_the_default_or_what_was_given(name: str) -> None:
    assert exported(name) == DEFAULTS[name]
    assert exported(name, f"{name}=o'clock, 3 $$") == "o'clock, 3 $"
