"""Old module paths: each finds what it was, and says where that is now."""

import importlib
import sys
import warnings
from types import ModuleType

import pytest

from datamodules.dataset_datamodule import DatasetDataModule
from datamodules.moved import BECAME_PACKAGES, MOVED
from datamodules.registry import DATASETS


@pytest.mark.parametrize(("old", "new"), MOVED.items())
def test_an_old_module_holds_what_the_new_one_does(
    old: str, new: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, old, raising=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of the packages above it
        if "." in old.partition(".")[2]:
            importlib.import_module(old.rpartition(".")[0])
    with pytest.warns(DeprecationWarning, match=f"{old} is now {new}"):
        found = vars(importlib.import_module(old))
    there = {
        name: value
        for name, value in vars(importlib.import_module(new)).items()
        if not name.startswith("__") and not isinstance(value, ModuleType)
    }
    assert {name: found[name] for name in there} == there
    assert importlib.import_module(new).__name__ == new


@pytest.mark.parametrize(("package", "module"), BECAME_PACKAGES.items())
def test_a_module_that_became_a_package_finds_its_old_names(package: str, module: str) -> None:
    new = importlib.import_module(module)
    name = next(
        name
        for name, value in vars(new).items()
        if name[0] != "_" and getattr(value, "__module__", "") == module
    )
    with pytest.warns(DeprecationWarning, match=f"{package}.{name} is now {module}.{name}"):
        assert getattr(importlib.import_module(package), name) is getattr(new, name)
    with pytest.raises(AttributeError, match="has no attribute 'no_such_name'"):
        importlib.import_module(package).no_such_name  # noqa: B018  # looking it up is the test


def test_a_class_per_dataset_is_still_there() -> None:
    sys.modules.pop("datamodules.medmnist", None)
    with pytest.warns(DeprecationWarning, match="datamodules.medmnist is now"):
        old = importlib.import_module("datamodules.medmnist").MedMNISTDataModule
    assert old.read().hash == DATASETS["medmnist"].read().hash
    module = old(numbers=[0], pairs="leep")
    assert isinstance(module, DatasetDataModule)
    assert (module.table.name, module.pairs) == ("medmnist", "leep")
