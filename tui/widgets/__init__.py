"""Widgets: they are given values and post messages; they know nothing else."""
