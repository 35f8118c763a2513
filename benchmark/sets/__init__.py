"""The sets track: which set of sources, judged by hidden sets."""
