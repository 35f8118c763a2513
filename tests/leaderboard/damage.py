"""Random damage of files."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np


def mutations(rng: np.random.Generator, original: bytes) -> Iterator[bytes]:
    """Random damage without end: bytes, and values of a JSON file."""
    junk = [None, True, -1, 10**40, 1e308, "", "x" * 5000, "\u2028", [], {}, [[]], "nan", "2026", -0.0]
    while True:
        if original[:1] == b"{" and rng.random() < 0.7:
            content = json.loads(original)
            for _ in range(rng.integers(1, 4)):
                at: Any = content
                while isinstance(at, dict | list) and at:
                    key = list(at)[rng.integers(len(at))] if isinstance(at, dict) else rng.integers(len(at))
                    if not isinstance(at[key], dict | list) or not at[key] or rng.random() < 0.3:
                        value = junk[rng.integers(len(junk))]
                        if rng.random() < 0.2:
                            del at[key]
                        else:
                            at[key] = value
                        break
                    at = at[key]
            yield json.dumps(content).encode()
        else:
            damaged = bytearray(original)
            for _ in range(rng.integers(1, 6)):
                start = int(rng.integers(len(damaged)))
                end = min(len(damaged), start + int(rng.integers(0, 9)))
                damaged[start:end] = rng.bytes(int(rng.integers(0, 9)))
                if rng.random() < 0.1:
                    del damaged[start:]
                    break
            yield bytes(damaged) or b"\0"
