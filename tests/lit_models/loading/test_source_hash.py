"""The hash of a model's code: what changes it, and what does not."""

import linecache
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from datamodules.errors import UserError
from lit_models.autoencoder import EncoderDecoder
from lit_models.base import RecoveryModel
from lit_models.gae import GAE
from lit_models.loading import source_hash as module
from lit_models.loading.source_hash import source_hash
from lit_models.registry import load_model, model_factory, model_names

MODEL = """
from lit_models.base import RecoveryModel

class Mine(RecoveryModel):
    def __init__(self, num_tasks, num_features):
        super().__init__()

    def forward(self, graph):
        return graph.affinity
"""

Change = Callable[[str, str, str], None]


@pytest.fixture
def change(monkeypatch: pytest.MonkeyPatch) -> Change:
    """Let a module's source have another text in the place of one."""
    read = module._code_in_file

    def change(name: str, old: str, new: str) -> None:
        code = read(name)
        assert code is not None
        content = code.content.decode()
        assert old in content
        changed = code._replace(content=content.replace(old, new).encode())
        monkeypatch.setattr(module, "_code_in_file", lambda asked: changed if asked == name else read(asked))

    return change


@pytest.fixture(scope="module")
def models() -> dict[str, RecoveryModel]:
    pytest.importorskip("torch_geometric_signed_directed")  # of MagNet
    return {name: model_factory(load_model(name))(6, 3) for name in model_names()}


def hashes(models: dict[str, RecoveryModel]) -> dict[str, str]:
    return {name: source_hash(model) for name, model in models.items()}


def differing(one: dict[str, str], other: dict[str, str]) -> set[str]:
    return {name for name in one if one[name] != other[name]}


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("lit_models.layers.encoders", "\nimport torch\n", "\n# A comment.\n\nimport torch  # another\n"),
        ("lit_models.layers.task_input", '"""Linear map', '"""Some map'),
        ("lit_models.base", "        Returns:\n", "        What comes back:\n"),
        ("lit_models.digae", "return out_degree", "return 2 * out_degree"),
    ],
    ids=["comment", "docstring", "docstring-of-all", "another-model"],
)
def test_what_decides_nothing_changes_nothing(change: Change, name: str, old: str, new: str) -> None:
    before = source_hash(GAE(6, 0))
    change(name, old, new)
    assert source_hash(GAE(6, 0)) == before


def test_a_changed_encoder_changes_the_models_that_use_it(
    models: dict[str, RecoveryModel], change: Change
) -> None:
    before = hashes(models)
    change("lit_models.layers.encoders", ".relu()", ".tanh()")
    users = {
        name
        for name, model in models.items()
        if any(isinstance(part, EncoderDecoder) for part in model.modules())
    }
    assert {"gae-dir", "digae", "stacked"} <= users
    users |= {"cosine-prompt", "cosine-z"}  # in one file with an autoencoder
    assert differing(before, hashes(models)) == users


def test_a_changed_model_changes_its_own_results_and_those_of_models_made_of_it(
    models: dict[str, RecoveryModel], change: Change
) -> None:
    before = hashes(models)
    change("lit_models.digae", "return out_degree", "return 2 * out_degree")
    assert differing(before, hashes(models)) == {"digae", "digae-inductive", "sdgae", "sdgae-inductive"}


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("lit_models.base", ".clamp(min=1)", ".clamp(min=2)"),
        ("lit_models.noise", "= 0x", "= 1 + 0x"),
        ("lit_models.training.lit_recovery", "fused=True", "fused=False"),
        ("lit_models.training.replicas", "step: int", "step: float"),
        ("datamodules.standardise", "return ", "return 2 * "),
    ],
    ids=["base", "noise", "training", "replicas", "input"],
)
def test_what_all_models_share_changes_all(
    models: dict[str, RecoveryModel], change: Change, name: str, old: str, new: str
) -> None:
    before = hashes(models)
    change(name, old, new)
    assert differing(before, hashes(models)) == set(models)


def test_a_blend_depends_on_its_parts(models: dict[str, RecoveryModel], change: Change) -> None:
    before = source_hash(models["stacked"])
    part = next(part for part in models["stacked"].modules() if isinstance(part, EncoderDecoder))
    change(type(part).__module__, "class ", "@staticmethod\nclass ")
    assert source_hash(models["stacked"]) != before


@pytest.fixture
def submission(tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Hash of a model in a file of one's own with the name of one of the project's."""
    file = tmp_path / "noise.py"

    def hash_of(content: str) -> str:
        file.write_text(content)
        return source_hash(model_factory(load_model(f"{file}:Mine"))(6, 0))

    yield hash_of
    sys.modules.pop("submission.noise")


def test_a_file_named_like_one_of_ours_has_one_hash(submission: Callable[[str], str]) -> None:
    first = submission(MODEL)
    assert {submission(MODEL) for _ in range(5)} == {first}
    assert submission(MODEL + "\n# A comment.\n") == first
    assert submission(MODEL.replace("graph.affinity", "-graph.affinity")) != first


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[dict[str, str]], str]]:
    """Hash of a model in a package of several files, some of them changed."""
    folder = tmp_path / "own_package_to_hash"
    (folder / "parts").mkdir(parents=True)
    monkeypatch.syspath_prepend(tmp_path)
    files = {
        "__init__.py": "from .models import Mine\n",
        "models.py": f"{MODEL}\n    def loss(self, graph, scores):\n        from .parts import SCALE\n",
        "parts/__init__.py": "from own_package_to_hash.parts.constants import SCALE\n",
        "parts/constants.py": "SCALE = 1.0\n",
        "other.py": "SCALE = 1.0\n",
    }

    def hash_of(changed: dict[str, str]) -> str:
        for name, content in (files | changed).items():
            (folder / name).write_text(content)
        module._code_in_file.cache_clear()
        return source_hash(model_factory(load_model("own_package_to_hash.models.Mine"))(6, 0))

    yield hash_of
    module._code_in_file.cache_clear()
    for name in [name for name in sys.modules if name.partition(".")[0] == folder.name]:
        del sys.modules[name]


def test_imports_within_functions_are_followed_through_packages(
    package: Callable[[dict[str, str]], str],
) -> None:
    first = package({})
    assert package({"parts/constants.py": "SCALE = 2.0\n"}) != first
    assert package({"other.py": "SCALE = 2.0\n"}) == first
    assert package({"models.py": MODEL}) != first


def test_a_package_counts_by_what_it_defines_not_by_what_it_hands_on(
    package: Callable[[dict[str, str]], str],
) -> None:
    first = package({})
    handing_on = "from own_package_to_hash.parts.constants import SCALE\n"
    assert package({"__init__.py": "from .models import Mine as Mine\nfrom . import other\n"}) == first
    assert package({"parts/__init__.py": f"{handing_on}from own_package_to_hash import other\n"}) == first
    assert package({"parts/__init__.py": "from own_package_to_hash.other import SCALE\n"}) != first
    defining = package({"parts/__init__.py": "SCALE = 1.0\n"})
    assert package({"parts/__init__.py": "SCALE = 2.0\n"}) != defining


@pytest.mark.parametrize(
    ("old", "name", "home"),
    [
        ("lit_models.encoders", "make_encoder", "lit_models.layers.encoders"),
        ("lit_models", "encoders", "lit_models.layers.encoders"),
        ("datamodules.splits", "Split", "datamodules.splits.protocol"),
    ],
)
def test_an_old_path_counts_as_the_new_one(old: str, name: str, home: str) -> None:
    assert list(module._home(old, name)) == [home]


def test_a_class_of_a_notebook_has_its_cell_for_source() -> None:
    def hash_of(cell: str, name: str) -> str:
        linecache.cache[name] = (len(cell), None, cell.splitlines(keepends=True), name)
        namespace = {"__name__": "cells_of_a_notebook"}
        exec(compile(cell, name, "exec"), namespace)
        return source_hash(namespace["Mine"](6, 0))  # type: ignore[operator]

    first = hash_of(MODEL, "<cell 1>")
    assert hash_of(MODEL + "# A comment.\n", "<cell 2>") == first
    assert hash_of(MODEL.replace("graph.affinity", "-graph.affinity"), "<cell 3>") != first
    namespace = {"__name__": "cells_of_a_notebook"}
    exec(compile(MODEL, "<string>", "exec"), namespace)
    model = namespace["Mine"](6, 0)  # type: ignore[operator]
    with pytest.raises(UserError, match="source of the class Mine cannot be read"):
        source_hash(model)
