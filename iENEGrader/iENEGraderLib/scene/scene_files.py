"""Where the scene has its files: the folder of the case, and whether a node's file is newer than another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import slicer

if TYPE_CHECKING:
    from collections.abc import Iterator

# A loaded bundle is known to the scene as the .mrml that was inside it.
SCENE_SUFFIXES = (".mrb", ".mrml")


def scene_file() -> Path | None:
    """Return the file that the scene was loaded from or saved to; None when there is none any more.

    A closed scene keeps it: Slicer does not forget the name.
    """
    url = slicer.mrmlScene.GetURL()
    candidates = [Path(url), *(Path(url).with_suffix(suffix) for suffix in SCENE_SUFFIXES)] if url else []
    return next((path for path in candidates if path.suffix in SCENE_SUFFIXES and path.is_file()), None)


def case_folders(scene: Path | None) -> tuple[Path, ...]:
    """Return the folders next to the case, best first: that of the scene's file, then those of its volumes.

    Folders for temporary files are left out.
    """
    folders = [file.parent for file in _files_of_case(scene)]
    temporary = Path(slicer.app.temporaryPath).resolve()
    kept = [folder for folder in folders if folder.is_dir() and temporary not in (folder, *folder.parents)]
    return tuple(dict.fromkeys(kept))


def stored_since(node: Any, moment: float) -> bool:
    """Tell whether a node, as it is now, went into a file of the scene after a moment.

    Parameters
    ----------
    node : vtkMRMLStorableNode
    moment : seconds since the epoch.
    """
    if node.GetModifiedSinceRead():
        return False
    files = [file for file in (scene_file(), _stored_file(node)) if file is not None]
    return any(file.stat().st_mtime >= moment for file in files)


def _files_of_case(scene: Path | None) -> Iterator[Path]:
    volumes = slicer.util.getNodesByClass("vtkMRMLVolumeNode")
    if scene is not None:
        yield scene.resolve()
    yield from (file.resolve() for volume in volumes if (file := _stored_file(volume)) is not None)


def _stored_file(node: Any) -> Path | None:
    storage = node.GetStorageNode()
    name = storage.GetFullNameFromFileName() if storage is not None else ""
    return Path(name) if name and Path(name).is_file() else None
