"""Statistics over datasets: one difference or one rank per dataset, and nothing of where they come from."""
