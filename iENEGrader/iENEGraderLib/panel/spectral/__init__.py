"""Spectral CT in the panel: its section, and the words and evidence behind it."""
