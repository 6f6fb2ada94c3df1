"""Exporting the case: what to write, where, and what was written."""
