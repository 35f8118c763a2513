"""The terminal: a console as wide as a board, and lines that are printed as they are."""

from rich.console import Console

BOARD_WIDTH = 130


def make_console(*, quiet: bool = False) -> Console:
    """Make a console; outside a terminal, it is wide enough for a board.

    Names of tasks and models are printed as they are, even ``[/b]`` and ``:smile:``.

    Args:
        quiet: print nothing.

    Returns:
        The console.
    """
    console = Console(quiet=quiet, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = BOARD_WIDTH
    return console


def say(console: Console, words: object) -> None:
    """Print words as they are: no markup, no colours, and no line broken, so that they can be searched.

    Args:
        console: where to.
        words: anything with words.
    """
    console.print(str(words), markup=False, emoji=False, highlight=False, soft_wrap=True)
