"""Progress displays of long-running commands: a bar, and one line per finished item."""
