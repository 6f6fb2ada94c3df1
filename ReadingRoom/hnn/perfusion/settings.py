"""What the user asks of a fit, before any file is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError
from PWIProtocolLib.kinetics.aif_detection import InputKind
from PWIProtocolLib.kinetics.aif_population import PopulationAif
from PWIProtocolLib.mapping import MappingSettings

if TYPE_CHECKING:
    from PWIProtocolLib.kinetics import Model

AUTO = "auto"
T1_FACTORS = {"s": 1.0, "ms": 1e-3}


@dataclass(frozen=True, kw_only=True)
class FitSettings(MappingSettings):
    """Settings of a fit with its files; None leaves it to the files, or to a default that the results name.

    Attributes
    ----------
    dynamic : folder of DICOM files or a four-dimensional NRRD.
    dynamic_is : what its frames hold: signal, or concentrations in mM.
    flip_angles, t1_map, t1_s : where T1 before contrast comes from; one of them.
    t1_map_unit : unit of the values of `t1_map`, ``s`` or ``ms``.
    b1_map : ratio of the true to the set flip angle.
    aif : name of a population curve, ``auto``, a segmentation or a CSV file.
    regions : segmentation in the space of the dynamic study.
    repetition_time_s, flip_angle_deg : of the dynamic study, for files that do not state them.
    times : CSV file of frame times, for files that do not state them.
    reading : reading document to which the results of the regions are added, in a copy.
    dicom : write parametric maps even of a study that is not DICOM.
    intervals : whether half widths of intervals are written beside the maps.
    compared : models that are compared voxel by voxel; empty for none.
    """

    dynamic: Path
    dynamic_is: InputKind = InputKind.SIGNAL
    flip_angles: Path | None = None
    t1_map: Path | None = None
    t1_s: float | None = None
    t1_map_unit: str = "s"
    b1_map: Path | None = None
    aif: str = PopulationAif.PARKER
    regions: Path | None = None
    repetition_time_s: float | None = None
    flip_angle_deg: float | None = None
    times: Path | None = None
    reading: Path | None = None
    dicom: bool = False
    intervals: bool = False
    compared: tuple[Model, ...] = ()

    def __post_init__(self) -> None:
        """Refuse settings that contradict each other."""
        t1 = [name for name, given in self._t1_sources() if given is not None]
        if len(t1) > 1:
            raise InputError(f"T1 is given twice ({' and '.join(t1)}); give one of them")
        if self.dynamic_is is InputKind.CONCENTRATION:
            self._refuse_what_signal_needs()
        if len(set(self.compared)) < len(self.compared) or len(self.compared) == 1:
            raise InputError(f"--compare {' '.join(self.compared)}: expected two or more models, each once, or all")
        if self.reading is not None and self.regions is None:
            raise InputError("--reading needs --roi with the segments of its nodes")
        if self.aif_file is not None and not self.aif_file.is_file():
            what = "this is a folder" if self.aif_file.is_dir() else "there is no such file"
            names = ", ".join((AUTO, *PopulationAif))
            raise InputError(f"--aif {self.aif}: expected {names}, or a segmentation or CSV file; {what}")

    def _t1_sources(self) -> tuple[tuple[str, object], ...]:
        return ("--flip-angles", self.flip_angles), ("--t1-map", self.t1_map), ("--t1", self.t1_s)

    def _refuse_what_signal_needs(self) -> None:
        options = (
            *self._t1_sources(),
            ("--b1", self.b1_map),
            ("--blood-t1", self.blood_t1_s),
            ("--relaxivity", self.relaxivity_per_mM_s),
            ("--tr", self.repetition_time_s),
            ("--flip-angle", self.flip_angle_deg),
        )
        given = [name for name, value in options if value is not None]
        if given:
            raise InputError(
                f"{' and '.join(given)}: not used when the frames hold concentrations; leave out, or give signal"
            )

    @property
    def inputs(self) -> tuple[Path, ...]:
        """Files and folders that are read."""
        t1 = (self.flip_angles, self.t1_map, self.b1_map)
        given = (self.dynamic, *t1, self.regions, self.times, self.reading, self.aif_file)
        return tuple(path for path in given if path is not None)

    @property
    def aif_file(self) -> Path | None:
        """File of the arterial curve or of its region; None for a name."""
        return None if self.aif == AUTO or self.aif in tuple(PopulationAif) else Path(self.aif)
