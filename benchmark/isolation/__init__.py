"""Running a submitted model's code in a process that holds episodes only, and can reach nothing else."""
