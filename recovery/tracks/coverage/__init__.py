"""The coverage track: do intervals cover what they promise, however the measured cells were picked?"""
