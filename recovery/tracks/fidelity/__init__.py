"""The fidelity track: what is a cheap matrix worth to one who measures a share of the dear one?"""
