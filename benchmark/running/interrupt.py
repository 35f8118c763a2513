"""Interrupts: stop within seconds, whatever is running, and report what is finished."""

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType, TracebackType

GRACE_SECONDS = 3.0
INTERRUPTED = 128 + signal.SIGINT  # exit code, by the convention of shells
SIGNALS = {signal.SIGINT: "Ctrl-C", signal.SIGTERM: "SIGTERM"}

is_stopping = threading.Event()


class Interrupted(BaseException):
    """The run was asked to stop. Not a KeyboardInterrupt, which Lightning would turn into an exit."""


class Stoppable:
    """A context that Ctrl-C and SIGTERM end with a message and exit code 128 + signal.

    Python runs signal handlers only between bytecode instructions, which a process that waits for another one
    may never reach. A thread, woken by the kernel, therefore ends the process after three seconds.

    Args:
        last_words: makes the message; None on all ranks but zero: these ignore Ctrl-C, since they end with
            rank zero or their launcher, and end at once and silently on SIGTERM.
    """

    def __init__(self, last_words: Callable[[], str] | None) -> None:
        self._last_words = last_words
        self._saying = threading.Lock()
        self._before: dict[signal.Signals, object] = {}
        self._signal = signal.SIGINT

    def __enter__(self) -> "Stoppable":
        self._woken, self._waker = socket.socketpair()
        self._waker.setblocking(False)
        self._fd_before = signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        for number in SIGNALS:
            ignored = self._last_words is None and number == signal.SIGINT
            self._before[number] = signal.signal(number, signal.SIG_IGN if ignored else self._stop)
        self._watcher = threading.Thread(target=self._watch, name="interrupt", daemon=True)
        self._watcher.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Interrupted):
            for number in SIGNALS:
                signal.signal(number, signal.SIG_IGN)  # it is stopping
            self._say()
            # At once: leaving a process group whose other processes have stopped may take for ever.
            sys.stdout.flush()
            os._exit(128 + self._signal)
        signal.set_wakeup_fd(self._fd_before)
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # what signal.signal() gave
        self._waker.close()  # which ends the thread
        self._watcher.join()
        self._woken.close()

    def _stop(self, number: int, _: FrameType | None) -> None:
        self._signal = signal.Signals(number)
        raise Interrupted

    def _watch(self) -> None:
        while received := self._woken.recv(1):
            if received[0] in SIGNALS:
                is_stopping.set()
                self._signal = signal.Signals(received[0])
                if self._last_words is not None:
                    time.sleep(GRACE_SECONDS)
                    self._say()
                os._exit(128 + self._signal)

    def _say(self) -> None:
        if self._last_words is not None and self._saying.acquire(blocking=False):
            words = f"stopped by {SIGNALS[self._signal]}. {self._last_words()}"
            print(f"affinity-bench: {words}", file=sys.stderr, flush=True)
