"""The scene to share: a bundle without patient, and the identifying values that the scene holds.

Scenes keep names, birth dates and UIDs of DICOM patients in the subject hierarchy, in attributes of nodes, and in the
names of nodes and files, where nobody sees them. The bundle is saved, cleaned as a file, read back, and only then put
in its place; the scene itself is not touched.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import slicer
from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.export.deidentify import Identifier, Identifiers, Kind, of_attributes, of_paths, require_clean
from iENEGraderLib.export.deidentify.bundle import write_cleaned_bundle
from iENEGraderLib.export.deidentify.identifiers import patient_told
from iENEGraderLib.scene.bundle import save_bundle
from iENEGraderLib.scene.outer_segments import without_outer_segments

if TYPE_CHECKING:
    from iENEGraderLib.export.deidentify import GateReport, Pseudonyms

UNTOLD = "scene without patient"
FACE_STAYS = (
    "volumes are shared as they are: where they hold the skin of the face it can be matched with photographs; to take "
    "it away, export the case with defacing instead"
)


@dataclass(frozen=True)
class SharedBundle:
    """What the gate has read of a bundle, and what its owner should know."""

    report: GateReport
    notes: tuple[str, ...]


def save_shareable_bundle(
    path: str | Path, pseudonyms: Pseudonyms, *, patient: str | None = None, known: Identifiers | None = None
) -> SharedBundle:
    """Save the scene as MRB without what identifies the patient, checked by the gate.

    Segments that show the face, or may show it, are left out. Volumes keep the face, which a note says.

    Parameters
    ----------
    patient : what the case id is computed from; the patient id in the subject hierarchy when None.
    known : more identifying values to look for, those of the DICOM files, say.

    Raises
    ------
    InputError
        When something can be neither cleaned nor left out, the gate finds an identifying value, or the file cannot be
        written. No file is left behind then, and an earlier one stays.
    """
    target = Path(path).absolute()
    identifiers = identifiers_of_scene() | (known or Identifiers())
    place, url = slicer.mrmlScene.GetRootDirectory(), slicer.mrmlScene.GetURL()
    try:
        with tempfile.TemporaryDirectory(prefix=".writing-", dir=target.parent) as folder:
            whole, cleaned = Path(folder) / "scene.mrb", Path(folder) / target.name
            try:
                with without_outer_segments() as left_out:
                    save_bundle(whole)
            finally:
                slicer.mrmlScene.SetRootDirectory(place)
                slicer.mrmlScene.SetURL(url)
            write_cleaned_bundle(whole, cleaned, pseudonyms, patient or patient_of_scene())
            report = require_clean(cleaned, identifiers)
            cleaned.replace(target)
    except OSError as error:
        raise InputError(f"{target}: cannot write here ({error.strerror}); choose a folder you may write to") from error
    return SharedBundle(report, (*left_out, FACE_STAYS))


def patient_of_scene() -> str:
    """Return what the case id is computed from: what the scene tells of the patient, or the names of the volumes."""
    names = "/".join(sorted(node.GetName() for node in slicer.util.getNodesByClass("vtkMRMLVolumeNode")))
    return patient_told(identifiers_of_scene()) or names or UNTOLD


def identifiers_of_scene() -> Identifiers:
    """Return the identifying values in the subject hierarchy, in attributes of nodes, and the names of stored files."""
    found = _of_hierarchy()
    for node in slicer.util.getNodesByClass("vtkMRMLStorableNode"):
        attributes = {name: node.GetAttribute(name) or "" for name in node.GetAttributeNames()}
        found |= of_attributes(attributes) | _of_instances(attributes.get("DICOM.instanceUIDs", ""))
        storage = None if node.IsA("vtkMRMLColorNode") else node.GetStorageNode()
        if storage is not None and storage.GetFileName():
            found |= of_paths([storage.GetFileName()])
    return found


def _of_hierarchy() -> Identifiers:
    hierarchy: Any = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    items: list[int] = []
    hierarchy.GetItemChildren(hierarchy.GetSceneItemID(), items, True)
    found = Identifiers()
    for item in items:
        names = hierarchy.GetItemAttributeNames(item)
        found |= of_attributes({name: hierarchy.GetItemAttribute(item, name) for name in names})
        for source in ("DICOM", "DICOMInstanceUID"):
            found |= _of_instances(hierarchy.GetItemUID(item, source))
        if hierarchy.GetItemLevel(item) == "Patient":
            found |= Identifiers(frozenset({Identifier(Kind.PATIENT_NAME, hierarchy.GetItemName(item))}))
    return found


def _of_instances(uids: str) -> Identifiers:
    return Identifiers(frozenset(Identifier(Kind.UID, uid) for uid in uids.split()))
