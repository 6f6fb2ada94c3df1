"""The maps as files: their names, and the codes with which DICOM says what they are and how they were made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from HeadNeckNodesLib.imaging.terminology import Code
from PWIProtocolLib.kinetics import Model
from PWIProtocolLib.mapping import AifSource, T1Source

if TYPE_CHECKING:
    from hnn.perfusion.job import FittedStudy

OWN = "99HNN"
"""Coding scheme of this project, for what the standard has no code for."""


@dataclass(frozen=True)
class MapCode:
    """A map in files.

    Attributes
    ----------
    name : as the field of the results.
    stem : of its files.
    symbol : short name for users.
    quantity : concept of what is measured: DICOM PS3.16 CID 4107, 4109 and 7180 where they have one.
    """

    name: str
    stem: str
    symbol: str
    quantity: Code

    @property
    def label(self) -> str:
        """Name in capitals, 16 characters at most, as DICOM wants labels."""
        return self.stem.replace("-", "_").upper()[:16]


MAP_CODES = (
    MapCode("ktrans_per_min", "ktrans", "Ktrans", Code("DCM", "126312", "Ktrans")),
    MapCode("kep_per_min", "kep", "kep", Code("DCM", "126313", "kep")),
    MapCode("ve", "ve", "ve", Code("DCM", "126314", "ve")),
    MapCode("vp", "vp", "vp", Code("DCM", "126331", "vp")),
    MapCode("fp_ml_100ml_min", "fp", "Fp", Code(OWN, "plasma_flow", "Plasma flow")),
    MapCode("ps_ml_100ml_min", "ps", "PS", Code(OWN, "ps", "Permeability surface area product")),
    MapCode("delay_s", "delay", "delay", Code(OWN, "delay", "Delay of tissue after arterial input")),
    MapCode("r2", "r2", "R²", Code(OWN, "r_squared", "Coefficient of determination of the fit")),
    MapCode("residual_sd", "residual", "residual", Code(OWN, "residual_sd", "Standard deviation of the residual")),
    MapCode("iauc60", "iauc60", "IAUC60", Code("DCM", "126321", "IAUC60")),
    MapCode("iauc90", "iauc90", "IAUC90", Code("DCM", "126322", "IAUC90")),
    MapCode("arrival_s", "arrival", "arrival", Code("DCM", "126371", "Bolus Arrival Time")),
    MapCode("time_to_peak_s", "time-to-peak", "time to peak", Code("DCM", "126370", "Time of Peak Concentration")),
    MapCode(
        "relative_enhancement", "enhancement", "enhancement", Code(OWN, "enhancement", "Relative signal enhancement")
    ),
    MapCode("wash_in_per_min", "wash-in", "wash-in", Code(OWN, "wash_in", "Mean wash-in slope")),
    MapCode("wash_out_per_min", "wash-out", "wash-out", Code(OWN, "wash_out", "Mean wash-out slope")),
    MapCode("t1_s", "t1", "T1", Code("DCM", "113063", "T1")),
)
MODELS = {
    Model.TOFTS: Code("DCM", "126340", "Standard Tofts Model"),
    Model.EXTENDED_TOFTS: Code("DCM", "126341", "Extended Tofts Model"),
    Model.TWO_COMPARTMENT_EXCHANGE: Code("DCM", "126347", "Two Compartment Exchange (2CX) Model"),
    Model.PATLAK: Code(OWN, "patlak", "Patlak Model"),
}
AIF_SOURCES = {
    AifSource.POPULATION: Code("DCM", "126361", "Population Averaged AIF"),
    AifSource.DETECTED: Code("DCM", "126363", "Automatically Detected AIF ROI"),
    AifSource.REGION: Code("DCM", "126362", "User-defined AIF ROI"),
    AifSource.FILE: Code(OWN, "aif_file", "AIF from a file"),
}
T1_SOURCES = {
    T1Source.FLIP_ANGLES: Code("DCM", "126350", "T1 by Multiple Flip Angles"),
    T1Source.NUMBER: Code("DCM", "126352", "T1 by Fixed Value"),
    T1Source.MAP: Code(OWN, "t1_map", "T1 from a map as given"),
}
WITHOUT_MODEL = Code("DCM", "126342", "Model-free concentration-time quantitification")
"""Spelt as in the standard."""
UNIT_MEANINGS = {"1": "no units"}


def map_code(name: str) -> MapCode:
    """Return the names and codes of a map."""
    return next(each for each in MAP_CODES if each.name == name)


def unit_code(ucum: str) -> Code:
    """Return a unit as a code."""
    return Code("UCUM", ucum, UNIT_MEANINGS.get(ucum, ucum))


def method_codes(study: FittedStudy, name: str) -> tuple[Code, ...]:
    """Return how a map was made: model, arterial curve and T1, as far as they enter it."""
    t1 = T1_SOURCES[study.inputs.precontrast.source]
    if name == "t1_s":
        return (t1,)
    if name in study.kinetic.named():
        return MODELS[study.kinetic.model], AIF_SOURCES[study.arterial.source], t1
    return (WITHOUT_MODEL, t1) if name.startswith("iauc") else (WITHOUT_MODEL,)
