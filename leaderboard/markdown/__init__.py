"""Boards and claims as Markdown: ``BOARDS.md`` and the README's board."""
