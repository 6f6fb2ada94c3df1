"""Widgets that any section uses: boxes, layouts, messages, keys."""
