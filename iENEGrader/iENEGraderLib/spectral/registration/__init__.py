"""Bringing a scan before contrast agent onto the one after it, so that their difference shows iodine."""

from iENEGraderLib.spectral.registration.quality import Motion, RegistrationQuality
from iENEGraderLib.spectral.registration.registration import Registration, register_before_to_after
from iENEGraderLib.spectral.registration.scan import Scan
from iENEGraderLib.spectral.registration.subtraction import subtraction_input

__all__ = [
    "Motion",
    "Registration",
    "RegistrationQuality",
    "Scan",
    "register_before_to_after",
    "subtraction_input",
]
