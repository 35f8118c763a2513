"""Time-limited calls to a Weights & Biases server."""

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
AGAIN = "Local results are unchanged; rerun the same command, which skips what has been uploaded already."


class TimeBox:
    """A process that talks to the server and is terminated when a call exceeds its time limit.

    Args:
        seconds: time limit of one call.
        folder: folder for the client's files.
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
            what: description of the step, for the error message.
            function: function to call.
            arguments: its arguments.

        Returns:
            The function's return value.

        Raises:
            UserError: if it fails or exceeds the time limit.
        """
        assert self._pool is not None
        try:
            return self._pool.apply_async(function, arguments).get(self._seconds)
        except multiprocessing.TimeoutError:
            raise self.too_slow(what) from None
        except Exception as error:  # any error of the client: one message, and no traceback that has the key
            raise self.trouble(what, f"{type(error).__name__}: {error}") from None

    def sync(self, what: str, folders: Sequence[Path], *, entity: str, project: str) -> str:
        """Upload runs with ``wandb sync``.

        Args:
            what: description of the step, for the error message.
            folders: the client's run folders.
            entity: account or team.
            project: project of the account.

        Returns:
            Output of the command, which reports success even after an error.

        Raises:
            UserError: if it exceeds the time limit.
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
        """Error for a step that exceeded its time limit."""
        return self.trouble(what, f"not done after {self._seconds:g} s")

    def trouble(self, what: str, why: str) -> UserError:
        """Error for a step that failed; its message never contains the API key."""
        words = f"{what}: {why.strip()}. {self._server} {self._condition()}. {AGAIN}"
        return UserError(without_key(words))

    def _condition(self) -> str:
        """The server's response to a plain request: the client reports many failures with the same words."""
        try:
            with urllib.request.urlopen(f"{self._server}/graphql", timeout=5) as answer:
                return f"answers a plain request (HTTP {answer.status})"
        except urllib.error.HTTPError as error:
            return f"answers a plain request with HTTP {error.code} {error.reason}"
        except (OSError, ValueError) as error:
            return f"cannot be reached ({getattr(error, 'reason', error)})"
