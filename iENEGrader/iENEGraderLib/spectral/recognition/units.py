"""Units of CT values as headers write them, with the power of ten that some put in front."""

from __future__ import annotations

import re
from dataclasses import dataclass

from iENEGraderLib.spectral.recognition.series import ValueUnit


@dataclass(frozen=True)
class StatedUnit:
    """A unit and the factor that turns the stated values into it.

    ``doubtful`` marks units where exporters differ on whether the factor has been applied already.
    """

    unit: ValueUnit
    factor: float = 1.0
    doubtful: bool = False


NAMES = {
    "HU": ValueUnit.HU,
    "HU_MOD": ValueUnit.HU,
    "[HNSF'U]": ValueUnit.HU,
    "MGML": ValueUnit.MG_PER_ML,
    "MG/ML": ValueUnit.MG_PER_ML,
    "MG/CC": ValueUnit.MG_PER_ML,
    "MG/CM3": ValueUnit.MG_PER_ML,
    "PCT": ValueUnit.PERCENT,
    "%": ValueUnit.PERCENT,
    "Z_EFF": ValueUnit.EFFECTIVE_Z,
    "129320": ValueUnit.EFFECTIVE_Z,
    "129321": ValueUnit.HU,
    "ED": ValueUnit.ELECTRON_DENSITY,
    "EDW": ValueUnit.ELECTRON_DENSITY,
    "10*23/ML": ValueUnit.ELECTRON_DENSITY,
}
"""Defined terms of Rescale Type (PS3.3 C.11.1.1.2), codes of CID 301, and what vendors write."""
HUNDRED_MICROGRAM = re.compile(r"100\s*(?:[u\u00b5\u03bc]g|mcg)\s*/\s*(?:cm\s*\^?(?:3|\u00b3)|cc|ml)", re.IGNORECASE)
POWER_OF_TEN = re.compile(r"10\^(-?\d+)\s+(\S+)")


def stated_unit(text: str | None) -> StatedUnit | None:
    """Read a unit; ``None`` when there is none or it is no unit known here.

    The standard allows a power of ten in front (``10^-2 MGML``, PS3.17 JJJJ.5.2.1): the value 250 then means
    2.5 mg/mL.
    """
    written = (text or "").strip()
    if HUNDRED_MICROGRAM.fullmatch(written):
        return StatedUnit(ValueUnit.MG_PER_ML, 0.1, doubtful=True)
    written = written.upper()
    power = POWER_OF_TEN.fullmatch(written)
    factor = 10.0 ** int(power[1]) if power else 1.0
    unit = NAMES.get(power[2] if power else written)
    return StatedUnit(unit, factor) if unit else None
