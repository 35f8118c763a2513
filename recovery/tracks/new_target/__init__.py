"""The new-target track: which sources to try first for a target of which nothing is measured."""
