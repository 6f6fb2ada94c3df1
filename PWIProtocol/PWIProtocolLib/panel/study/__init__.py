"""The study in the panel: where its files are."""
