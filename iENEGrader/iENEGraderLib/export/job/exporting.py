"""Writing one case: every target into a folder beside the result, checked, then moved there in one step."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.export.deidentify.gate import require_clean
from iENEGraderLib.export.deidentify.identifiers import Identifiers, Kind
from iENEGraderLib.export.deidentify.pseudonym import Pseudonyms
from iENEGraderLib.export.deidentify.search import weak_kinds
from iENEGraderLib.export.job.cleaned_case import Identity, cleaned_case, identity_of
from iENEGraderLib.export.job.manifest import MANIFEST_FILE, Manifest, outputs_in, read_manifest
from iENEGraderLib.export.job.placing import placed_at_once
from iENEGraderLib.export.job.segmentation_choice import NOTHING_SAID, SegmentationChoice
from iENEGraderLib.export.job.work import CaseWork

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    from iENEGraderLib.export.job.export_case import ExportCase
    from iENEGraderLib.export.job.target import Target

LONGEST_NAME = 80
NOT_FOR_NAMES = re.compile(r"[^\w.-]+")
TOLD_WHEN_WEAK = (Kind.PATIENT_NAME, Kind.PATIENT_ID, Kind.BIRTH_DATE)
NUMBERED, LEAST_TOLD = (Kind.ACCESSION, Kind.CASE_ID), 3
"""A study or case with a number of one or two signs, as most scanners count them, is no news."""
LOOSELY_CHECKED = (
    "too short or too common to be looked for in every place: {kinds}; it was looked for after words such as patient, "
    "name, case: read the texts yourself before sharing"
)
LAST_STEP = "putting the files in place"
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
    choice : how segments were drawn, and how the DICOM segmentation is stored.
    """

    targets: tuple[Target, ...]
    out: Path
    key: bytes | None
    replaces: bool
    software: str
    deface: bool = False
    choice: SegmentationChoice = NOTHING_SAID

    def __post_init__(self) -> None:
        """Refuse to write what is for sharing with the identity of the patient."""
        shared = [target.name for target in self.targets if target.is_for_sharing]
        if shared and self.key is None:
            raise InputError(
                f"{', '.join(shared)}: is made to be shared, so it is always de-identified: --deidentify on"
            )
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
    require_inputs(case, request.targets)
    if request.key is None:
        folder = _checked(request.out / folder_name(case.reading.case_id), request, taken)
        with placed_at_once(folder, replaces=request.replaces) as place:
            work = _work_on(case, place, request)
            work.notes.append(WITH_IDENTITY)
            manifest = _written(work, request, fingerprint, say)
            say(LAST_STEP)
        return ExportedCase(folder, manifest)
    identity, pseudonyms = identity_of(case), Pseudonyms(request.key)
    name = f"{pseudonyms.case_id(identity.patient)}-{pseudonyms.reading(identity.reading)}"
    folder = _checked(request.out / name, request, taken)
    with placed_at_once(folder, replaces=request.replaces) as place:
        say("leaving out what identifies the patient")
        work = _work_on(case, place, request)
        _clean(work, request, pseudonyms, identity)
        manifest = _written(work, request, fingerprint, say)
        require_clean(place, identity.identifiers, say)
        say(LAST_STEP)
    return ExportedCase(folder, manifest)


def require_inputs(case: ExportCase, targets: Sequence[Target]) -> None:
    """Pass when the case has what the targets need, before any long work; InputError says what is missing."""
    for target in targets:
        target.require(case)


def _work_on(case: ExportCase, place: Path, request: ExportRequest) -> CaseWork:
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    return CaseWork(
        case,
        place,
        request.software,
        made_at,
        is_deidentified=request.key is not None,
        choice=request.choice,
    )


def _checked(folder: Path, request: ExportRequest, taken: Collection[Path]) -> Path:
    if folder in taken:
        same = "" if request.key is None else ", reader and time of reading"
        raise InputError(f"{folder}: another case of this run has the same case id{same}; export one of them elsewhere")
    if request.replaces:
        require_ours(folder)
    return folder


def _clean(work: CaseWork, request: ExportRequest, pseudonyms: Pseudonyms, identity: Identity) -> None:
    uses_images = any(target.uses_images for target in request.targets)
    images = work.images_folder if uses_images else None
    clean = cleaned_case(work.case, pseudonyms, identity.patient, images, deface=request.deface)
    work.case, work.made_at = clean.case, clean.made_at
    work.notes += clean.notes
    weak = _told_when_weak(identity.identifiers)
    if weak:
        work.notes.append(LOOSELY_CHECKED.format(kinds=", ".join(weak)))


def _told_when_weak(identifiers: Identifiers) -> tuple[Kind, ...]:
    told = (
        one
        for one in identifiers.found
        if one.kind in TOLD_WHEN_WEAK or (one.kind in NUMBERED and len(one.value.strip()) >= LEAST_TOLD)
    )
    return weak_kinds(Identifiers(frozenset(told)))


def _written(work: CaseWork, request: ExportRequest, fingerprint: str, say: Callable[[str], None]) -> Manifest:
    with warnings.catch_warnings():
        # Those of DICOM libraries would repeat the name of a patient on the screen.
        warnings.simplefilter("ignore")
        if any(target.uses_segments for target in request.targets):
            say("measuring the outlines")
            _ = work.measured
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
