"""What every page for the browser shares: rendering it as one file, and its look."""
