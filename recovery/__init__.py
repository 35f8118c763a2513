"""The tool on top of what scores: a partly measured matrix, filled in, with intervals."""
