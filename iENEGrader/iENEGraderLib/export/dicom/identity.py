"""Patient and study of a case that comes without DICOM: its case id, and identifiers that stay the same."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

import numpy as np

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.image import Image
    from pydicom import Dataset

NAMESPACE = UUID("6f0d3a4e-5a0c-4c53-9d43-6b5f2ab1c7e9")
LONGEST_PATIENT_ID = 64
NOT_IN_A_NAME = str.maketrans("^=\\", "   ")
METHOD = "Made of a file without patient data; named by a pseudonym"


@dataclass(frozen=True)
class CaseIdentity:
    """Patient, study and frame of reference of a case that came without any.

    Attributes
    ----------
    patient_id : patient ID and, as the family name, patient's name.
    study_uid, frame_of_reference_uid : under 2.25, made of the case id and the image: the same case has the same study
        however often it is exported, and no other image has it.
    """

    patient_id: str
    study_uid: str
    frame_of_reference_uid: str

    def apply(self, data: Dataset, *, is_pseudonym: bool) -> None:
        """Write patient, study and frame of reference into an image.

        Parameters
        ----------
        is_pseudonym : whether the case id is a pseudonym of this program; what somebody typed may name the patient.
        """
        data.SpecificCharacterSet = "ISO_IR 192"
        # The caret says that a name of one part is meant as such.
        data.PatientName, data.PatientID = f"{self.patient_id}^", self.patient_id
        data.PatientBirthDate = data.PatientSex = None
        if is_pseudonym:
            data.PatientIdentityRemoved, data.DeidentificationMethod = "YES", METHOD
        data.StudyInstanceUID, data.FrameOfReferenceUID = self.study_uid, self.frame_of_reference_uid
        data.StudyDate = data.StudyTime = data.StudyID = data.AccessionNumber = data.ReferringPhysicianName = None


def identity_of_case(case_id: str, image: Image) -> CaseIdentity:
    """Return the identity of a case.

    Parameters
    ----------
    case_id : of the reading.
    image : what was read.
    """
    digest = hashlib.sha256(np.ascontiguousarray(image.voxels).tobytes() + image.geometry.ijk_to_lps.tobytes())
    seed = f"{case_id}/{digest.hexdigest()}"
    shown = "".join(letter if letter.isprintable() else " " for letter in case_id.translate(NOT_IN_A_NAME))
    return CaseIdentity(
        patient_id=shown.strip()[:LONGEST_PATIENT_ID],
        study_uid=_uid(seed + "/study"),
        frame_of_reference_uid=_uid(seed + "/frame"),
    )


def new_uid() -> str:
    """Return a new unique identifier under 2.25."""
    from pydicom.uid import generate_uid

    return str(generate_uid(prefix=None))


def _uid(seed: str) -> str:
    return f"2.25.{uuid5(NAMESPACE, seed).int}"
