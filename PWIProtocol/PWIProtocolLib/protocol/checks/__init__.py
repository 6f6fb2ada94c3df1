"""The checks, one small module for each group of criteria."""
