"""Size of lymph nodes."""
