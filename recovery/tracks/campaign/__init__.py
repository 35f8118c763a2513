"""What the tracks of planning have in common: replayed campaigns, their results and their curves."""
