"""Whatever lies in a folder of results: the commands go on, and one refused file is one line."""

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmark.results.files import result_path, table_path, write_result
from benchmark.results.schema import Place
from datamodules.splits.protocol import make_splits
from datamodules.tables.taskonomy import TASKONOMY
from leaderboard.cli import main

from .conftest import make_result
from .damage import mutations

TABLE = TASKONOMY.read(regime="16k", label="ahp")
PLACE = Place(dataset="taskonomy", regime="16k", label="ahp", setting="transductive", mask="1/3")
SPLITS = make_splits(TABLE.eligible, setting="transductive", mask="1/3", numbers=[0, 1, 2])
COMMANDS = ("leaderboard", "compare", "boards", "publish", "verify")
VICTIM = "mine"  # the file that is forged


def scores() -> pd.DataFrame:
    names = np.array(TABLE.task_names)
    parts = [(split.number, *np.nonzero(split.query)) for split in SPLITS]
    return pd.concat(
        pd.DataFrame({"split": number, "source": names[i], "target": names[j], "score": i / 7, "spread": 0.0})
        for number, i, j in parts
    )


CURVES = pd.DataFrame(
    {"epoch": [5, 10], "split": [0, 0], "train_loss": [1.0, 0.5], "validation_loss": [1.0, np.nan]}
)


def write(out: Path, name: str, *, score: float) -> Path:
    made = make_result(name, (score,) * 3)
    data = made.data.model_copy(update={"dataset_hash": TABLE.hash, "split_hashes": [s.hash for s in SPLITS]})
    path = result_path(out, PLACE, name)
    write_result(
        made.model_copy(update={"place": PLACE, "data": data}),
        path,
        tables={"scores": scores(), "curves": CURVES},
    )
    return path


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("pristine")
    for name, score in (("other", 0.5), ("another", 0.25), (VICTIM, 0.75)):
        write(out, name, score=score)
    return out


@pytest.fixture
def folder(pristine: Path, tmp_path: Path) -> Path:
    shutil.copytree(pristine, tmp_path / "results")
    return tmp_path / "results"


def forge(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = result_path(folder, PLACE, VICTIM)
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


Run = Callable[..., str]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Runs a command; anything but an exit fails the test. Returns what was printed, wherever."""
    monkeypatch.delenv("WANDB_API_KEY", raising=False)
    words = {
        "leaderboard": ("--pictures", "1", "--out", str(tmp_path / "page"), "--results"),
        "compare": ("--results",),
        "boards": ("--out", str(tmp_path / "BOARDS.md"), "--results"),
        "publish": ("--dry-run", "--results"),
        "verify": (),
    }

    def command(name: str, results: Path, *, code: int = 0) -> str:
        monkeypatch.setattr(sys, "argv", ["affinity-bench", name, *words[name], str(results)])
        with pytest.raises(SystemExit) as stop:
            main()
        said = capsys.readouterr()
        # It refuses results that are only made up.
        assert stop.value.code == (1 if name == "verify" else code), said.err
        assert "Traceback" not in said.out + said.err
        return said.out + said.err

    return command


def check_one_line(run: Run, folder: Path, words: str, *, kept: int = 2) -> None:
    """Every command goes on with the other results, and says once what is wrong."""
    for name in COMMANDS:
        said = run(name, folder)
        about = [line for line in said.splitlines() if words in line]
        assert about, f"{name}: {said}"
        if name != "verify":
            assert len(about) == 1
    assert f"would upload {kept} of {kept} runs" in run("publish", folder)


def set_at(*keys: str | int, to: object) -> Callable[[dict[str, Any]], None]:
    def change(content: dict[str, Any]) -> None:
        at: Any = content
        for key in keys[:-1]:
            at = at[key]
        at[keys[-1]] = to

    return change


FORGED = {
    "schema 0": (set_at("schema_version", to=0), "schema_version 0"),
    "schema 99": (set_at("schema_version", to=99), "schema_version 99"),
    "a field more": (set_at("more", to=1), "more"),
    "no field": (lambda content: content.pop("place"), "place"),
    "NaN seconds": (set_at("timing", "fit_seconds", to=float("nan")), "timing"),
    "negative seconds": (set_at("timing", "fit_seconds", to=-1.0), "timing"),
    "infinite score": (set_at("metrics", "spearman", "mean", to=float("inf")), "metrics.spearman"),
    "impossible score": (set_at("metrics", "spearman", "mean", to=1.5), "metrics.spearman"),
    "control character": (set_at("model", "config", "name", to="a\x1b[2Jb"), "model.config.name"),
    "line separator": (set_at("model", "config", "name", to="a\u2028b"), "model.config.name"),
    "look-alike letters": (set_at("model", "config", "name", to="gae\u2010dir"), "model.config.name"),
    "a future protocol": (set_at("protocol_version", to=2), "protocol_version"),
    "empty name": (set_at("model", "config", "name", to=""), "model.config.name"),
    "long name": (set_at("place", "dataset", to="a" * 10_000), "place.dataset"),
    "members without end": (set_at("run", "members", to=10**7), "run.members"),
    "huge integer": (set_at("run", "epochs", to=10**30), "epochs"),
    "splits without end": (set_at("data", "split_numbers", to=[*range(10**6)]), "data"),
    "hashes missing": (set_at("data", "split_hashes", to=[]), "data"),
    "too few values": (set_at("metrics", "spearman", "per_split", to=[0.5]), "metrics.spearman"),
    "no headline": (set_at("metrics", to={}), "status"),
    "failed without a reason": (
        lambda content: content.update(status="failed", metrics={}, error=" "),
        "status",
    ),
    "no date": (set_at("timing", "started", to="yesterday"), "timing.started"),
    "deep arguments": (
        set_at("model", "config", "init_args", to={"x": [[[[[[1]]]]]] * 2000}),
        "model.config",
    ),
    "NaN argument": (set_at("model", "config", "init_args", to={"x": float("nan")}), "model.config"),
    "mask of another setting": (set_at("place", "mask", to=None), "place.mask"),
}


@pytest.mark.parametrize(("change", "words"), FORGED.values(), ids=FORGED)
def test_a_forged_result_is_left_out(
    run: Run, folder: Path, change: Callable[[dict[str, Any]], object], words: str
) -> None:
    forge(folder, change)
    check_one_line(run, folder, words)


def replace_by_pipe(path: Path) -> None:
    os.mkfifo(path)


UNREADABLE: dict[str, Callable[[Path], object]] = {
    "a folder": Path.mkdir,
    "a pipe": os.mkfifo,
    "a link to nowhere": lambda path: path.symlink_to("nowhere"),
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a device without end": lambda path: path.symlink_to("/dev/zero"),
    "empty": lambda path: path.write_bytes(b""),
    "no UTF-8": lambda path: path.write_bytes(b"\xff\xfe{}"),
    "half a surrogate": lambda path: path.write_bytes(b'{"place": "\\ud800"}'),
    "nested without end": lambda path: path.write_bytes(b"[" * 10**6),
    "a gigabyte": lambda path: (path.touch(), os.truncate(path, 2**30)),
}


@pytest.mark.parametrize("make", UNREADABLE.values(), ids=UNREADABLE)
@pytest.mark.parametrize("ending", [".json", ".scores.parquet", ".curves.parquet"])
def test_what_is_no_file_is_one_line(
    run: Run, folder: Path, make: Callable[[Path], object], ending: str
) -> None:
    path = result_path(folder, PLACE, VICTIM).with_suffix(ending)
    path.unlink()
    make(path)
    readers = {".json": COMMANDS, ".scores.parquet": COMMANDS[:1]}
    for name in readers.get(ending, ("leaderboard", "publish")):
        said = run(name, folder)
        assert sum(path.name in line for line in said.splitlines()) == 1, (name, said)


def test_a_file_name_that_is_no_text(run: Run, folder: Path) -> None:
    (folder / os.fsdecode(b"x\xff.json")).write_bytes(b"{}")
    check_one_line(run, folder, "x\\udcff.json", kept=3)


def test_a_copy_counts_once(run: Run, folder: Path) -> None:
    path = result_path(folder, PLACE, VICTIM)
    shutil.copy(path, folder / "a copy.json")
    for name in ("leaderboard", "compare", "boards", "publish"):
        assert "a copy.json: the same cell as" in run(name, folder)
    assert "would upload 3 of 3 runs" in run("publish", folder)


TABLES: dict[str, Callable[[pd.DataFrame], pa.Table]] = {
    "text for numbers": lambda frame: pa.Table.from_pandas(frame.assign(score="x")),
    "lists": lambda frame: pa.Table.from_pandas(frame.assign(score=[[1.0]] * len(frame))),
    "structs": lambda frame: pa.Table.from_pandas(frame.assign(score=[{"a": 1.0}] * len(frame))),
    "unknown task": lambda frame: pa.Table.from_pandas(frame.assign(source="nobody")),
    "column missing": lambda frame: pa.Table.from_pandas(frame.drop(columns="score")),
    "column twice": lambda frame: pa.table(
        [*pa.Table.from_pandas(frame, preserve_index=False).columns, pa.array(frame.score)],
        names=[*frame.columns, "score"],
    ),
    "no rows": lambda frame: pa.Table.from_pandas(frame.iloc[:0], preserve_index=False),
    "NaN": lambda frame: pa.Table.from_pandas(frame.assign(score=np.nan), preserve_index=False),
    "null": lambda frame: pa.Table.from_pandas(frame.assign(source=None), preserve_index=False),
    "negative split": lambda frame: pa.Table.from_pandas(frame.assign(split=-1), preserve_index=False),
    "too many rows": lambda frame: pa.Table.from_pandas(pd.concat([frame] * 20), preserve_index=False),
    "bad metadata": lambda frame: pa.Table.from_pandas(frame, preserve_index=True).replace_schema_metadata(
        {"pandas": "{broken"}
    ),
}


@pytest.mark.parametrize("make", TABLES.values(), ids=TABLES)
def test_forged_scores_are_not_drawn(
    run: Run, folder: Path, make: Callable[[pd.DataFrame], pa.Table]
) -> None:
    path = table_path(result_path(folder, PLACE, VICTIM), "scores")
    pq.write_table(make(pd.read_parquet(path)), path)
    said = run("leaderboard", folder)
    assert said.count("not drawn") == 1
    assert "3 results on 1 boards" in said
    run("verify", folder)


def test_a_bomb_of_equal_rows_is_not_unpacked(run: Run, folder: Path) -> None:
    path = table_path(result_path(folder, PLACE, VICTIM), "scores")
    name = pa.DictionaryArray.from_arrays(pa.array(np.zeros(10**7, dtype=np.int32)), pa.array(["x" * 1000]))
    zeros = pa.array(np.zeros(10**7))
    columns = [pa.array(np.zeros(10**7, dtype=np.int64)), name, name, zeros, zeros]
    pq.write_table(pa.table(columns, names=["split", "source", "target", "score", "spread"]), path)
    assert "10,000,000 rows" in run("leaderboard", folder)


def fuzz(run: Run, folder: Path, *, count: int, seed: int, commands: tuple[str, ...]) -> None:
    rng = np.random.default_rng(seed)
    path = result_path(folder, PLACE, VICTIM)
    files = [path, table_path(path, "scores"), table_path(path, "curves")]
    originals = [file.read_bytes() for file in files]
    sources = [mutations(rng, original) for original in originals]
    for number in range(count):
        which = int(rng.choice(3, p=[0.6, 0.25, 0.15]))
        files[which].write_bytes(next(sources[which]))
        for name in commands[number % len(commands) :][:1] if len(commands) > 1 else commands:
            run(name, folder)
        files[which].write_bytes(originals[which])


def test_commands_survive_random_damage(run: Run, folder: Path) -> None:
    """Hundreds of files, each read by one of the commands in turn."""
    fuzz(run, folder, count=200, seed=0, commands=("compare", "publish", "boards", "publish"))


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_survives_random_damage(run: Run, folder: Path, name: str) -> None:
    fuzz(run, folder, count=300, seed=1, commands=(name,))
