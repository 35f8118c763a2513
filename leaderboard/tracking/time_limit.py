"""Calls into a Weights & Biases server that end in time, whatever the server does."""

import multiprocessing
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from multiprocessing.pool import Pool
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from benchmark.tracking.wandb_mirror import without_key
from datamodules.errors import UserError
from leaderboard.tracking.wandb_server import prepare

T = TypeVar("T")
DEFAULT_SERVER = "https://api.wandb.ai"
AGAIN = "Local results are as they were; run the same command again, and what is there already is not sent."


class TimeBox:
    """A process that talks to the server, and is ended when it has kept us waiting.

    Args:
        seconds: how long one call may take.
        folder: where the client puts its files.
    """

    def __init__(self, *, seconds: float, folder: Path) -> None:
        self._seconds = seconds
        self._folder = folder
        self._server = os.environ.get("WANDB_BASE_URL") or DEFAULT_SERVER
        self._pool: Pool | None = None

    def __enter__(self) -> "TimeBox":
        context = multiprocessing.get_context("spawn")
        self._pool = context.Pool(1, initializer=prepare, initargs=(str(self._folder),))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._pool is not None
        self._pool.terminate()
        self._pool.join()

    def call(self, what: str, function: Callable[..., T], *arguments: object) -> T:
        """Call a function of :mod:`leaderboard.tracking.wandb_server`.

        Args:
            what: is being done, for the error.
            function: what to call.
            arguments: its arguments.

        Returns:
            What it returns.

        Raises:
            UserError: if it fails, or takes too long.
        """
        assert self._pool is not None
        try:
            return self._pool.apply_async(function, arguments).get(self._seconds)
        except multiprocessing.TimeoutError:
            raise self.too_slow(what) from None
        except Exception as error:  # whatever the client raises: one message, and no traceback with a key
            raise self.trouble(what, f"{type(error).__name__}: {error}") from None

    def sync(self, what: str, folders: Sequence[Path], *, entity: str, project: str) -> str:
        """Send runs by the client's own command.

        Args:
            what: is being done, for the error.
            folders: the client's folders of the runs.
            entity: account or team.
            project: of the account.

        Returns:
            What the command printed; it says success even after an error.

        Raises:
            UserError: if it takes too long.
        """
        words = [sys.executable, "-m", "wandb", "sync", "--include-online", "--include-synced"]
        words += ["--entity", entity, "--project", project, *map(str, folders)]
        settings = {"WANDB_MODE": "online", "WANDB_ERROR_REPORTING": "false", "WANDB_DIR": str(self._folder)}
        inherited = {key: value for key, value in os.environ.items() if key != "WANDB_SERVICE"}
        try:
            done = subprocess.run(
                words,
                env=inherited | settings,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=self._seconds,
            )
        except subprocess.TimeoutExpired:
            raise self.too_slow(what) from None
        return done.stdout

    def too_slow(self, what: str) -> UserError:
        """The error for a server that kept us waiting."""
        return self.trouble(what, f"not done after {self._seconds:g} s")

    def trouble(self, what: str, why: str) -> UserError:
        """The error for anything that went wrong; it never holds the key."""
        words = f"{what}: {why.strip()}. {self._server} {self._condition()}. {AGAIN}"
        return UserError(without_key(words))

    def _condition(self) -> str:
        """What the server says to a plain request, since the client often calls any trouble the same."""
        try:
            with urllib.request.urlopen(f"{self._server}/graphql", timeout=5) as answer:
                return f"answers a plain request (HTTP {answer.status})"
        except urllib.error.HTTPError as error:
            return f"answers a plain request with HTTP {error.code} {error.reason}"
        except (OSError, ValueError) as error:
            return f"cannot be reached ({getattr(error, 'reason', error)})"
