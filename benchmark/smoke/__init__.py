"""Whether a submitted model can be compared: checks of one model, in a process of their own."""
