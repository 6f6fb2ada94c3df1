"""Read the studies in folders or file lists: headers only, every file accounted for."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.protocol.headers import Header, read_header
from PWIProtocolLib.protocol.headers.tags import Tag
from PWIProtocolLib.protocol.series import Dynamic, FlipAngleSet, Series, SeriesKind
from PWIProtocolLib.protocol.series.groups import sort_series

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Progress = Callable[[int, int], bool]
    Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]

FILES_BETWEEN_REPORTS = 50


class ReadingCancelledError(Exception):
    """The user stopped the reading of a study."""


class SeveralStudiesError(InputError):
    """One study was expected and there are several.

    Attributes
    ----------
    labels : their names, one of which `read_study` takes.
    """

    def __init__(self, labels: tuple[str, ...]) -> None:
        found = ", ".join(labels)
        super().__init__(f"found {len(labels)} studies ({found}), expected one; give the folder of one study")
        self.labels = labels


@dataclass(frozen=True)
class OtherFile:
    """A file that is no part of a study: its name inside the given folder, and why."""

    name: str
    reason: str


@dataclass(frozen=True, eq=False)
class Study:
    """One examination.

    Attributes
    ----------
    label : name of the folder that holds it, with as many outer ones as tell it from others; the only name shown.
    series : all series, by number.
    dynamics : DCE dynamics, the largest first; one may join several series.
    flip_angle_sets : images at several flip angles.
    other_files : files in the folder of the study, or outside those of all studies, that are no images of a study.
    """

    label: str
    series: tuple[Series, ...]
    dynamics: tuple[Dynamic, ...]
    flip_angle_sets: tuple[FlipAngleSet, ...]
    other_files: tuple[OtherFile, ...]

    @property
    def files(self) -> tuple[Path, ...]:
        """The files of its images."""
        return tuple(header.path for one in self.series for header in one.headers)

    def of_kind(self, kind: SeriesKind) -> tuple[Series, ...]:
        """Return the series of one kind."""
        return tuple(one for one in self.series if one.kind is kind)


def read_study(paths: Paths, progress: Progress | None = None, label: str = "") -> Study:
    """Read one study.

    Parameters
    ----------
    paths : a folder, a file, or any list of both.
    progress : called now and then with the number of files done and in all; reading stops when it returns False.
    label : the one to take where there are several.

    Raises
    ------
    SeveralStudiesError
        when there are images of several studies, and no label.
    InputError
        when there is no DICOM image, or no study of that label.
    ReadingCancelledError
        when ``progress`` returned False.
    """
    studies = read_studies(paths, progress)
    labels = tuple(study.label for study in studies)
    if label and label not in labels:
        raise InputError(f"there is no study {label}, but {', '.join(labels)}; choose one of them")
    if not label and len(studies) > 1:
        raise SeveralStudiesError(labels)
    return studies[labels.index(label)] if label else studies[0]


def read_studies(paths: Paths, progress: Progress | None = None) -> tuple[Study, ...]:
    """Read all studies in folders and files; arguments and errors as for ``read_study``, any number of studies."""
    root, files = _files_of(paths)
    headers, others = _read_all(files, progress)
    if not headers:
        raise InputError(
            f"{root}: no DICOM image in {len(files)} files; give the folder that holds the images as the scanner "
            "exported them"
        )
    by_study: defaultdict[str, list[Header]] = defaultdict(list)
    for header in headers:
        by_study[header.text(Tag.StudyInstanceUID).value or ""].append(header)
    folders = _folders([header.name for header in group] for group in by_study.values())
    labels, others_in = _labels(folders, root.absolute().name), _others_in(folders, others)
    return tuple(
        _study_of(label, group, others_in[folder])
        for label, folder, group in zip(labels, folders, by_study.values(), strict=True)
    )


def _files_of(paths: Paths) -> tuple[Path, list[tuple[Path, str]]]:
    """Return the given folder or the one that the files share, and all files with their names inside it.

    In several given folders the names begin with that of their folder. Folders that cannot be opened stand among the
    files.
    """
    given = [Path(paths)] if isinstance(paths, str | os.PathLike) else [Path(path) for path in paths]
    absent = [path for path in given if not path.exists()]
    if absent:
        raise InputError(f"{absent[0]}: there is no such file or folder; check the path")
    root = given[0] if len(given) == 1 and given[0].is_dir() else _shared_folder(given)
    are_folders = len(given) > 1 and all(path.is_dir() for path in given)
    found: dict[Path, str] = {}
    for path in given:
        inside = sorted(_walk(path)) if path.is_dir() else [path]
        start = path.absolute().parent if are_folders else root
        for file in inside:
            found[file] = os.path.relpath(file, start)
    return root, list(found.items())


def _walk(folder: Path) -> list[Path]:
    closed: list[Path] = []
    found = [
        Path(place) / name
        for place, _, names in os.walk(folder, onerror=lambda error: closed.append(Path(error.filename)))
        for name in names
    ]
    return found + closed


def _shared_folder(paths: Sequence[Path]) -> Path:
    folders = [path if path.is_dir() else path.parent for path in paths]
    try:
        return Path(os.path.commonpath([folder.absolute() for folder in folders]))
    except ValueError:  # no file, or files on several drives
        return Path()


def _read_all(files: Sequence[tuple[Path, str]], progress: Progress | None) -> tuple[list[Header], list[OtherFile]]:
    headers: list[Header] = []
    others: list[OtherFile] = []
    for done, (path, name) in enumerate(files):
        if progress is not None and done % FILES_BETWEEN_REPORTS == 0 and progress(done, len(files)) is False:
            raise ReadingCancelledError
        if path.is_dir():
            others.append(OtherFile(name, "the folder cannot be opened; check that it is open to you"))
            continue
        if path.exists() and not path.is_file():
            others.append(OtherFile(name, "not a file that can be read, but a pipe or a device"))
            continue
        try:
            header = read_header(path, name)
        except InputError as error:
            others.append(OtherFile(name, str(error).removeprefix(f"{path.name}: ")))
            continue
        if not header.number(Tag.Rows).known or not header.text(Tag.SeriesInstanceUID).known:
            others.append(OtherFile(name, "DICOM without an image, or without the series that it belongs to"))
            continue
        headers.append(header)
    if progress is not None:
        progress(len(files), len(files))
    return headers, others


def _study_of(label: str, headers: Sequence[Header], others: Sequence[OtherFile]) -> Study:
    by_series: defaultdict[str, list[Header]] = defaultdict(list)
    for header in headers:
        by_series[header.text(Tag.SeriesInstanceUID).value or ""].append(header)
    series = [Series(uid, tuple(sorted(group, key=_file_order))) for uid, group in by_series.items()]
    series.sort(key=lambda one: (one.number is None, one.number or 0, one.first.name))
    found = sort_series(series)
    return Study(label, found.series, found.dynamics, found.flip_angle_sets, tuple(others))


def _file_order(header: Header) -> tuple[bool, float, str]:
    number = header.number(Tag.InstanceNumber).value
    return number is None, number or 0.0, header.name


def _folders(groups: Iterable[Sequence[str]]) -> list[tuple[str, ...]]:
    """Return the folder of each study inside the given one, with as few parts as tell it from those of the others."""
    whole = [Path(os.path.commonpath([Path(name).parent for name in names])).parts for names in groups]
    sharing = Counter(each[:depth] for each in set(whole) for depth in range(1, len(each) + 1))
    return [next((own[:depth] for depth in range(1, len(own) + 1) if sharing[own[:depth]] == 1), own) for own in whole]


def _others_in(
    folders: Sequence[tuple[str, ...]], others: Sequence[OtherFile]
) -> dict[tuple[str, ...], tuple[OtherFile, ...]]:
    """Return for each folder of a study the other files in it, and those that lie in the folder of none."""
    found: dict[tuple[str, ...], list[OtherFile]] = {folder: [] for folder in folders}
    strays: list[OtherFile] = []
    for other in others:
        place = Path(other.name).parent.parts
        holding = [place[:depth] for depth in range(len(place) + 1) if place[:depth] in found]
        for each in [found[folder] for folder in holding] or [strays]:
            each.append(other)
    return {folder: (*own, *strays) for folder, own in found.items()}


def _labels(folders: Sequence[tuple[str, ...]], root: str) -> list[str]:
    """Return a name for each study: the given folder, or for several the folder inside it; the same are numbered."""
    if len(folders) == 1:
        return [root or "study"]
    labels: list[str] = []
    for folder in folders:
        name = "/".join(folder) or root or "study"
        twins = sum(label == name or label.startswith(f"{name} (") for label in labels)
        labels.append(f"{name} ({twins + 1})" if twins else name)
    return labels
