"""What a model is: recovery models in plain torch, and the Lightning module that trains them."""

from datamodules.moved import support_old_paths

support_old_paths()
