"""What the terminal shows: boards of results, and the datasets at a glance."""
