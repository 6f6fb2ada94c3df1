"""Where a node lies: side, height, neck level."""
