"""What a score is: metrics, the evaluator, result files and the runner of the benchmark's cells."""

from datamodules.moved import support_old_paths

support_old_paths()
