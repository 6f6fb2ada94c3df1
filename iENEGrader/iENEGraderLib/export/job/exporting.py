"""Writing one case: every target into a folder beside the result, checked, then moved there in one step."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.export.deidentify.gate import require_clean
from iENEGraderLib.export.deidentify.pseudonym import Pseudonyms
from iENEGraderLib.export.job.cleaned_case import cleaned_case, identity_of
from iENEGraderLib.export.job.manifest import MANIFEST_FILE, Manifest, outputs_in, read_manifest
from iENEGraderLib.export.job.placing import placed_at_once
from iENEGraderLib.export.job.work import CaseWork

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from iENEGraderLib.export.dicom.seg import Algorithm
    from iENEGraderLib.export.job.export_case import ExportCase
    from iENEGraderLib.export.job.target import Target

LONGEST_NAME = 80
NOT_FOR_NAMES = re.compile(r"[^\w.-]+")
WITH_IDENTITY = "not de-identified: the files hold case id and reader, DICOM objects also the patient of the images"


@dataclass(frozen=True)
class ExportRequest:
    """What is asked for, of one case or of many.

    Attributes
    ----------
    targets : in the order of the registry.
    out : each case gets a folder of its own in it.
    key : of the pseudonyms; None when the cases are not de-identified.
    replaces : whether the folder of an earlier export of the case is replaced.
    software : name and version of the program.
    deface : whether the face is taken from de-identified images.
    anatomy_by : how segments that are no nodes were drawn; None when nobody said so.
    """

    targets: tuple[Target, ...]
    out: Path
    key: bytes | None
    replaces: bool
    software: str
    deface: bool = False
    anatomy_by: Algorithm | None = None

    def __post_init__(self) -> None:
        """Refuse to write what is for sharing with the identity of the patient."""
        shared = [target.name for target in self.targets if target.is_for_sharing]
        if shared and self.key is None:
            raise InputError(f"{', '.join(shared)}: is made to be shared, so it is always de-identified; choose that")
        if self.deface and self.key is None:
            raise InputError("--deface: is a part of de-identification; choose that as well (--deidentify on)")


@dataclass(frozen=True)
class ExportedCase:
    """A case that was written.

    Attributes
    ----------
    is_earlier : whether an earlier run had written it, so that nothing had to be done.
    """

    folder: Path
    manifest: Manifest
    is_earlier: bool = False


def exported_earlier(request: ExportRequest, fingerprint: str) -> ExportedCase | None:
    """Return the result of an earlier run on the same inputs, complete and unchanged; None when there is none."""
    for folder in sorted(request.out.iterdir()) if request.out.is_dir() else ():
        manifest = read_manifest(folder)
        if manifest is not None and manifest.fingerprint == fingerprint and manifest.describes(folder):
            return ExportedCase(folder, manifest, is_earlier=True)
    return None


def export_case(
    case: ExportCase,
    request: ExportRequest,
    fingerprint: str,
    say: Callable[[str], None],
    *,
    taken: Collection[Path] = (),
) -> ExportedCase:
    """Write all targets of a case.

    Parameters
    ----------
    fingerprint : of the inputs, noted for later runs.
    say : told in a few words what is being done.
    taken : folders of cases that the same run has written, which are never replaced.

    Raises
    ------
    InputError
        When a target lacks what it needs, an identifying value is found in what was written, the folder is there
        already, or writing fails. Nothing is written then.
    """
    identity = None if request.key is None else identity_of(case)
    pseudonyms = None if request.key is None else Pseudonyms(request.key)
    case_id = case.reading.case_id if pseudonyms is None or identity is None else pseudonyms.case_id(identity.patient)
    folder = request.out / folder_name(case_id)
    if folder in taken:
        raise InputError(f"{folder}: another case of this run has the same case id; export one of them elsewhere")
    if request.replaces:
        require_ours(folder)
    with placed_at_once(folder, replaces=request.replaces) as place:
        made_at = datetime.now(UTC).isoformat(timespec="seconds")
        work = CaseWork(case, place, request.software, made_at, anatomy_by=request.anatomy_by)
        if pseudonyms is None or identity is None:
            work.notes.append(WITH_IDENTITY)
            return ExportedCase(folder, _written(work, request, fingerprint, say))
        say("leaving out what identifies the patient")
        _clean(work, request, pseudonyms, identity.patient)
        manifest = _written(work, request, fingerprint, say)
        say("looking for what identifies the patient")
        require_clean(place, identity.identifiers)
    return ExportedCase(folder, manifest)


def _clean(work: CaseWork, request: ExportRequest, pseudonyms: Pseudonyms, patient: str) -> None:
    uses_images = any(target.uses_images for target in request.targets)
    images = work.images_folder if uses_images else None
    clean = cleaned_case(work.case, pseudonyms, patient, images, deface=request.deface)
    work.case = clean.case
    work.notes += clean.notes


def _written(work: CaseWork, request: ExportRequest, fingerprint: str, say: Callable[[str], None]) -> Manifest:
    with warnings.catch_warnings():
        # Those of DICOM libraries would repeat the name of a patient on the screen.
        warnings.simplefilter("ignore")
        for target in request.targets:
            say(target.name)
            target.write(work)
    return _listed(work, request, fingerprint)


def folder_name(case_id: str) -> str:
    """Return a name that every file system takes."""
    return NOT_FOR_NAMES.sub("-", case_id).strip(".-")[:LONGEST_NAME] or "case"


def require_ours(folder: Path) -> None:
    """Pass when there is no such folder, or nothing in it but what an export has written.

    Raises
    ------
    InputError
        Naming what is not ours.
    """
    if not folder.exists():
        return
    manifest = read_manifest(folder) if folder.is_dir() else None
    if manifest is None:
        raise InputError(f"{folder}: was not written by an export, so it is not replaced; choose another with --out")
    foreign = manifest.foreign_files(folder)
    if foreign:
        raise InputError(f"{folder}: holds {foreign[0]}, which no export wrote; move it away before replacing the rest")


def _listed(work: CaseWork, request: ExportRequest, fingerprint: str) -> Manifest:
    manifest = Manifest(
        case_id=work.case.reading.case_id,
        fingerprint=fingerprint,
        targets=tuple(target.name for target in request.targets),
        deidentified=request.key is not None,
        software=work.software,
        made_at=work.made_at,
        notes=tuple(work.notes),
        outputs=outputs_in(work.folder),
    )
    (work.folder / MANIFEST_FILE).write_text(manifest.to_text(), encoding="utf-8")
    return manifest
