"""Growth of a node into muscle and gland, into the skin, and along nerves: lost fat and direct signs, kept apart."""

from iENEGraderLib.measure.infiltration.asymmetry import Asymmetry
from iENEGraderLib.measure.infiltration.direct_growth import StructureKind
from iENEGraderLib.measure.infiltration.expected_contour import ContourCheck
from iENEGraderLib.measure.infiltration.infiltration import Infiltration, infiltration
from iENEGraderLib.measure.infiltration.nerve import Denervation, NerveSigns, nerve_signs
from iENEGraderLib.measure.infiltration.skin import SkinInfiltration, skin_infiltration

__all__ = [
    "Asymmetry",
    "ContourCheck",
    "Denervation",
    "Infiltration",
    "NerveSigns",
    "SkinInfiltration",
    "StructureKind",
    "Unit",
    "infiltration",
    "nerve_signs",
    "skin_infiltration",
]
