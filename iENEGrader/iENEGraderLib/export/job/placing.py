"""A folder that appears whole or not at all, and never takes the place of what is not ours."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.files import write_errors_explained

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX = ".hnn-"


def left_behind(out: Path) -> list[Path]:
    """Return the folders that runs which were killed have left in `out`: nobody has checked what is in them."""
    return sorted(out.glob(f"{PREFIX}*/")) if out.is_dir() else []


@contextmanager
def placed_at_once(folder: Path, *, replaces: bool = False) -> Iterator[Path]:
    """Offer an empty folder to work in, which becomes `folder` when the block ends without error.

    Parameters
    ----------
    folder : its parents are made when they do not exist.
    replaces : whether an earlier folder of that name goes when the new one is there; it is kept otherwise.

    Raises
    ------
    InputError
        When the folder exists and must not be replaced, or when writing fails: no room, not allowed.
    """
    folder = folder.absolute()
    if folder.exists() and not replaces:
        raise InputError(f"{folder}: is there already; choose another folder with --out, or replace it with --force")
    with write_errors_explained(folder):
        # On the same disk as the result, so that moving it is one step.
        place = tempfile.TemporaryDirectory(prefix=PREFIX, dir=_nearest_folder(folder.parent))
    with place as base, write_errors_explained(folder):
        work = Path(base) / "new"
        work.mkdir()
        yield work
        folder.parent.mkdir(parents=True, exist_ok=True)
        _swap(work, folder, Path(base) / "earlier")


def _swap(work: Path, folder: Path, aside: Path) -> None:
    """Put the new folder in place; the earlier one comes back when that fails, and goes with `aside` otherwise."""
    if folder.exists():
        folder.rename(aside)
    try:
        work.rename(folder)
    except OSError:
        if aside.exists():
            aside.rename(folder)
        raise


def _nearest_folder(wanted: Path) -> Path:
    while not wanted.exists():
        wanted = wanted.parent
    if not wanted.is_dir():
        raise InputError(f"{wanted}: is a file; choose a folder for the results with --out")
    return wanted
