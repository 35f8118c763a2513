"""The public transfer matrices: a folder per dataset, with its figures, its card and how to read it."""
