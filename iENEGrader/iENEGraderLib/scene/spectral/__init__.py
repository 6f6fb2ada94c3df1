"""Spectral CT in the scene: inputs among the volumes, maps as volumes, the live energy, views and plots."""
