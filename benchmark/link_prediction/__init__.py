"""The gravity paper's link prediction experiment, beside its published figures."""
