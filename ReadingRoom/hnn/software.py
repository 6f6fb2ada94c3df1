"""Name and version of this program, for what it writes."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def software() -> str:
    """Name and version of this program."""
    try:
        return f"HeadNeckNodes {version('headnecknodes')}"
    except PackageNotFoundError:
        return "HeadNeckNodes (not installed)"
