"""A user's own model class, from a file of its own or from a package that can be imported."""

import importlib
import inspect
import os
import re
import sys
import traceback
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType

from datamodules.errors import UserError, unknown_name
from datamodules.shown_path import shown_path
from lit_models.base import RecoveryModel
from lit_models.loading.class_code import module_file
from lit_models.loading.class_path import full_path

# Files become modules below this name, so that one called torch.py shadows nothing.
PACKAGE = "submission"


class IncompleteClassError(UserError):
    """A class of the kind that is asked for, without a method that it needs."""


def is_submission(word: str) -> bool:
    """Whether a word is a path or a class path; names of shipped models have no dot, colon or slash.

    >>> is_submission("mine.py:Mine"), is_submission("some.package.Mine"), is_submission("gae-dir")
    (True, True, False)
    """
    return any(mark in word for mark in ".:/")


def import_class(word: str, *, folder: Path = Path(), kind: type = RecoveryModel) -> str:
    """Import the class of a model, or of another kind; this runs the code of its file.

    Args:
        word: ``path/to/file.py:Class`` or ``some.package.Class``; the current folder is searched for
            packages as well.
        folder: what a relative path is relative to.
        kind: what it must be a subclass of.

    Returns:
        Its full path, by which it can now be imported: ``submission.file.Class`` for one that a file defines.

    Raises:
        UserError: if there is no such file, module or class, its code does not run, or it is
            not of that kind.
    """
    location, _, name = (word if ":" in word or not word.endswith(".py") else f"{word}:").rpartition(":")
    if location:
        module = _run_file(folder / location)
    else:
        location, _, name = word.rpartition(".")
        module = _import_module(location)
    file = shown_path(inspect.getfile(module))
    classes = [
        key
        for key, value in vars(module).items()
        if inspect.isclass(value) and issubclass(value, kind) and value.__module__ == module.__name__
    ]
    if not name:
        example = classes[0] if classes else f"My{kind.__name__}"
        raise UserError(f"{file} is a file, not a class: name its class as well, as in {location}:{example}")
    if not hasattr(module, name):
        raise unknown_name(f"class in {file}:", name, classes)
    found = getattr(module, name)
    _check_class(found, name, where=file, kind=kind)
    return full_path(found)


def find_class(model: type) -> str:
    """The class path of a class that was defined already, in a notebook for instance.

    Args:
        model: the class.

    Returns:
        ``module.qualname``; ``__main__.MyModel`` for one from a notebook.

    Raises:
        UserError: if it is no :class:`RecoveryModel`, or not found by that path.
    """
    name = model.__qualname__
    _check_class(model, name, where=model.__module__)
    if getattr(sys.modules.get(model.__module__), name, None) is not model:
        raise UserError(
            f"{name} is not what {model.__module__}.{name} finds: define the class at the top level of a "
            "module or of a notebook's cell, and take its latest definition"
        )
    return full_path(model)


def _check_class(found: object, name: str, *, where: str, kind: type = RecoveryModel) -> None:
    wanted = kind.__name__
    if not (inspect.isclass(found) and issubclass(found, kind)):
        it_is = f"a subclass of {found.__mro__[1].__name__}" if inspect.isclass(found) else "no class"
        raise UserError(
            f"{where}: {name} is {it_is}, not of {wanted}: write `class {name}({wanted}):` with "
            f"`from {kind.__module__} import {wanted}`"
        )
    if inspect.isabstract(found):
        missing = min(getattr(found, "__abstractmethods__"))  # noqa: B009  # not in the type of a class
        arguments = ", ".join(inspect.signature(getattr(kind, missing)).parameters)
        raise IncompleteClassError(
            f"{where}: {name} has no method {missing}({arguments}): write one, as {wanted} says"
        )


def class_word(class_path: str, *, folder: Path) -> str:
    """What to write into a file in a folder, so that its reader finds a class again.

    Args:
        class_path: what :func:`import_class` returned, or the class path of a shipped model.
        folder: where the file lies.

    Returns:
        For a class from a file, its path relative to the folder, and its name; else the class path.
    """
    module, _, name = class_path.rpartition(".")
    if not module.startswith(f"{PACKAGE}."):
        return class_path
    file = Path(inspect.getfile(sys.modules[module]))
    return f"{os.path.relpath(file, folder.resolve())}:{name}"


def own_line(error: BaseException, file: str) -> str:
    """An error, with the line of a user's file that it came from.

    Args:
        error: what was raised.
        file: the user's file.

    Returns:
        ``file, line 3: `text`: ErrorType: message``; without file and line if none of it was there.
    """
    words = f"{type(error).__name__}: {error}".strip().partition("\n")[0]
    if isinstance(error, SyntaxError) and error.filename == file:
        line = (error.text or "").strip()
        return f"{shown_path(file)}, line {error.lineno}: `{line}`: SyntaxError: {error.msg}"
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    return f"{shown_path(file)}, line {frames[-1].lineno}: `{frames[-1].line}`: {words}" if frames else words


def _run_file(path: Path) -> ModuleType:
    """The module that a file makes; run once while it does not change."""
    path = path.resolve()
    if not path.is_file():
        near = get_close_matches(path.name, [each.name for each in path.parent.glob("*.py")], n=1)
        hint = f"Did you mean '{near[0]}'?" if near else "Check the path."
        raise UserError(f"{shown_path(path)}: there is no such file. {hint}")
    name = f"{PACKAGE}." + re.sub(r"\W|^(?=\d)", "_", path.stem)
    content = path.read_bytes()
    earlier = sys.modules.get(name)
    if earlier and earlier.__file__ != str(path) and Path(str(earlier.__file__)).exists():
        raise UserError(f"{path} and {earlier.__file__} have one name: rename one of the files")
    if earlier and vars(earlier)["_content"] == content:
        return earlier
    module = ModuleType(name)
    vars(module).update(__file__=str(path), _content=content)
    # jsonargparse looks a class up from its outermost package on.
    package = sys.modules.setdefault(PACKAGE, ModuleType(PACKAGE))
    setattr(package, name.rpartition(".")[2], module)
    sys.modules[name] = module
    try:
        exec(compile(content, str(path), "exec"), vars(module))
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise UserError(f"{own_line(error, str(path))}. Mend this line, or install what it needs.") from error
    return module


def _import_module(name: str) -> ModuleType:
    if "" not in sys.path and str(Path.cwd()) not in sys.path:
        sys.path.append(str(Path.cwd()))
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and f"{name}.".startswith(f"{error.name}."):
            raise UserError(
                f"there is no module '{error.name}' for the model class '{name}.…': check the spelling, "
                "install its package, or give the file as path/to/file.py:Class"
            ) from error
        raise _does_not_run(error, name) from error
    except (Exception, SystemExit) as error:
        raise _does_not_run(error, name) from error


def _does_not_run(error: BaseException, name: str) -> UserError:
    file = str(module_file(name) or name)
    return UserError(f"{own_line(error, file)}. Mend this line, or install what it needs.")
