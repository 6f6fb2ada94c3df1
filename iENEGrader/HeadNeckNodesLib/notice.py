"""What stands wherever users see results."""

from __future__ import annotations

NOTICE = (
    "For research and teaching use. Not a medical device. The software shows evidence and applies published rules to "
    "what a reader found; a physician decides."
)
