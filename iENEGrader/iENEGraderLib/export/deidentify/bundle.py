"""A scene bundle (MRB) to share: a new archive with a cleaned scene, cleaned data files and nothing else."""

from __future__ import annotations

import json
import re
import tempfile
import zipfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.export.deidentify.descriptors import cleaned_text, has_known_words_alone
from iENEGraderLib.export.deidentify.reading import cleaned_reading
from iENEGraderLib.export.deidentify.scene_file import cleaned_scene_file
from iENEGraderLib.export.deidentify.volume import write_cleaned_volume
from iENEGraderLib.reading import reading_from_text, reading_to_text

if TYPE_CHECKING:
    from iENEGraderLib.export.deidentify.pseudonym import Pseudonyms

KEPT_KEYS = ("@schema", "type", "coordinateSystem", "coordinateUnits", "id", "positionStatus", "units")
LABEL_FORMAT = re.compile(r"[%NdS\d.\-]*")


def write_cleaned_bundle(source: Path, target: Path, pseudonyms: Pseudonyms, patient: str) -> None:
    """Write a bundle without what identifies the patient. The source stays as it is.

    Volumes, segmentations, markups and the reading are kept; pictures, tables, texts, models and parameters of other
    modules are left out, as is everything that the archive holds beside its scene.

    Raises
    ------
    InputError
        When the source is no bundle, or holds what can be neither cleaned nor left out.
    """
    case_id = pseudonyms.case_id(patient)
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        scenes = [name for name in archive.namelist() if name.endswith(".mrml")]
        if len(scenes) != 1:
            raise InputError(f"the bundle holds {len(scenes)} scenes; expected one")
        folder = PurePosixPath(scenes[0]).parent
        scene = cleaned_scene_file(archive.read(scenes[0]), case_id)
        _add(new, f"{case_id}/{case_id}.mrml", scene.xml)
        for old, name in scene.files.items():
            content = _cleaned_file(_read(archive, str(folder / old)), name, pseudonyms, patient)
            _add(new, f"{case_id}/{name}", content)


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """With the day that ZIP begins to count from: the true one would tell when the case was read."""
    archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """A file is named in the scene as its name stands in the archive, or once more percent-encoded."""
    for candidate in (name, unquote(name)):
        if candidate in archive.namelist():
            return archive.read(candidate)
    raise InputError("the bundle lacks a file that its scene names; save it again")


def _cleaned_file(content: bytes, name: str, pseudonyms: Pseudonyms, patient: str) -> bytes:
    if name.endswith(".nrrd"):
        with tempfile.TemporaryDirectory(prefix="hnn-") as folder:
            before, after = Path(folder) / f"before{name[-5:]}", Path(folder) / "after.nrrd"
            before.write_bytes(content)
            write_cleaned_volume(before, after, pseudonyms)
            return after.read_bytes()
    if name.endswith(".mrk.json"):
        return json.dumps(_cleaned_markup(json.loads(content), ""), indent=1).encode("ascii")
    reading = reading_from_text(content.decode("utf-8"), "the reading in the bundle")
    return reading_to_text(cleaned_reading(reading, pseudonyms, patient=patient).reading).encode("utf-8")


def _cleaned_markup(value: Any, key: str) -> Any:
    """Numbers and switches stay; of texts only the file format's own, and known words of what users can type."""
    if isinstance(value, dict):
        return {name: _cleaned_markup(one, name) for name, one in value.items()}
    if isinstance(value, list):
        return [_cleaned_markup(one, key) for one in value]
    if not isinstance(value, str) or key in KEPT_KEYS or LABEL_FORMAT.fullmatch(value):
        return value
    return value if has_known_words_alone(value) or key.endswith(("Type", "Mode")) else cleaned_text(value)
