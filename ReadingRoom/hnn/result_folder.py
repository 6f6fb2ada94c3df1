"""A folder of results that belong together: all of them appear, or none."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.files import write_errors_explained

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@contextmanager
def filled_when_complete(folder: Path, outdated: Sequence[str] = ()) -> Iterator[Path]:
    """Offer an empty folder to work in; move its files into `folder` when the block ends without error.

    Parameters
    ----------
    folder : made when it does not exist; other files in it stay.
    outdated : names or glob patterns of files of an earlier run that are removed when the new ones are there.

    Raises
    ------
    InputError
        When the folder is a file or cannot be written to.
    """
    folder = folder.absolute()
    with write_errors_explained(folder):
        place = tempfile.TemporaryDirectory(prefix=".hnn-", dir=_place_to_work(folder))
    with place as work:
        yield Path(work)
        with write_errors_explained(folder):
            _move(Path(work), folder, outdated)


def require_apart(folder: Path, outputs: Sequence[str], inputs: Sequence[str]) -> None:
    """Refuse a folder where results would take the place of what they are made from.

    Raises
    ------
    InputError
        Naming the file.
    """
    for given in map(Path, inputs):
        if given.name in outputs and given.absolute().parent.resolve() == folder.absolute().resolve():
            raise InputError(f"{given}: a result of the same name would replace it; choose another folder with --out")


def _place_to_work(folder: Path) -> Path:
    """Nearest folder above that exists: on the same disk, and nothing has to be made before the results are there."""
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: is a file; choose a folder for the results with --out")
    parent = folder.parent
    while not parent.exists():
        parent = parent.parent
    if not parent.is_dir():
        raise InputError(f"{parent}: is a file; choose a folder for the results with --out")
    return parent


def _move(work: Path, folder: Path, outdated: Sequence[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    fresh = sorted(work.iterdir())
    for file in fresh:
        os.replace(file, folder / file.name)  # noqa: PTH105 - replaces on every platform
    names = {file.name for file in fresh}
    for old in [each for pattern in outdated for each in folder.glob(pattern)]:
        if old.name not in names:
            old.unlink(missing_ok=True)
