"""Lines of the terminal."""

import io

from rich.console import Console

from benchmark.reporting.console import BOARD_WIDTH, make_console, say


def test_words_are_printed_as_they_are() -> None:
    screen = io.StringIO()
    words = f"[bold]{'long ' * 60}[/b] :smile: 42"
    say(Console(file=screen, width=40, force_terminal=True), words)
    assert screen.getvalue() == f"{words}\n"


def test_a_console_that_is_no_terminal_is_as_wide_as_a_board() -> None:
    assert make_console().width == BOARD_WIDTH
    assert make_console(quiet=True).quiet
