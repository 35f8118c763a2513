"""A browser for the report."""

from ...browser import chromium, look

__all__ = ["chromium", "look"]  # fixtures
