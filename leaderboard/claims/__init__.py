"""What the results say of the field's claims, from pairs of models that differ in one thing."""

from datamodules.moved import old_names

__getattr__ = old_names("leaderboard.claims")
