"""Differences between two nested values, by dotted name."""

import math
from collections.abc import Iterator
from typing import Any

ROUNDING = 1e-12  # processors differ in their order of summation


def differences(said: Any, found: Any, *, where: str, source: str) -> Iterator[str]:
    """List all differences between a file's content and recomputed values.

    Args:
        said: content of the file: numbers, texts, and lists and mappings of them.
        found: recomputed values.
        where: dotted name of the value.
        source: description of what the values were recomputed from.

    Yields:
        One line per difference; numbers may differ by :data:`ROUNDING`.

    >>> list(differences({"a": [1.0, 2.0]}, {"a": [1.0, 2.5]}, where="m", source="from the scores"))
    ['m.a[1]: 2.0 in the file, 2.5 from the scores']
    """
    if isinstance(said, dict) and isinstance(found, dict):
        for key in dict.fromkeys([*said, *found]):
            yield from differences(said.get(key), found.get(key), where=f"{where}.{key}", source=source)
    elif isinstance(said, list) and isinstance(found, list) and len(said) == len(found):
        for place, pair in enumerate(zip(said, found, strict=True)):
            yield from differences(*pair, where=f"{where}[{place}]", source=source)
    elif isinstance(said, float) and isinstance(found, float):
        if not math.isclose(said, found, rel_tol=ROUNDING, abs_tol=ROUNDING):
            yield f"{where}: {said!r} in the file, {found!r} {source}"
    elif said != found:
        yield f"{where}: {said!r} in the file, {found!r} {source}"
