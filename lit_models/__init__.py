"""Recovery models in plain torch, and the Lightning modules that train them."""

from datamodules.moved import support_old_paths

support_old_paths()
