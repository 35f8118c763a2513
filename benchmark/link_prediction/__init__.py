"""The gravity paper's link prediction experiment, compared with its published figures."""
