"""Small driving tasks on bird's-eye frames of simulated traffic."""
