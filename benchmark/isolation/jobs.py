"""What every job of a worker has in common: it is found by its name, and answers a question."""

import pkgutil
import signal
import traceback
from collections.abc import Callable
from pathlib import Path

import torch

from benchmark.isolation.confine import CODE
from benchmark.isolation.exchange import ERROR_CHARACTERS, Message, read_message, write_message
from datamodules.errors import UserError

# Answers a question; the folder is the worker's, for files with progress.
Job = Callable[[Message, Path], Message]

_NO_LIMIT = 2**62  # the question comes from this project


def find_job(name: str) -> Job:
    """Import a job; never code of a submission.

    Args:
        name: ``module:function`` of this project. Whoever asks brings the jobs that it needs, so that nothing
            here knows what they are about.

    Returns:
        The job.

    Raises:
        ValueError: if it is no code of this project.
    """
    if name.partition(".")[0] not in CODE or ":" not in name:
        raise ValueError(f"{name!r} is no job of {', '.join(CODE)}")
    job: Job = pkgutil.resolve_name(name)
    return job


def do_job(job: Job, folder: Path) -> None:
    """Answer the question in a folder; whatever a submission raises becomes the answer's error.

    Args:
        job: what to do.
        folder: working folder with the question.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes; the parent ends this one
    torch.set_num_threads(1)
    try:
        answer = job(read_message(folder, "question", array_bytes=_NO_LIMIT), folder)
    except UserError as refusal:
        answer = Message({"refusal": str(refusal)[-ERROR_CHARACTERS:]}, {})
    except BaseException:  # SystemExit and KeyboardInterrupt of a submission too
        answer = Message({"error": traceback.format_exc()[-ERROR_CHARACTERS:]}, {})
    write_message(folder, "answer", answer)
