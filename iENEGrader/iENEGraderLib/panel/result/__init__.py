"""The result: grade, N and stage, with reasons, what would change it, and cautions."""
