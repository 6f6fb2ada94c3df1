"""Units of measured values: UCUM codes, which files hold, and what readers write."""

from __future__ import annotations

from enum import StrEnum


class Unit(StrEnum):
    """UCUM code of the values of an image."""

    HU = "[hnsf'U]"
    IODINE = "mg/mL"

    @property
    def shown(self) -> str:
        """The unit as readers write it."""
        return shown_unit(self)


def shown_unit(code: str) -> str:
    """Return a UCUM code as readers write it; nothing for shares, whose code is 1."""
    return {"1": "", Unit.HU: "HU"}.get(code, str(code))
