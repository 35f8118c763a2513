"""What a function's signature makes of the words after a command."""

from pathlib import Path

import pytest

from benchmark.cli_arguments import call_with_words

CALLS: list[object] = []


def every_kind(
    first: str,
    second: str = "none",
    /,
    count: int = 1,
    path: Path = Path("there"),
    be_loud: bool = False,
    how_often: int = 0,
) -> int:
    """Remember what came.

    In several sentences.

    Args:
        first: the one that is needed.
        second: the one that is not.
        count: how many.
        path: where.
        be_loud: how.
        how_often: again and again.
    """
    CALLS.append((first, second, count, path, be_loud, how_often))
    return 7


def takes_over(*words: str) -> int:
    """Parse on its own."""
    CALLS.append(words)
    return 0


@pytest.fixture(autouse=True)
def no_calls() -> None:
    CALLS.clear()


@pytest.mark.parametrize(
    ("words", "call"),
    [
        (["a"], ("a", "none", 1, Path("there"), False, 0)),
        (["a", "b"], ("a", "b", 1, Path("there"), False, 0)),
        (["--count", "3", "a", "--path", "x/y"], ("a", "none", 3, Path("x/y"), False, 0)),
        (["a", "--be-loud"], ("a", "none", 1, Path("there"), True, 0)),
        (["a", "--how-often", "2"], ("a", "none", 1, Path("there"), False, 2)),
        (["a", "--how_often=2"], ("a", "none", 1, Path("there"), False, 2)),
        (["a", "--how-often=2", "--path", "x-y=z-"], ("a", "none", 1, Path("x-y=z-"), False, 2)),
        (["--be_loud", "a", "b"], ("a", "b", 1, Path("there"), True, 0)),
    ],
)
def test_words_become_arguments(words: list[str], call: tuple[object, ...]) -> None:
    assert call_with_words(every_kind, words, prog="prog") == 7
    assert [call] == CALLS


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "first"),
        (["a", "b", "c"], "unrecognized arguments: c"),
        (["a", "--count", "few"], "count"),
        (["a", "b", "--be-loud", "true"], "unrecognized arguments: true"),
        (["a", "--size", "1"], "unrecognized arguments: --size"),
    ],
)
def test_words_that_do_not_fit_are_refused(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        call_with_words(every_kind, words, prog="prog")
    assert message in capsys.readouterr().err
    assert CALLS == []


def test_the_help_is_the_docstring(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        call_with_words(every_kind, ["--help"], prog="prog every")
    shown = " ".join(capsys.readouterr().out.split())
    assert "usage: prog every" in shown
    for words in ("Remember what came. In several sentences.", "the one that is needed", "how many", "how."):
        assert words in shown


def test_a_function_of_words_gets_them_as_typed() -> None:
    words = ["--help", "--model.rank", "3", "name", "--"]
    assert call_with_words(takes_over, words, prog="prog") == 0
    assert [tuple(words)] == CALLS
