"""What the user chose for a fit. No Qt, no Slicer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.kinetics import Model, PopulationAif
from PWIProtocolLib.mapping import MappingSettings

if TYPE_CHECKING:
    from PWIProtocolLib.mapping.settings import Delay

SECONDS_PER_UNIT = {"s": 1.0, "ms": 1e-3}


class T1Choice(StrEnum):
    """Where T1 before contrast comes from."""

    STUDY_ANGLES = "study_angles"
    ANGLES = "angles"
    MAP = "map"
    NUMBER = "number"


class AifChoice(StrEnum):
    """Where the arterial curve comes from, beside population averages."""

    FOUND = "found"
    SEGMENT = "segment"
    FILE = "file"


class DelayChoice(StrEnum):
    """Delay of the tissue after the arterial curve."""

    NONE = "none"
    SEARCH = "search"
    FIXED = "fixed"


@dataclass(frozen=True)
class T1Settings:
    """T1 before contrast: the choice, and what goes with it (`unit` is that of the values of the map)."""

    choice: T1Choice = T1Choice.NUMBER
    t1_s: float | None = None
    angles_path: str = ""
    map_id: str = ""
    unit: str = ""

    @property
    def seconds_per_unit(self) -> float:
        """Seconds per unit of the map; InputError when the unit was not chosen."""
        if self.unit not in SECONDS_PER_UNIT:
            raise InputError("T1 map: choose the unit of its values, s or ms; it is not guessed")
        return SECONDS_PER_UNIT[self.unit]


@dataclass(frozen=True)
class ArterialSettings:
    """The arterial curve.

    Attributes
    ----------
    choice : a population average or an `AifChoice`.
    segment : key of the segment.
    onset_s : of a population average; None for that of the images.
    scale : factor on the concentrations.
    resolved : whether a measured curve is resolved finer than its samples.
    """

    choice: str = PopulationAif.PARKER
    segment: str = ""
    path: str = ""
    onset_s: float | None = None
    scale: float = 1.0
    resolved: bool = True


@dataclass(frozen=True)
class FitChoices:
    """Everything that a fit is asked; None where nothing is known or entered."""

    repetition_time_s: float | None = None
    flip_angle_deg: float | None = None
    baseline: int | None = None
    t1: T1Settings = T1Settings()
    arterial: ArterialSettings = ArterialSettings()
    model: Model = Model.EXTENDED_TOFTS
    delay: DelayChoice = DelayChoice.NONE
    delay_s: float | None = None
    relaxivity_per_mM_s: float | None = None
    hematocrit: float | None = None
    blood_t1_s: float | None = None

    def settings(self) -> MappingSettings:
        """Return the settings of the fit."""
        delay: Delay = self.delay_s or 0.0
        if self.delay is not DelayChoice.FIXED:
            delay = "search" if self.delay is DelayChoice.SEARCH else "none"
        return MappingSettings(
            self.model, delay, self.relaxivity_per_mM_s, self.hematocrit, self.baseline, self.blood_t1_s
        )  # fmt: skip

    def needed(self) -> tuple[float, float]:
        """Return repetition time in seconds and flip angle in degrees; InputError when one is not known."""
        if self.repetition_time_s is None:
            raise InputError("repetition time of the dynamic study is not stated; enter it, in ms")
        if self.flip_angle_deg is None:
            raise InputError("flip angle of the dynamic study is not stated; enter it, in degrees")
        return self.repetition_time_s, self.flip_angle_deg
