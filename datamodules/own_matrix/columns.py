"""Which columns of a long table hold the source, the target, the value and the run."""

import csv
from dataclasses import dataclass
from typing import Self

from datamodules.errors import UserError

LONG_COLUMNS = ("source", "target", "value")
# Either may be there beside them, and then a pair may stand once per run.
RUN_COLUMNS = ("seed", "replicate")


@dataclass(frozen=True, kw_only=True)
class LongColumns:
    """The names of a long table's columns.

    Attributes:
        source: the column that names the source.
        target: the column that names the target.
        value: the column with the affinity.
        run: the column that tells repeated measurements of a pair apart; None for one row per pair.
    """

    source: str = "source"
    target: str = "target"
    value: str = "value"
    run: str | None = None

    @classmethod
    def of(cls, words: str) -> Self | None:
        """Read the option ``--columns``.

        Args:
            words: ``source=model,target=dataset,value=accuracy``, and optionally ``seed=`` or ``replicate=``;
                a column whose name has a comma is quoted, as in ``"source=model, base",target=…``.

        Returns:
            The columns; None for "".

        Raises:
            UserError: for anything else.

        >>> LongColumns.of("source=model,target=data,value=acc,seed=run")
        LongColumns(source='model', target='data', value='acc', run='run')
        """
        if not words.strip():
            return None
        parts = [part.partition("=") for part in next(csv.reader([words], skipinitialspace=True))]
        chosen = {key.strip(): column.strip() for key, _, column in parts}
        runs = [key for key in RUN_COLUMNS if key in chosen]
        unknown = [key for key in chosen if key not in LONG_COLUMNS + RUN_COLUMNS]
        missing = [key for key in LONG_COLUMNS if not chosen.get(key)]
        if unknown or missing or len(runs) > 1 or len(chosen) < len(parts) or "" in chosen.values():
            raise UserError(
                f"--columns {words!r}: it must name the columns of a long table once each, as in "
                "source=model,target=dataset,value=accuracy, and optionally seed=run"
            )
        source, target, value = (chosen[key] for key in LONG_COLUMNS)
        return cls(source=source, target=target, value=value, run=chosen[runs[0]] if runs else None)
