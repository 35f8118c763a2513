"""Step I: measure a transfer matrix; task networks, readouts on frozen encoders, ordinal normalisation."""
