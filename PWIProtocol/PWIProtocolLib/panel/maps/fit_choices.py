"""What the user chose for a fit. No Qt, no Slicer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.kinetics import Model, PopulationAif
from PWIProtocolLib.kinetics.aif_detection import InputKind
from PWIProtocolLib.mapping import MappingSettings
from PWIProtocolLib.mapping.aif_edits import NO_EDITS, AifEdits

if TYPE_CHECKING:
    from PWIProtocolLib.dynamic import DynamicFrames
    from PWIProtocolLib.mapping.settings import Delay

SECONDS_PER_UNIT = {"s": 1.0, "ms": 1e-3}
COMPARED = (Model.PATLAK, Model.TOFTS, Model.EXTENDED_TOFTS)
"""Models between which the best one of each voxel is sought; one nests in the other."""


class T1Choice(StrEnum):
    """Where T1 before contrast comes from."""

    STUDY_ANGLES = "study_angles"
    ANGLES = "angles"
    ANGLES_FILE = "angles_file"
    VOLUMES = "volumes"
    MAP = "map"
    NUMBER = "number"


class AifChoice(StrEnum):
    """Where the arterial curve comes from, beside population averages."""

    FOUND = "found"
    SEGMENT = "segment"
    FILE = "file"
    TABLE = "table"


class DelayChoice(StrEnum):
    """Delay of the tissue after the arterial curve."""

    NONE = "none"
    SEARCH = "search"
    FIXED = "fixed"


class PlaceKind(StrEnum):
    """Where a dynamic study is."""

    STUDY = "study"
    FOLDER = "folder"
    FILE = "file"
    NODE = "node"


@dataclass(frozen=True)
class StudyPlace:
    """Where a dynamic study is.

    Attributes
    ----------
    path : of a folder or file.
    node_id : of a node of the scene.
    """

    kind: PlaceKind = PlaceKind.STUDY
    path: str = ""
    node_id: str = ""


@dataclass(frozen=True)
class AngleVolume:
    """A node of the scene with images at one flip angle, or at several that it states itself (None)."""

    node_id: str
    flip_angle_deg: float | None = None


@dataclass(frozen=True)
class T1Settings:
    """T1 before contrast: the choice, and what goes with it.

    Attributes
    ----------
    t1_s : one number for all voxels.
    angles_path : folder or file of images at several flip angles.
    map_id, unit : volume of the scene, and the unit of its values.
    volumes, angles_repetition_time_s : images at several flip angles in the scene.
    """

    choice: T1Choice = T1Choice.NUMBER
    t1_s: float | None = None
    angles_path: str = ""
    map_id: str = ""
    unit: str = ""
    volumes: tuple[AngleVolume, ...] = ()
    angles_repetition_time_s: float | None = None

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
    path : of a CSV file.
    table_id : of a table of the scene.
    onset_s : of a population average; None for that of the images.
    edits : what is changed about the curve.
    """

    choice: str = PopulationAif.PARKER
    segment: str = ""
    path: str = ""
    table_id: str = ""
    onset_s: float | None = None
    edits: AifEdits = NO_EDITS


@dataclass(frozen=True)
class FitChoices:
    """Everything that a fit is asked; None where nothing is known or entered.

    Attributes
    ----------
    holds : what the frames hold.
    b1_id : volume of the ratio of the true to the set flip angle; empty for none.
    with_intervals, with_comparison : whether maps of confidence intervals and of the best model are made, too.
    """

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
    holds: InputKind = InputKind.SIGNAL
    b1_id: str = ""
    with_intervals: bool = False
    with_comparison: bool = False

    def settings(self) -> MappingSettings:
        """Return the settings of the fit; InputError when the one delay was not entered."""
        if self.delay is DelayChoice.FIXED and self.delay_s is None:
            raise InputError("the one delay of the tissue is not known: enter it, in seconds")
        delay: Delay = self.delay_s or 0.0
        if self.delay is not DelayChoice.FIXED:
            delay = "search" if self.delay is DelayChoice.SEARCH else "none"
        return MappingSettings(
            self.model, delay, self.relaxivity_per_mM_s, self.hematocrit, self.baseline, self.blood_t1_s
        )  # fmt: skip

    def needed(self, dynamic: DynamicFrames) -> tuple[float, float]:
        """Return repetition time in seconds and flip angle in degrees; InputError when one is not known."""
        if self.repetition_time_s is None:
            raise InputError(f"{dynamic.unknown('repetition time')}; enter it, in ms")
        if self.flip_angle_deg is None:
            raise InputError(f"{dynamic.unknown('flip angle')}; enter it, in degrees")
        return self.repetition_time_s, self.flip_angle_deg
