"""Numbers in the report, with unit and interval."""

from __future__ import annotations

from hnn.perfusion.report.pictures import SHOWN_UNITS


def with_unit(value: float, unit: str, half_width: float | None = None) -> str:
    """Return a value to three digits with its unit and interval."""
    interval = "" if half_width is None else f" ± {half_width:.2g}"
    shown = SHOWN_UNITS.get(unit, unit)
    return f"{short(value)}{interval}{f' {shown}' if shown else ''}"


def short(value: float | None) -> str:
    """Return a value to three digits."""
    return "none" if value is None else f"{value:.3g}"


def share_words(share: float) -> str:
    """Return a share in whole percent; a small one that is not zero as such."""
    return "under 1%" if 0 < share < 0.005 else f"{share:.0%}"
