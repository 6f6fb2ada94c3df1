"""The protocol check in the scene: the studies that are there, the result as text, table and plot."""
