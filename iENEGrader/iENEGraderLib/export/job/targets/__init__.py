"""The targets, each in a file of its own."""
