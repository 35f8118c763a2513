"""The command line: the list of commands, and dispatch to them."""

import ast
import importlib.util
import io
import pkgutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from jsonargparse import ArgumentParser

from benchmark.cli_arguments import call_with_words
from benchmark.running.interrupt import INTERRUPTED
from datamodules.errors import UserError, unknown_name

PROGRAM = "affinity-bench"
# Command name to `module:function`, so that only the requested command is imported.
COMMANDS = {
    "run": "benchmark.commands.run:run",
    "data": "benchmark.commands.data:data",
    "measure": "benchmark.commands.measure:measure",
    "ahp": "benchmark.commands.ahp:ahp",
    "reproduce": "benchmark.commands.reproduce:reproduce",
    "pretrain": "benchmark.commands.pretrain:pretrain",
    "pretrain-report": "benchmark.commands.pretrain_report:pretrain_report",
    "tune": "benchmark.commands.tune:tune",
    "fit": "benchmark.commands.fit:fit",
    "export": "benchmark.commands.export:export",
    "denoise": "benchmark.commands.denoise:denoise",
    "sets": "benchmark.commands.sets:sets",
}


def main(commands: Mapping[str, str] = COMMANDS) -> None:
    """Run the command given in ``sys.argv`` and exit with its code, or with 2 on a user error.

    Args:
        commands: ``module:function`` by command name; arguments are parsed by
            :func:`benchmark.cli_arguments.call_with_words`.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # output that cannot hold "×" gets it escaped
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _execute(commands, sys.argv[1:])
    except UserError as error:
        print(f"{PROGRAM}: {error}", file=sys.stderr)
        code = 2
    except KeyboardInterrupt:  # before the command has installed its own handling
        code = INTERRUPTED
    sys.exit(code)


def _execute(commands: Mapping[str, str], words: Sequence[str]) -> int:
    if not words or words[0].startswith("-"):
        _overview(commands).parse_args(words[:1])  # prints the list of commands or an error; both exit
    name, *rest = words
    if name not in commands:
        raise unknown_name("command", name, commands)
    function = pkgutil.resolve_name(commands[name])
    try:
        return call_with_words(function, rest, prog=f"{PROGRAM} {name}")
    finally:
        if "torch.distributed" in sys.modules:
            # Imported late, like the commands: torch would delay the list of commands by seconds.
            from benchmark.running.distributed import leave

            leave()


def _overview(commands: Mapping[str, str]) -> ArgumentParser:
    parser = ArgumentParser(prog=PROGRAM, description="Transferability recovery: the benchmark.")
    subcommands = parser.add_subcommands()
    for name, target in commands.items():
        subcommands.add_subcommand(name, ArgumentParser(), help=_summary(target))
    return parser


def _summary(target: str) -> str:
    """First line of a function's docstring, read from its source, as importing it would take seconds."""
    module, _, function = target.partition(":")
    spec = importlib.util.find_spec(module)
    source = Path(spec.origin).read_text(encoding="utf-8") if spec and spec.origin else ""
    (node,) = [
        node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.name == function
    ]
    return (ast.get_docstring(node) or "").partition("\n")[0]
