"""mini-driving: small driving tasks on simulated traffic, every transfer measured by this project."""

from datamodules.tables.repeated_seeds import three_seeds

MINI_DRIVING = three_seeds(name="mini-driving", field="driving", examples="scenes")
