"""The maps as files: their names, and the codes with which DICOM says what they are and how they were made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from HeadNeckNodesLib.imaging.terminology import Code
from iENEGraderLib.export.dicom.codes import Group, concept, known, unit_concept

if TYPE_CHECKING:
    from iENEGraderLib.export.dicom.codes import Concept

    from hnn.perfusion.job import FittedStudy

T1_MAP = "t1_s"
WITHOUT_MODEL = "model_none"


@dataclass(frozen=True)
class MapCode:
    """A map in files.

    Attributes
    ----------
    name : as the field of the results, and in the table of codes.
    stem : of its files.
    symbol : short name for users.
    """

    name: str
    stem: str
    symbol: str

    @property
    def label(self) -> str:
        """Name in capitals, 16 characters at most, as DICOM wants labels."""
        return self.stem.replace("-", "_").upper()[:16]

    @property
    def quantity(self) -> Code:
        """Concept of what is measured."""
        return _code(concept(Group.MAP, self.name))


MAP_CODES = (
    MapCode("ktrans_per_min", "ktrans", "Ktrans"),
    MapCode("kep_per_min", "kep", "kep"),
    MapCode("ve", "ve", "ve"),
    MapCode("vp", "vp", "vp"),
    MapCode("fp_ml_100ml_min", "fp", "Fp"),
    MapCode("ps_ml_100ml_min", "ps", "PS"),
    MapCode("delay_s", "delay", "delay"),
    MapCode("r2", "r2", "R²"),
    MapCode("residual_sd", "residual", "residual"),
    MapCode("iauc60", "iauc60", "IAUC60"),
    MapCode("iauc90", "iauc90", "IAUC90"),
    MapCode("arrival_s", "arrival", "arrival"),
    MapCode("time_to_peak_s", "time-to-peak", "time to peak"),
    MapCode("relative_enhancement", "enhancement", "enhancement"),
    MapCode("wash_in_per_min", "wash-in", "wash-in"),
    MapCode("wash_out_per_min", "wash-out", "wash-out"),
    MapCode(T1_MAP, "t1", "T1"),
)


def map_code(name: str) -> MapCode:
    """Return the names and codes of a map."""
    return next(each for each in MAP_CODES if each.name == name)


def unit_code(ucum: str) -> Code:
    """Return a unit as a code."""
    return _code(unit_concept(ucum))


def method_codes(study: FittedStudy, name: str) -> tuple[Code, ...]:
    """Return how a map was made: model, arterial curve and T1, as far as they enter it."""
    t1 = f"t1_{study.inputs.precontrast.source}"
    if name == T1_MAP:
        return _methods(t1)
    if name in study.kinetic.named():
        return _methods(f"model_{study.kinetic.model}", f"aif_{study.arterial.source}", t1)
    return _methods(WITHOUT_MODEL, t1) if name.startswith("iauc") else _methods(WITHOUT_MODEL)


def _methods(*words: str) -> tuple[Code, ...]:
    """Return codes; T1 has none where frames of concentrations needed none."""
    return tuple(_code(each) for word in words if (each := known(Group.MAP_METHOD, word)) is not None)


def _code(found: Concept) -> Code:
    return Code(found.scheme, found.value, found.meaning)
