"""A prior over transfer worlds: synthetic affinity matrices that a prior-fitted model is trained on.

`tasks` draws what tasks are, `components` and `homophily` what makes one help another, `warps` the unit in
which that is reported, `measurement_noise` what a finite number of runs adds, `side_information` what is
known of tasks beforehand, `missing` what was measured, `worlds` puts them together, and `episodes` makes
batches of them.
"""
