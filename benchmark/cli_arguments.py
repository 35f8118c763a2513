"""Command-line arguments from a function's signature."""

import inspect
from collections.abc import Callable, Sequence
from pathlib import Path

import docstring_parser
from jsonargparse import ArgumentParser


def call_with_words(function: Callable[..., int], words: Sequence[str], *, prog: str) -> int:
    """Parse a command's arguments according to its function's signature, and call the function.

    =========================  =====================================================================
    parameter                  on the command line
    =========================  =====================================================================
    ``*words: str``            all arguments, unparsed: the function does its own parsing
    before a ``/``             a positional argument, optional if it has a default
    ``name: bool = False``     a flag ``--name``
    any other                  an option ``--name VALUE``, parsed and checked by jsonargparse
    =========================  =====================================================================

    Underscores of a name may be typed as dashes. Descriptions come from the docstring.

    Args:
        function: the command; returns its exit code.
        words: arguments after the command's name.
        prog: name of the command in its help.

    Returns:
        The command's exit code.

    Raises:
        SystemExit: after printing help (code 0), or for an invalid argument (code 2).

    >>> def greet(name: str = "you", /, *, times: int = 1, loud: bool = False) -> int:
    ...     print(" ".join([name.upper() if loud else name] * times))
    ...     return 0
    >>> call_with_words(greet, ["Ada", "--times", "2", "--loud"], prog="greet")
    ADA ADA
    0
    """
    parameters = inspect.signature(function).parameters.values()
    if any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters):
        return function(*words)
    doc = docstring_parser.parse(function.__doc__ or "")
    descriptions = {parameter.arg_name: parameter.description for parameter in doc.params}
    positional = [each for each in parameters if each.kind is each.POSITIONAL_ONLY]
    switches = [each for each in parameters if each.annotation is bool and each.default is False]
    parser = ArgumentParser(prog=prog, description=doc.description)
    for each in positional:
        optional = {} if each.default is each.empty else {"nargs": "?", "default": each.default}
        parser.add_argument(each.name, type=each.annotation, help=descriptions.get(each.name), **optional)
    apart: set[str | int] = {each.name for each in (*positional, *switches)}
    parser.add_function_arguments(function, as_group=False, skip=apart)
    for each in switches:
        spelled = sorted({f"--{each.name}", f"--{each.name.replace('_', '-')}"})
        parser.add_argument(*spelled, dest=each.name, action="store_true", help=descriptions.get(each.name))
    names = {each.name for each in parameters}
    typed = [_with_underscores(word, names) for word in words]
    options = parser.instantiate(parser.parse_args(typed)).as_dict()
    # A shell leaves "~" alone in --out=~/results.
    options = {
        name: value.expanduser() if isinstance(value, Path) else value for name, value in options.items()
    }
    placed = [options.pop(each.name) for each in positional]
    return function(*placed, **options)


def _with_underscores(word: str, names: set[str]) -> str:
    """An option as its parameter is called; any other word as it is."""
    option, equals, value = word.partition("=")
    name = option.removeprefix("--").replace("-", "_")
    return f"--{name}{equals}{value}" if option.startswith("--") and name in names else word


def listed(text: str) -> list[str]:
    """Words that were typed with commas between them.

    >>> listed("gae-dir, atlas,")
    ['gae-dir', 'atlas']
    """
    return [word.strip() for word in text.split(",") if word.strip()]
