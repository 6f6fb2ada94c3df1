"""The protocol check in the panel: its section, and the words and shapes that it shows."""
