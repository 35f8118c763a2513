"""The lists that `make install` installs without asking what else is needed agree with pyproject.toml."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LISTS = ("run", "measure", "driving", "ray", "dev")
PIN = re.compile(r"([a-z0-9-]+)==([^ ;\\]+)(?: ; [^\\]+)?((?: \\\n    --hash=sha256:[0-9a-f]{64})+)\n")


def pins(name: str) -> dict[str, Version]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    found = PIN.findall(text)
    assert PIN.sub("", text) == ""  # nothing without a hash, no option, no address
    return {package: Version(version) for package, version, _ in found}


def torch() -> dict[str, Version]:
    lines = (ROOT / "requirements" / "torch.txt").read_text().splitlines()
    (pin,) = [line for line in lines if not line.startswith("#")]
    return {"torch": Version(pin.removeprefix("torch=="))}


def named(extra: str) -> list[Requirement]:
    """What pyproject.toml asks for, with an extra and those within it."""
    own = [Requirement(words) for words in PROJECT["optional-dependencies"][extra]]
    inner = [name for each in own if each.name == PROJECT["name"] for name in sorted(each.extras)]
    outside = [each for each in own if each.name != PROJECT["name"]]
    return outside + [each for name in inner for each in named(name)]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_holds_what_pyproject_asks_for_and_all_that_this_needs(name: str) -> None:
    pinned = pins("run") | torch() | pins(name)
    waiting = [Requirement(words) for words in PROJECT["dependencies"]]
    waiting += named("magnet" if name == "run" else name)
    seen: set[str] = set()
    while waiting:
        requirement = waiting.pop()
        package = canonicalize_name(requirement.name)
        assert package in pinned, f"{package} is in none of the lists: run `make lock`"
        assert requirement.specifier.contains(pinned[package], prereleases=True), str(requirement)
        if package != "torch" and str(requirement) not in seen:  # builds of torch differ in what they need
            seen.add(str(requirement))
            try:
                inner = [Requirement(words) for words in requires(package) or []]
            except PackageNotFoundError:  # not on this machine: its own needs cannot be looked up
                continue
            waiting += [
                each
                for each in inner
                if each.marker is None
                or any(each.marker.evaluate({"extra": extra}) for extra in (requirement.extras or {""}))
            ]


def test_the_lists_agree_and_only_one_of_them_holds_torch() -> None:
    together: dict[str, Version] = {}
    for name in LISTS:
        own = pins(name)
        assert "torch" not in own
        assert name == "run" or own.keys().isdisjoint(pins("run"))
        assert {package: together.get(package, version) for package, version in own.items()} == own
        together |= own


def test_unsafe_releases_are_excluded() -> None:
    (lightning,) = [words for words in PROJECT["dependencies"] if "lightning" in words]
    floor = tuple(map(int, lightning.partition(">=")[2].split(".")))
    assert floor >= (2, 6, 6)  # 2.6.2 and 2.6.3 were malicious, and before 2.6.6 a checkpoint could run code
    assert pins("run")["pytorch-lightning"] >= Version("2.6.6")
