"""The panel in Slicer."""
