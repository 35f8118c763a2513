"""Names of the shipped strategies, for those who read results: nothing else is imported."""

NAMES = frozenset(
    {
        "d-optimal",
        "expected-improvement",
        "knowledge-gradient",
        "network-improvement",
        "network-shared",
        "network-uncertainty",
        "pivoted-qr",
        "posterior-variance",
        "random",
        "round-robin",
        "source-mean",
        "thompson",
    }
)
