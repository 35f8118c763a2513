"""Every command of ``affinity-bench`` is listed and can be asked for help."""

import sys

import pytest

from leaderboard.cli import COMMANDS, main


@pytest.mark.parametrize("words", [[], *([name] for name in COMMANDS)])
def test_every_command_explains_itself(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["affinity-bench", *words, "--help"])
    with pytest.raises(SystemExit, match="0"):
        main()
    shown = capsys.readouterr().out
    assert " ".join(["affinity-bench", *words]) in shown.partition("\n")[0]
    assert words or all(f" {name} " in shown for name in COMMANDS)
