"""The report of a recovered matrix: one HTML file for the browser."""
