"""Files that are whole or not there: killed writers, several at once, a full disk, no permission."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmark.results.atomic_files import StorageError, check_writable, remove_drafts, write_together

OLD = {"cell.scores.parquet": b"old scores", "cell.curves.parquet": b"old curves", "cell.json": b"old"}
NEW = {"cell.scores.parquet": b"new scores", "cell.curves.parquet": b"new curves", "cell.json": b"new"}


def write(folder: Path, files: dict[str, bytes]) -> None:
    write_together({folder / name: content for name, content in files.items()})


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


HEAD = """import os, signal, sys
from pathlib import Path
import benchmark.results.atomic_files as storage  # as `from ... import`, the package would look for old names
"""


def python(script: str, *words: object, prefix: tuple[str, ...] = ()) -> "subprocess.CompletedProcess[str]":
    command = [*prefix, sys.executable, "-c", HEAD + script, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)


def test_new_files_replace_old_ones(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "on the way"
    write(folder, OLD)
    assert content(folder) == OLD
    write(folder, NEW)
    assert content(folder) == NEW


@pytest.mark.processes
@pytest.mark.parametrize("step", ["os.fsync", "Path.unlink", "Path.replace"])
@pytest.mark.parametrize("calls_before", [0, 1, 2])
def test_a_writer_killed_at_any_step_leaves_nothing_half(
    step: str, calls_before: int, tmp_path: Path
) -> None:
    """kill -9 before a draft is safe, before the old result goes, and before each new file comes."""
    write(tmp_path, OLD)
    script = f"""
real, calls = {step}, 0
def deadly(*arguments, **options):
    global calls
    calls += 1
    if calls > {calls_before}:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*arguments, **options)
{step} = deadly
storage.write_together({{Path(sys.argv[1]) / name: content for name, content in {NEW!r}.items()}})
"""
    killed = python(script, tmp_path)
    assert killed.returncode == -9, killed.stderr
    remove_drafts(tmp_path)
    left = content(tmp_path)
    assert set(left) <= set(OLD)
    for name, found in left.items():
        assert found in (OLD[name], NEW[name])
    if "cell.json" in left:  # it vouches for the others
        assert left == (OLD if left["cell.json"] == b"old" else NEW)
    write(tmp_path, NEW)
    assert content(tmp_path) == NEW


@pytest.mark.processes
def test_writers_at_once_take_turns(tmp_path: Path) -> None:
    script = """
folder, mine = Path(sys.argv[1]), sys.argv[2].encode() * 100_000
for _ in range(40):
    storage.write_together({folder / name: mine for name in ("a.parquet", "b.parquet", "cell.json")})
    storage.remove_drafts(folder)
"""
    writers = [
        subprocess.Popen([sys.executable, "-c", HEAD + script, str(tmp_path), mark], stderr=subprocess.PIPE)
        for mark in "xyz"
    ]
    for writer in writers:
        _, error = writer.communicate(timeout=240)
        assert writer.returncode == 0, error
    found = content(tmp_path)
    assert sorted(found) == ["a.parquet", "b.parquet", "cell.json"]
    assert len(set(found.values())) == 1  # all three by the same one
    assert len(found["cell.json"]) == 100_000


def test_drafts_of_dead_writers_are_removed_and_nothing_else(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    (tmp_path / ".cell.json.1.tmp").write_bytes(b"ne")
    (tmp_path / ".hidden").touch()
    (tmp_path / "mine.tmp").touch()
    remove_drafts(tmp_path)
    assert set(content(tmp_path)) == {*OLD, ".hidden", "mine.tmp"}
    remove_drafts(tmp_path / "not there")


def test_a_file_in_the_place_of_a_folder_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    for folder in (tmp_path / "out", tmp_path / "out" / "below"):
        with pytest.raises(StorageError, match=r"out.* cannot be written: .* choose another folder"):
            check_writable(folder)


@pytest.mark.processes
def test_without_permission_old_files_stay_and_it_is_said(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    tmp_path.chmod(0o555)
    # Root may write anywhere, unless it gives its capabilities away.
    powerless = ("setpriv", "--bounding-set", "-all", "--inh-caps", "-all")
    script = """
folder = Path(sys.argv[1])
storage.remove_drafts(folder)
for attempt in (lambda: storage.check_writable(folder),
                lambda: storage.write_together({folder / "cell.json": b"new"})):
    try:
        attempt()
    except storage.StorageError as error:
        print(error)
"""
    run = python(script, tmp_path, prefix=powerless if shutil.which("setpriv") else ())
    tmp_path.chmod(0o755)
    assert run.returncode == 0, run.stderr
    messages = run.stdout.splitlines()
    assert len(messages) == 2
    for message in messages:
        assert "cannot be written: Permission denied. Get write permission" in message
    assert content(tmp_path) == OLD


@pytest.mark.processes
@pytest.mark.parametrize("workers", ["1", pytest.param("2", marks=pytest.mark.slow)])
def test_a_full_or_read_only_disk_is_one_message_and_keeps_what_is_there(
    workers: str, tmp_path: Path
) -> None:
    """The command itself, on a file system of 256 kB in a mount namespace of its own."""
    namespace = ("unshare", "--user", "--map-root-user", "--mount")
    if not shutil.which("unshare") or subprocess.run([*namespace, "true"], check=False).returncode:
        pytest.skip("needs Linux with user namespaces")
    script = """
import contextlib, io, subprocess
from benchmark.cli import main
out, several = Path(sys.argv[1]), sys.argv[2]

def run(models, workers="1"):
    sys.argv = ["affinity-bench", "run", "--dataset", "medmnist", "--setting", "transductive",
                "--model", models, "--workers", workers, "--out", str(out)]
    error = io.StringIO()
    with contextlib.redirect_stderr(error), contextlib.redirect_stdout(io.StringIO()):
        try:
            main()
        except SystemExit as stop:
            return stop.code, error.getvalue()

def content():
    return {path.name: path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}

subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "none", out], check=True)
assert run("z-svd1") == (0, "")
before = content()
assert sorted(before) == ["z-svd1.json", "z-svd1.scores.parquet"], before
with contextlib.suppress(OSError), (out / "filler").open("wb", buffering=0) as filler:
    while True:
        filler.write(bytes(1024))
print(*run("z-svd1,z-svd2", workers=several))
assert {name: found for name, found in content().items() if name != "filler"} == before
(out / "filler").unlink()
subprocess.run(["mount", "-o", "remount,ro", out], check=True)
print(*run("z-svd1,z-svd2"))
assert content() == before
assert run("z-svd1") == (0, "")
subprocess.run(["mount", "-o", "remount,rw", out], check=True)
assert run("z-svd1,z-svd2") == (0, "")
assert {**content(), **before} == content()
"""
    run = python(script, tmp_path, workers, prefix=namespace)
    assert run.returncode == 0, run.stderr
    full, read_only = run.stdout.strip().split("\n\n")
    assert full.startswith("2 affinity-bench: ")
    assert "No space left on device. Free some space. Earlier results are unchanged." in full
    assert read_only.startswith("2 affinity-bench: ")
    assert "Read-only file system. Choose a writable folder with --out." in read_only
    for message in (full, read_only):
        assert "1 of 2 cells are finished and stored in" in message
        assert "Traceback" not in message
        assert len(message.splitlines()) == 1
