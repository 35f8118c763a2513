"""Tracks: questions with a protocol of their own, which judge the tool."""
