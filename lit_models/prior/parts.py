"""Parts of the prior that can be left out, to learn what each is worth."""

from typing import Literal, get_args

Part = Literal["homophily", "kinds", "noise", "warps", "side-information", "patterns"]

EVERY_PART: frozenset[Part] = frozenset(get_args(Part))
