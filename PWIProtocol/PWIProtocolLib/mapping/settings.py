"""What is asked of a fit, apart from its data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.kinetics import Model
from PWIProtocolLib.kinetics.aif_population import DEFAULT_HEMATOCRIT

Delay = Literal["none", "search"] | float
DEFAULT_RELAXIVITY_PER_MM_S = 4.5
"""Rounded from common extracellular agents in blood at 1.5 and 3 T (Shen et al. 2015, Invest Radiol 50:330), which
differ by a quarter either way."""
MODEL_TITLES = {
    Model.TOFTS: "Tofts model",
    Model.EXTENDED_TOFTS: "extended Tofts model",
    Model.TWO_COMPARTMENT_EXCHANGE: "two-compartment exchange model",
    Model.PATLAK: "Patlak model",
}


@dataclass(frozen=True)
class MappingSettings:
    """Settings of a fit; None leaves it to the data, or to a default that the results name.

    Attributes
    ----------
    delay : of the tissue after the arterial curve.
    baseline : frames before contrast.
    blood_t1_s : of an artery that is measured; None for that of the T1 map.
    """

    model: Model = Model.EXTENDED_TOFTS
    delay: Delay = "none"
    relaxivity_per_mM_s: float | None = None
    hematocrit: float | None = None
    baseline: int | None = None
    blood_t1_s: float | None = None

    @property
    def used_hematocrit(self) -> float:
        """Hematocrit as given, or the usual one."""
        return DEFAULT_HEMATOCRIT if self.hematocrit is None else self.hematocrit

    @property
    def used_relaxivity(self) -> float:
        """Relaxivity as given, or the usual one, in 1/(mM s)."""
        return DEFAULT_RELAXIVITY_PER_MM_S if self.relaxivity_per_mM_s is None else self.relaxivity_per_mM_s

    @property
    def assumed(self) -> tuple[str, ...]:
        """A sentence for each number that was neither given nor read."""
        if self.relaxivity_per_mM_s is not None:
            return self.assumed_of_blood
        sentence = (
            f"relaxivity {self.used_relaxivity:g} /(mM s) was assumed; concentrations, and Ktrans, ve and vp with "
            "a population curve, are inversely proportional to it: give that of the agent"
        )
        return sentence, *self.assumed_of_blood

    @property
    def assumed_of_blood(self) -> tuple[str, ...]:
        """The same for what enters however concentrations come about."""
        if self.hematocrit is not None:
            return ()
        sentence = (
            f"hematocrit {self.used_hematocrit:g} was assumed; Ktrans, ve and vp are proportional to 1 - "
            "hematocrit where the arterial curve is of blood"
        )
        return (sentence,)

    def require_baseline(self, frames: int) -> None:
        """Refuse a number of frames before contrast that a study cannot have."""
        if self.baseline is not None and not 1 <= self.baseline <= frames - 2:
            raise InputError(f"frames before contrast: found {self.baseline}, expected 1 to {frames - 2} of {frames}")
