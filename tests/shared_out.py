"""How pytest-xdist shares the tests out to its workers (`pytest -n auto`, as `make test` does)."""

import re

from xdist.scheduler import LoadScopeScheduling

VARIANT = re.compile(r"\[(.+-with(?:out)?-z-(?:in|trans)ductive)\]$")


class ByFileOrVariant(LoadScopeScheduling):
    """Tests of a file share its fixtures, and tests of a model variant, in any file, what they train.

    Not `--dist loadgroup`, which pytest 9.2 ignores without a word (pytest-xdist issue 1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        """What goes to one worker with this test.

        >>> scheduler = ByFileOrVariant.__new__(ByFileOrVariant)
        >>> scheduler._split_scope("tests/test_a.py::test_b[gae-dir-with-z-inductive]")
        'gae-dir-with-z-inductive'
        >>> scheduler._split_scope("tests/test_a.py::test_b[1/3]")
        'tests/test_a.py'
        """
        variant = VARIANT.search(nodeid)
        return variant[1] if variant else nodeid.split("::")[0]
