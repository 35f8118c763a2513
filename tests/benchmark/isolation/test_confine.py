"""What a closed process can and cannot do; each line is tried in a process of its own."""

import os
from pathlib import Path

import pytest

from benchmark.isolation import landlock
from benchmark.isolation.confine import TABLES, Limits, confine, library_files

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock"),
]
LIMITS = Limits(seconds=10.0, memory_bytes=2**28, file_bytes=2**16)


def in_closed_process(code: str, folder: Path) -> str:
    """Run statements in a closed process; "" or the first line of what they raise."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        said = ""
        try:
            assert confine(folder, readable=[], limits=LIMITS, accelerator=False)
            exec(code, {"parent": os.getppid(), "folder": folder})
        except BaseException as error:
            said = f"{type(error).__name__}: {error}"
        os.write(writer, said.encode())
        os._exit(0)
    os.close(writer)
    with open(reader, encoding="utf-8") as words:
        said = words.read()
    os.waitpid(child, 0)
    return said


@pytest.mark.parametrize(
    "code",
    [
        "open('/etc/passwd')",
        "open('/etc/shadow')",
        "import os; os.listdir('/home')",
        "open('/tmp/planted', 'w')",
        "open(f'/proc/{parent}/environ').read()",
        "open(f'/proc/{parent}/mem', 'rb').read(1)",
        "import os; os.kill(parent, 0)",
        "import os; os.fork()",
        "import os; os.setsid()",
        "import os; os.execv('/bin/true', ['true'])",
        "import os; os.chmod(folder, 0o777)",
        "import os; os.truncate(folder, 0)",
        "import os; os.setxattr(folder, 'user.a', b'b')",
        "import resource; resource.prlimit(parent, resource.RLIMIT_CPU, (1, 1))",
        "import socket; socket.socket()",
        "import socket; socket.socket(socket.AF_UNIX)",
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
        "bytearray(2**30)",
        "(folder / 'large').write_bytes(bytes(2**17))",
    ],
)
def test_what_it_cannot_do(code: str, tmp_path: Path) -> None:
    said = in_closed_process(code, tmp_path)
    assert said.startswith(("PermissionError", "MemoryError", "OSError: [Errno 27]")), said


@pytest.mark.parametrize(
    "code",
    [
        "(folder / 'own').write_text('own'); assert (folder / 'own').read_text() == 'own'",
        "import sqlite3",
        "import threading; t = threading.Thread(target=int); t.start(); t.join()",
        "import os; os.kill(os.getpid(), 0)",
        "import os; os.cpu_count(); open('/proc/meminfo').read(); open('/proc/self/status').read()",
        "from datamodules.registry import DATASETS",
        "import torch; torch.rand(3, 3).inverse()",
    ],
)
def test_what_it_can_do(code: str, tmp_path: Path) -> None:
    assert in_closed_process(code, tmp_path) == ""


def test_the_tables_are_no_library_files() -> None:
    readable = list(library_files())
    data = [path for path in TABLES.rglob("*") if path.suffix in {".csv", ".npz", ".parquet"}]
    assert data
    assert [path for path in data if any(path.is_relative_to(each) for each in readable)] == []
