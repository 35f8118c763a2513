"""``affinity-bench stale``: list results that a change has made stale, those of tracks included."""

from itertools import groupby
from pathlib import Path
from shlex import quote
from typing import Literal

from jsonargparse.typing import PositiveInt

from benchmark.reporting.console import make_console, say
from benchmark.reporting.refused import say_refused
from benchmark.verifying.list_stale import list_stale
from recovery.tracks.stale import TRACKS, track_standing


def stale(
    results: Path = Path("results"),
    /,
    *,
    model: str = "",
    recheck: bool = False,
    workers: PositiveInt | Literal["auto"] = "auto",
) -> int:
    """List results that a change has made stale, and the commands that renew them.

    What counts is code, configurations and data: a result is stale if `affinity-bench run`, or the command of
    its track, would make it again. Results of a track lie in a folder beside, such as results-coverage.
    Nothing is trained, unless results are rechecked.

    Args:
        results: output folder of `affinity-bench run`.
        model: your own models among the results, as for run: file.py:Class, a class path or a YAML file.
        recheck: of shipped models' results that are stale because of code alone, run a split again, with the
            result's members and epochs; where it gives the stored scores, the result is kept for the code
            that is here, and says so. An interrupted recheck goes on where it was. Not for results of tracks.
        workers: with --recheck, results judged at a time, each in a process with one thread; auto means one
            per core as far as there is memory.

    Returns:
        Exit code: 0, or 1 if a result is stale.
    """
    code = list_stale(results, model=model, recheck=recheck, workers=workers)
    console = make_console()
    for track in TRACKS:
        folder = results.with_name(f"{results.name}-{track}")
        if not folder.is_dir():
            continue
        found = track_standing(track, folder, refuse=say_refused)
        lines = []
        for (dataset, reasons), own in groupby(found.stale, key=lambda each: (each.dataset, each.reasons)):
            names = ",".join(dict.fromkeys(each.model for each in own))
            lines.append(f"{dataset}: {names}: changed: {reasons}; renew with")
            lines.append(
                f"  affinity-bench {track} --dataset {quote(dataset)} {TRACKS[track].option} {quote(names)} "
                f"--out {quote(str(folder))}"
            )
        old = len(found.stale)
        lines.append(
            f"{folder.name}: {found.files} result files: {old} stale, {found.files - old} up to date"
        )
        for line in lines:
            say(console, line)
        code = code or int(bool(old))
    return code
