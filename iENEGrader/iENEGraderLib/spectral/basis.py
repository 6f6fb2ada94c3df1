"""The pair of functions of energy that a scanner's monochromatic images are made of."""

from __future__ import annotations

from dataclasses import dataclass

from iENEGraderLib.spectral.attenuation import Material, iodine_hu_per_mg_ml, mass_attenuation

ANCHOR_KEV = 70.0
"""Ours: every basis is scaled so that iodine is right here, where scanners agree best."""


@dataclass(frozen=True)
class Basis:
    """Water with iodine, or water with photoelectric absorption that falls with a power of the energy.

    Attributes
    ----------
    exponent : None for water and iodine; else n of photoelectric absorption as 1/E^n.
    """

    exponent: float | None = None

    def slope(self, kev: float) -> float:
        """Return HU per mg/mL of iodine as images of this basis show them.

        Raises
        ------
        InputError
            when the energy is not between 40 and 190 keV.
        """
        if self.exponent is None:
            return iodine_hu_per_mg_ml(kev)
        water = mass_attenuation(Material.WATER, ANCHOR_KEV) / mass_attenuation(Material.WATER, kev)
        return iodine_hu_per_mg_ml(ANCHOR_KEV) * float((kev / ANCHOR_KEV) ** -self.exponent) * water

    def __str__(self) -> str:
        """Text for reports."""
        if self.exponent is None:
            return "water and iodine"
        return f"water and photoelectric absorption, exponent {self.exponent:.2f} (fitted)"


WATER_IODINE = Basis()
