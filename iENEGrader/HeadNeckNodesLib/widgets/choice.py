"""A choice of a few, without Qt."""

from __future__ import annotations

# The key in the document ("" for nothing chosen) and what the reader sees.
Choice = tuple[str, str]
