"""Numbers, places and classes as they stand in the JSON of the measurements."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from iENEGraderLib.measure.preferences import Preference

Json = dict[str, Any]
DIGITS = 2


def number(value: float | None, digits: int = DIGITS) -> float | None:
    """Return a rounded number; None when there is none, or it is no number (JSON has neither NaN nor infinity)."""
    if value is None or not math.isfinite(value):
        return None
    return round(float(value), digits) + 0.0  # no negative zero


def place(ras_mm: Sequence[float] | None) -> Json | None:
    """Return a place in the patient."""
    return None if ras_mm is None else {"ras_mm": [number(float(x)) for x in ras_mm]}


def by_tolerance(angles_deg: Mapping[float, float] | None) -> Json:
    """Return angles by the tolerance in mm as text, ascending."""
    return {str(round(tolerance, 2)): number(angle, 1) for tolerance, angle in sorted((angles_deg or {}).items())}


def used(preferences: Iterable[Preference]) -> Json:
    """Return the thresholds that a result used, by name; their units and remarks stand once for the whole case."""
    return {row.name: row.value for row in preferences}


def row_of(preference: Preference) -> Json:
    """Return one threshold with everything that is known of it."""
    return {
        "name": preference.name,
        "value": preference.value,
        "unit": preference.unit,
        "meaning": preference.meaning,
        "remark": preference.remark,
        "is_default": preference.is_default,
    }
