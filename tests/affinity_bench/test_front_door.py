"""What `import affinity_bench` offers: lazily, to people, editors and type checkers alike."""

import ast
import importlib.metadata
import subprocess
import sys
from pathlib import Path

import pytest

import affinity_bench as ab

SOURCE = Path(str(ab.__file__)).read_text(encoding="utf-8")


def test_every_name_is_there_once_and_is_what_type_checkers_see() -> None:
    assert dir(ab) == ab.__all__ == sorted(ab.__all__)
    (typed,) = [node for node in ast.parse(SOURCE).body if isinstance(node, ast.If)]
    seen = {
        alias.asname or alias.name: f"{node.module}:{alias.name}"
        for node in typed.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert seen == ab._HOMES
    assert set(ab.__all__) == {*seen, "__version__"}
    for name in ab.__all__:
        assert getattr(ab, name) is not None


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'affinity_bench' has no attribute 'evalute'"):
        _ = ab.evalute  # type: ignore[attr-defined]


def test_the_version_is_that_of_the_installed_package() -> None:
    assert ab.__version__ == importlib.metadata.version("affinity-bench")


def test_importing_it_imports_nothing_else() -> None:
    code = (
        "import sys; import affinity_bench; "
        "print([name for name in ('torch', 'pandas', 'benchmark', 'datamodules') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_lists() -> None:
    assert ab.datasets()[0] == "taskonomy"
    assert "source-target-dir" in ab.models()
