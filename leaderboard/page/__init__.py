"""The leaderboard as one HTML page: what it shows, how it is drawn, and how it is written."""
