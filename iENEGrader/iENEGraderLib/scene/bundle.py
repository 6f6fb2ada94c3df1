"""The whole scene in one file."""

from __future__ import annotations

import tempfile
from pathlib import Path

import slicer
from HeadNeckNodesLib.errors import InputError


def save_bundle(path: str | Path) -> None:
    """Save the scene with all its data as MRB; a failure leaves an earlier file as it was.

    Raises
    ------
    InputError
        When the name does not end in ``.mrb`` or the folder cannot be written to.
    """
    target = Path(path).absolute()
    if target.suffix.lower() != ".mrb":
        raise InputError(f"{target}: a scene is saved as one file; choose a name that ends in .mrb")
    scene = slicer.mrmlScene
    place, url = scene.GetRootDirectory(), scene.GetURL()
    try:
        # Slicer names what is in the bundle after the file, so it gets its final name in a folder of its own.
        with tempfile.TemporaryDirectory(prefix=".writing-", dir=target.parent) as folder:
            whole = Path(folder) / target.name
            scene.SetRootDirectory(folder)
            if not scene.WriteToMRB(str(whole)):
                raise InputError(f"{target}: the scene could not be written; check that the disk has room")
            whole.replace(target)
        place, url = str(target.parent), str(target)
    except OSError as error:
        raise InputError(f"{target}: cannot write here ({error.strerror}); choose a folder you may write to") from error
    finally:
        scene.SetRootDirectory(place)
        scene.SetURL(url)
