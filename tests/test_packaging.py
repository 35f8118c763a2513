"""What a user installs and types: data files in the wheel, options in the help."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = (
    "datamodules",
    "measurement",
    "lit_models",
    "benchmark",
    "recovery",
    "leaderboard",
    "affinity_bench",
)
# Read in the repository; megabytes that no code looks for.
LEFT_OUT = {
    *(path.relative_to(ROOT) for path in (ROOT / "leaderboard").glob("results*")),
    Path("leaderboard/SUBMITTING.md"),
    Path("leaderboard/BOARDS.md"),
}
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def data_files(package: str) -> set[Path]:
    folder = ROOT / package
    return {
        path.relative_to(folder)
        for path in folder.rglob("*")
        if path.is_file()
        and path.suffix not in {".py", ".pyc"}
        and not path.name.startswith(".")
        and LEFT_OUT.isdisjoint({path.relative_to(ROOT), *path.relative_to(ROOT).parents})
    }


@pytest.mark.parametrize("package", PACKAGES)
def test_every_data_file_is_packaged(package: str) -> None:
    patterns = PYPROJECT["tool"]["setuptools"]["package-data"].get(package, [])
    packaged = {
        path.relative_to(ROOT / package) for pattern in patterns for path in (ROOT / package).glob(pattern)
    }
    assert data_files(package) <= packaged


def test_every_package_is_found_and_says_that_it_is_typed() -> None:
    found = PYPROJECT["tool"]["setuptools"]["packages"]["find"]["include"]
    assert sorted(found) == sorted(f"{package}*" for package in PACKAGES)
    assert all((ROOT / package / "py.typed").is_file() for package in PACKAGES)
    assert sorted(PYPROJECT["tool"]["mypy"]["packages"]) == sorted(PACKAGES)


def test_there_are_data_files_to_package() -> None:
    assert {len(data_files(package)) > 0 for package in PACKAGES[:3]} == {True}


@pytest.mark.processes
@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_help_lists_every_target_and_every_option_of_bench() -> None:
    makefile = (ROOT / "Makefile").read_text()
    shown = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE)
    recipe = "".join(makefile.split(start)[1].split("\n\n")[0] for start in ("\nREAD_OWN =", "\nbench:"))
    options = set(re.findall(r"\$\((?:if \$\()?([A-Z_]+)\)|\$\$\{?([A-Z_]+)", recipe))
    options = {name for pair in options for name in pair if name}
    assert options > {"DATASET", "OUT"}
    words = [
        *(f"make {target}" for target in targets),
        *(f"{each}=" for each in options - {"BIN", "VENV", "READ_OWN", "HARDWARE"}),
    ]
    for name in words:
        assert name in shown, name


@pytest.mark.processes
@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.parametrize("track", ["", "coverage"])
def test_bench_forwards_whatever_is_given_to_the_command_of_a_track(track: str) -> None:
    """The command refuses what it cannot take, in a line; here nothing may vanish."""
    given = {
        **{name: name.lower() for name in ("TASKS", "PAIRS", "LONG_COLUMNS", "SPLITS", "LIMIT", "SETS")},
        **{name: name.lower() for name in ("MEMBERS", "WORKERS", "SUITE", "DEVICES", "NUM_NODES", "MASK")},
        **dict.fromkeys(("LOWER_IS_BETTER", "TRANSPOSE", "FORCE"), "1"),
    }
    words = [f"{name}={value}" for name, value in given.items()]
    printed = subprocess.run(
        ["make", "-n", "bench", f"TRACK={track}", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    recipe = printed.split("/affinity-bench ")[-1]
    assert recipe.startswith(f"'{track or 'run'}' ")
    spelled = {name.lower().replace("long_", "") for name in given}
    assert {word.replace("-", "_") for word in re.findall(r"--([a-z_-]+)", recipe)} >= spelled
