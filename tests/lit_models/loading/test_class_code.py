"""A model's file names a class, which is imported only if its code says that it is a model."""

import sys
from pathlib import Path

import pytest

from datamodules.errors import UserError
from lit_models.registry import load_model

BEGINS = "import pathlib\npathlib.Path(__file__).with_name('ran').touch()\n"
MODEL = "class Mine({base}):\n    def forward(self, graph):\n        return graph.affinity\n"
IMPORT = "from lit_models.base import RecoveryModel\n"


def names(class_path: str, folder: Path, *, init_args: str = "{}") -> Path:
    file = folder / "mine.yaml"
    file.write_text(f"class_path: {class_path}\ninit_args: {init_args}\n")
    return file


@pytest.mark.parametrize(
    "class_path",
    ["os.system", "subprocess.Popen", "antigravity.fly", "torch.nn.Linear", "sys.modules", "no.such.thing"],
)
def test_what_is_no_model_is_not_imported(class_path: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=f"'{class_path}' is not imported, since its code does not say"):
        load_model(str(names(class_path, tmp_path)))
    assert "antigravity" not in sys.modules


@pytest.mark.parametrize("as_module", [False, True])
@pytest.mark.parametrize(
    "code",
    [
        MODEL.format(base="object"),
        MODEL.format(base="Mine"),  # of itself
        MODEL.format(base="unknown.Base"),
        "from pathlib import Path as Mine\n",
        "Mine = RecoveryModel\n",  # not imported
        IMPORT + "Mine = make(RecoveryModel)\n",
        IMPORT + "def Mine():\n    pass\n",
    ],
)
def test_code_that_does_not_say_so_is_not_run(
    code: str, as_module: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "not_a_model.py").write_text(BEGINS + code)
    with pytest.raises(UserError, match="is not imported"):
        load_model(str(names("not_a_model.Mine" if as_module else "not_a_model.py:Mine", tmp_path)))
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("number", "code"),
    [
        *enumerate(
            [
                IMPORT + MODEL.format(base="RecoveryModel"),
                "import lit_models.base\n" + MODEL.format(base="lit_models.base.RecoveryModel"),
                "import lit_models.base as b\nimport abc\n" + MODEL.format(base="b.RecoveryModel, abc.ABC"),
                "from lit_models import base\n" + MODEL.format(base="base.RecoveryModel"),
                "from lit_models.means import *\n" + MODEL.format(base="SourceMean"),
                IMPORT
                + "class Base(RecoveryModel):\n    pass\n\n\ntry:\n    import json\nexcept ImportError:\n"
                "    json = None\nelse:\n    Other = Base\n" + MODEL.format(base="Other"),
                "from .parts import Base\n" + MODEL.format(base="Base"),
                "from own_code_{number} import parts\n" + MODEL.format(base="parts.Base"),
            ]
        )
    ],
)
def test_a_model_is_known_wherever_it_comes_from(
    number: int, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    package = tmp_path / f"own_code_{number}"
    package.mkdir()
    (package / "__init__.py").write_text("from .models import Mine as Mine\n")
    (package / "models.py").write_text(code.replace("{number}", str(number)))
    (package / "parts.py").write_text(IMPORT + "class Base(RecoveryModel):\n    pass\n")
    for path in (f"{package.name}.models.Mine", f"{package.name}.Mine"):
        assert load_model(str(names(path, tmp_path))).class_path == f"{package.name}.models.Mine"


def test_a_part_of_another_package_is_not_imported(tmp_path: Path) -> None:
    part = "{encoder: {class_path: antigravity.fly}}"
    with pytest.raises(UserError, match=r"'antigravity\.fly' is a class of another package than the model"):
        load_model(str(names("lit_models.gae.GAE", tmp_path, init_args=part)))
    assert "antigravity" not in sys.modules
