"""Spectral maps from files: which series they are, what is made of them, how results are written."""
