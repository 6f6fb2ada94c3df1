"""The panel in Slicer: thin widgets on the reading document. They hold no rule and no measurement."""
