"""Which transfers to measure next, under a budget and for a stated goal: ask, measure, tell."""
