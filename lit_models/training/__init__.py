"""Training every split and every ensemble member of a model in one Lightning run."""
