"""Which files make up a case: told from what they hold, and refused when that leaves a choice."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.dicom_series import is_dicom
from HeadNeckNodesLib.imaging.volume_file import volume_format
from iENEGraderLib.export.job.case_map import Quantity
from iENEGraderLib.export.job.manifest import MANIFEST_FILE
from iENEGraderLib.reading import SCHEMA
from iENEGraderLib.spectral.map_file import MAP

from hnn.export.map_files import MapChoice, named_quantity
from hnn.export.perfusion_results import dicom_names, map_files, results_in
from hnn.perfusion.files import DOCUMENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

BUNDLE_SUFFIX = ".mrb"
SEGMENTATION_SUFFIXES = (".seg.nrrd", ".seg.nhdr")
TEACHING_FILE = "teaching.toml"
LONGEST_NRRD_HEADER = 1 << 16
LONGEST_LIST = 12


@dataclass(frozen=True)
class CaseFiles:
    """The files of a case.

    Attributes
    ----------
    image : file, or folder with one DICOM series.
    teaching : what a teacher wrote about the case; None without.
    """

    image: Path
    segmentation: Path
    reading: Path
    maps: tuple[MapChoice, ...] = ()
    teaching: Path | None = None

    @property
    def inputs(self) -> tuple[Path, ...]:
        """Everything that the case is read from."""
        return (self.image, self.segmentation, self.reading, *_beside(self.maps, self.teaching))


@dataclass(frozen=True)
class CaseBundle:
    """A scene saved as one file, and what lies beside it: maps, and what a teacher wrote."""

    scene: Path
    maps: tuple[MapChoice, ...] = ()
    teaching: Path | None = None

    @property
    def inputs(self) -> tuple[Path, ...]:
        """Everything that the case is read from."""
        return (self.scene, *_beside(self.maps, self.teaching))


def _beside(maps: Sequence[MapChoice], teaching: Path | None) -> tuple[Path, ...]:
    files = [file for each in maps for file in each.inputs]
    return (*dict.fromkeys(files), *([] if teaching is None else [teaching]))


def places_in(path: Path) -> list[Path]:
    """Return the cases of a path: itself when it is a case, else what a folder of cases holds, by name."""
    if not path.is_dir() or _holds_case(path):
        return [path]
    bundles = [each for each in _files(path) if each.suffix.lower() == BUNDLE_SUFFIX]
    folders = [each for each in _folders(path) if _holds_case(each) or _bundles(each)]
    return sorted([*bundles, *folders]) or [path]


def case_at(path: Path) -> CaseFiles | CaseBundle:
    """Return what makes up the case at a path: a scene bundle, or a folder with one image, segmentation and reading.

    Raises
    ------
    InputError
        When something is missing or there is a choice; it lists what was found.
    """
    if path.is_file() and path.suffix.lower() == BUNDLE_SUFFIX:
        return CaseBundle(path)
    if not path.is_dir():
        what = "is no scene bundle (.mrb) and no folder" if path.exists() else "there is no such file or folder"
        raise InputError(f"{path}: {what}; give a bundle, a folder with a case, or --image --segmentation --reading")
    teaching = path / TEACHING_FILE if (path / TEACHING_FILE).is_file() else None
    images, bundles, maps = _images(path), _bundles(path), tuple(_maps(path))
    if not images and len(bundles) == 1:
        return CaseBundle(bundles[0], maps, teaching)
    found = {"image": images, "segmentation": _segmentations(path), "reading": _readings(path)}
    if not found["segmentation"] and not found["reading"]:
        raise InputError(
            f"{path}: holds no case, neither a segmentation (.seg.nrrd) nor a reading{_no_readings(path)}; give a "
            "scene (.mrb), a folder with one image, one segmentation and one reading, or a folder of such folders"
        )
    for what, files in found.items():
        if len(files) != 1:
            raise InputError(_ambiguous(path, what, files, found))
    return CaseFiles(images[0], found["segmentation"][0], found["reading"][0], maps, teaching)


def _ambiguous(folder: Path, what: str, files: Sequence[Path], found: dict[str, list[Path]]) -> str:
    number = f"found {len(files)} files that may be the {what}" if files else f"found no {what}"
    number += _no_readings(folder) if what == "reading" and not files else ""
    listed = "; ".join(f"{name}: {_names(paths)}" for name, paths in found.items())
    return f"{folder}: {number}, expected one ({listed}); name the files with --image --segmentation --reading"


def _no_readings(folder: Path) -> str:
    """Tell of JSON files that are no readings, which somebody may have taken for one."""
    others = [path for path in _files(folder) if path.suffix.lower() == ".json" and path.name != DOCUMENT]
    return f" ({_names(others)}: no reading document of the form {SCHEMA})" if others else ""


def _names(paths: Sequence[Path]) -> str:
    names = [path.name for path in paths]
    shown = names if len(names) <= LONGEST_LIST else [*names[:LONGEST_LIST], f"{len(names) - LONGEST_LIST} more"]
    return ", ".join(shown) or "none"


def _holds_case(folder: Path) -> bool:
    """Tell whether a folder is one case: its parts lie in it, or one scene and what belongs to it."""
    beside = (folder / TEACHING_FILE).is_file() or bool(_fits(folder))
    return bool(_segmentations(folder) or _readings(folder) or (len(_bundles(folder)) == 1 and beside))


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))


def _folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))


def _bundles(folder: Path) -> list[Path]:
    return [path for path in _files(folder) if path.suffix.lower() == BUNDLE_SUFFIX]


def _segmentations(folder: Path) -> list[Path]:
    """Return the segmentations; that of a fit, which model suits a voxel best, is a map."""
    named = [path for path in _files(folder) if path.name.lower().endswith(SEGMENTATION_SUFFIXES)]
    return [path for path in named if not _is_map(path)]


def _readings(folder: Path) -> list[Path]:
    return [path for path in _files(folder) if path.suffix.lower() == ".json" and _is_reading(path)]


def _maps(folder: Path) -> list[MapChoice]:
    """Return the maps that can be exported: those that say so, and those of a folder with results of a fit."""
    own = [path for path in _volumes(folder) if _is_map(path) and named_quantity(path) in list(Quantity)]
    return [MapChoice(path) for path in (*own, *(file for each in _fits(folder) for file in map_files(each)))]


def _fits(folder: Path) -> list[Path]:
    return [each for each in _folders(folder) if results_in(each)]


def _images(folder: Path) -> list[Path]:
    """Return volumes that are no map and no segmentation, and folders with DICOM; the folder itself may be one."""
    found = [path for path in _volumes(folder) if not _is_map(path)]
    folders = [each for each in _folders(folder) if not results_in(each) and not _is_export(each)]
    found += [each for each in folders if any(is_dicom(file) for file in _all_files(each))]
    maps = dicom_names(folder)
    own = (file for file in _files(folder) if file.name not in maps)
    return [*found, folder] if any(is_dicom(file) for file in own) else found


def _is_export(folder: Path) -> bool:
    """Tell whether an earlier export stands in a folder: of this case, or of several in folders of their own."""
    return any((each / MANIFEST_FILE).is_file() for each in (folder, *_folders(folder)))


def _volumes(folder: Path) -> Iterator[Path]:
    segmentations = _segmentations(folder)
    return (path for path in _files(folder) if volume_format(path) is not None and path not in segmentations)


def _all_files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _is_map(path: Path) -> bool:
    """Tell whether the header of a NRRD file says that it is a map."""
    with path.open("rb") as stream:
        header, _, _ = stream.read(LONGEST_NRRD_HEADER).partition(b"\n\n")
    return MAP.encode() in header


def _is_reading(path: Path) -> bool:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(document, dict) and document.get("schema") == SCHEMA
