"""Step I: measuring a transfer matrix by task networks, readouts on frozen encoders and AHP normalisation."""
