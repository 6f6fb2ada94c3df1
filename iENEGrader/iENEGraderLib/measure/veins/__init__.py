"""The internal jugular vein beside a node: patent, compressed, obliterated, or with a filling defect."""

from iENEGraderLib.measure.veins.measuring import vein_status
from iENEGraderLib.measure.veins.status import VeinProfile, VeinState, VeinStatus

__all__ = ["VeinProfile", "VeinState", "VeinStatus", "vein_status"]
