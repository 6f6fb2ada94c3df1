"""What a fit is asked for: the model and the limits of its parameters."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from HeadNeckNodesLib.errors import InputError


class Model(StrEnum):
    """Kinetic models, in the nomenclature of Tofts et al. 1999 and Sourbron and Buckley 2013."""

    TOFTS = "tofts"
    EXTENDED_TOFTS = "extended_tofts"
    TWO_COMPARTMENT_EXCHANGE = "two_compartment_exchange"
    PATLAK = "patlak"


@dataclass(frozen=True)
class Bounds:
    """Limits within which the best fit is sought; none of the values can be negative.

    Attributes
    ----------
    kep_per_min : least and greatest rate constant; for the exchange model both exponential rates.
    ve_max, vp_max : greatest volume fractions.
    delay_s : least and greatest arrival of the tissue after the arterial curve, where it is searched.
    """

    kep_per_min: tuple[float, float] = (1e-3, 60.0)
    ve_max: float = 1.0
    vp_max: float = 1.0
    delay_s: tuple[float, float] = (-3.0, 12.0)

    def __post_init__(self) -> None:
        low, high = self.kep_per_min
        if not 1e-6 <= low < high <= 1e4 or high < 4 * low:
            raise InputError(f"kep limits {low:g} to {high:g} /min: expected a rising range within 1e-6 and 10000 /min")
        if not (0 < self.ve_max <= 2 and 0 < self.vp_max <= 2):
            raise InputError(f"limits ve {self.ve_max:g}, vp {self.vp_max:g}: expected volume fractions, usually 1")
        first, last = self.delay_s
        if not -120 <= first < last <= 120:
            raise InputError(f"delay limits {first:g} to {last:g} s: expected a rising range within 2 minutes")
