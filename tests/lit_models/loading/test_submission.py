"""A user's own model by its path: found, named, refused with the user's own line."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from datamodules.errors import UserError
from lit_models.loading.config import ModelConfig
from lit_models.loading.source_hash import source_hash
from lit_models.loading.submission import class_word, import_class
from lit_models.registry import load_model, load_models, model_factory, resolve
from lit_models.training.lit_recovery import LitRecovery

EXAMPLE = Path(__file__).parents[3] / "examples/my_recovery_model.py"
MODEL = """
import torch
from lit_models.base import RecoveryModel

class Mine(RecoveryModel):
    def __init__(self, num_tasks: int, num_features: int, *, width: int = 4, names: list[str] = [], rate=0.1):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(width))

    def forward(self, graph):
        return graph.affinity * self.weight.sum()

class Other(Mine):
    pass

class NoForward(RecoveryModel):
    pass

class NoModel(torch.nn.Linear):
    pass

number = 3
"""


@pytest.fixture(autouse=True)
def nothing_stays() -> Iterator[None]:
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.startswith("submission"):
            del sys.modules[name]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(MODEL)
    return path


def test_the_example_is_a_short_model_of_its_own() -> None:
    config = load_model(f"{EXAMPLE}:MyRecoveryModel")
    assert config.name == "MyRecoveryModel"
    assert config.init_args == {"width": 32, "rate": 0.2}
    assert model_factory(config)(6, 0).settings == {"transductive"}
    code = EXAMPLE.read_text().partition("class ")[2]
    assert len([line for line in code.splitlines() if line.strip()]) <= 30


def test_a_class_is_called_by_its_name_with_and_without_z(file: Path) -> None:
    assert [load_model(f"{file}:{word}").name for word in ("Mine", "Other", "Mine+z")] == [
        "Mine",
        "Other",
        "Mine+z",
    ]
    assert load_model(f"{file}:Mine+z").z == "metadata"


def test_a_folder_may_have_a_plus_and_a_file_any_name(tmp_path: Path) -> None:
    (tmp_path / "c++").mkdir()
    path = tmp_path / "c++" / "2nd-try.py"
    path.write_text(MODEL)
    assert load_model(f"{path}:Mine").class_path == "submission._2nd_try.Mine"
    torch_file = tmp_path / "torch.py"
    torch_file.write_text(MODEL)
    assert load_model(f"{torch_file}:Mine").name == "Mine"
    assert sys.modules["torch"] is torch


def test_a_package_is_found_from_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own_package").mkdir()
    (tmp_path / "own_package/models.py").write_text(MODEL)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    assert load_model("own_package.models.Mine").class_path == "own_package.models.Mine"


def test_a_class_has_one_path_wherever_it_is_handed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "package_that_hands_on"
    folder.mkdir()
    (folder / "models.py").write_text(MODEL)
    (folder / "__init__.py").write_text(
        "from lit_models.blend import Blend\nfrom lit_models.gae import GAE\nfrom .models import Mine\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    assert load_model("package_that_hands_on.Mine").class_path == "package_that_hands_on.models.Mine"
    blend = tmp_path / "blend_of_mine.yaml"
    blend.write_text(
        "class_path: package_that_hands_on.Blend\n"
        "init_args: {parts: [class_path: package_that_hands_on.GAE,"
        " class_path: package_that_hands_on.Mine]}\n"
    )
    config = load_model(str(blend))
    assert config.class_path == "lit_models.blend.Blend"
    assert [part["class_path"] for part in config.init_args["parts"]] == [
        "lit_models.gae.GAE",
        "package_that_hands_on.models.Mine",
    ]
    module = LitRecovery(build=model_factory(config), num_tasks=6, num_features=0, numbers=[0], members=1)
    assert resolve(ModelConfig(name="its", **module.hparams["build"])) == config.model_copy(
        update={"name": "its"}
    )


def test_a_changed_file_is_another_model(file: Path) -> None:
    before = load_model(f"{file}:Mine")
    old = source_hash(model_factory(before)(6, 0))
    assert source_hash(model_factory(load_model(f"{file}:Mine"))(6, 0)) == old
    file.write_text(MODEL.replace("width: int = 4", "width: int = 5"))
    after = load_model(f"{file}:Mine")
    assert (before.init_args["width"], after.init_args["width"]) == (4, 5)
    assert source_hash(model_factory(after)(6, 0)) != old


def test_lists_make_a_grid_unless_the_argument_takes_them(file: Path) -> None:
    yaml = file.with_name("tries.yaml")
    yaml.write_text(
        "class_path: mine.py:Mine\n"
        "init_args: {width: [2, 3], names: [a, b], rate: [0.1]}\n"
        "training: {learning_rate: [0.01, 1.0e-3], epochs: 7}\n"
    )
    configs = load_models(str(yaml))
    assert [config.name for config in configs] == [
        "tries-width=2-learning_rate=0.01",
        "tries-width=2-learning_rate=0.001",
        "tries-width=3-learning_rate=0.01",
        "tries-width=3-learning_rate=0.001",
    ]
    assert [config.init_args for config in configs[1:3]] == [
        {"width": 2, "names": ["a", "b"], "rate": 0.1},
        {"width": 3, "names": ["a", "b"], "rate": 0.1},
    ]
    assert {config.training.epochs for config in configs} == {7}
    yaml.write_text("class_path: mine.py:Mine\ninit_args: {names: [[a, b], [c]]}\n")
    assert [(config.name, config.init_args["names"]) for config in load_models(f"{yaml}+z")] == [
        ("tries-names=#1+z", ["a", "b"]),
        ("tries-names=#2+z", ["c"]),
    ]
    with pytest.raises(UserError, match="is 2 models, from tries-names=#1 to tries-names=#2"):
        load_model(str(yaml))


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("nine.py:Mine", "nine.py: there is no such file. Did you mean 'mine.py'?"),
        ("mine.py", "is a file, not a class: name its class as well, as in mine.py:Mine"),
        ("mine.py:Mien", "unknown class in mine.py: 'Mien': did you mean 'Mine'?"),
        ("mine.py:NoModel", "NoModel is a subclass of Linear, not of RecoveryModel: write `class NoModel("),
        ("mine.py:number", "number is no class, not of RecoveryModel"),
        ("mine.py:NoForward", "NoForward has no method forward(self, graph)"),
        ("no_such_package.models.Mine", "there is no module 'no_such_package'"),
        ("lit_models.gae.GEA", "did you mean 'GAE'?"),
        ("nothing.yaml", "nothing.yaml: there is no such file"),
        ("mine.py:Mine+zz", "did you mean '+z'?"),
    ],
)
def test_a_mistake_is_told_with_its_fix(
    word: str, message: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(file.parent)
    with pytest.raises(UserError) as refusal:
        load_models(word)
    assert message in str(refusal.value).replace(f"{file.parent}/", "")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "import torhc\n",
            "mine.py, line 1: `import torhc`: ModuleNotFoundError: No module named 'torhc'",
        ),
        ("x = 1\ny = 1 / (x - 1)\n", "line 2: `y = 1 / (x - 1)`: ZeroDivisionError: division by zero. Mend"),
        ("def f(:\n", "line 1: `def f(:`: SyntaxError: invalid syntax. Mend"),
        ("raise SystemExit(3)\n", "line 1: `raise SystemExit(3)`: SystemExit: 3. Mend"),
    ],
)
@pytest.mark.parametrize("as_module", [False, True])
def test_code_that_does_not_run_is_shown_by_its_own_line(
    content: str, message: str, as_module: bool, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(file.parent)
    file.write_text(content)
    with pytest.raises(UserError, match=re.escape(message)):
        load_models("mine.Mine" if as_module else f"{file}:Mine")


# Of 9 ** 9 values.
BOMB = "".join(f"a{i}: &a{i} [{f'*a{i - 1}, ' * 9}]\n" for i in range(1, 9))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("- a\n- b\n", "a model's file names its class"),
        ("class_path: [", "no YAML"),
        ("class_path: mine.py:Mine\ninti_args: {}\n", "inti_args: Extra inputs are not permitted"),
        ("class_path: mine.py:Mine\ntraining: {epochs: many}\n", "training.epochs"),
        ("class_path: mine.py:Mine\ninit_args: {width: [2, wide]}\n", "width"),
        ("class_path: mine.py:Mine\ninit_args: &a {names: [*a, *a]}\n", "more than 10,000 values, once its"),
        (f"a0: &a0 [{'x, ' * 9}]\n" + BOMB + "class_path: mine.py:Mine\n", "more than 10,000 values"),
        ("class_path: mine.py:Mine\n" + "#" * 2**17, "more than 131,072 bytes"),
    ],
)
def test_a_faulty_yaml_is_refused_by_what_is_wrong(content: str, message: str, file: Path) -> None:
    yaml = file.with_suffix(".yaml")
    yaml.write_text(content)
    with pytest.raises(UserError, match=re.escape(message)):
        load_models(str(yaml))


def test_a_shipped_models_name_is_taken(file: Path) -> None:
    yaml = file.with_name("gae-dir.yaml")
    yaml.write_text("class_path: mine.py:Mine\n")
    with pytest.raises(UserError, match="'gae-dir' is a shipped model's name"):
        load_models(str(yaml))


def test_two_files_of_one_name_are_refused(file: Path) -> None:
    load_model(f"{file}:Mine")
    (file.parent / "elsewhere").mkdir()
    other = file.parent / "elsewhere" / file.name
    other.write_text(MODEL)
    with pytest.raises(UserError, match="have one name: rename one of the files"):
        load_model(f"{other}:Mine")


def test_a_class_is_written_so_that_a_file_elsewhere_finds_it(file: Path) -> None:
    class_path = import_class(f"{file}:Mine")
    folder = file.parent / "tuned"
    folder.mkdir()
    assert class_word(class_path, folder=folder) == "../mine.py:Mine"
    assert import_class(class_word(class_path, folder=folder), folder=folder) == class_path
    assert class_word("lit_models.gae.GAE", folder=folder) == "lit_models.gae.GAE"
