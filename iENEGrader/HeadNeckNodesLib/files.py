"""Writing files so that a failure never leaves half a file or loses the old one."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def replaced_when_complete(path: str | Path) -> Iterator[Path]:
    """Offer a temporary path beside `path` (same suffixes); move it into place when the block ends without error.

    A file that is replaced keeps its permissions; a new one has those that the umask leaves.

    Raises
    ------
    InputError
        When `path` is a folder, or when its folder does not exist or cannot be written.
    """
    target = Path(path)
    if target.is_dir():
        raise InputError(f"{target}: is a folder; give the name of a file")
    suffix = "".join(target.suffixes[-2:])
    with write_errors_explained(target):
        handle, name = tempfile.mkstemp(prefix=".hnn-", suffix=suffix, dir=target.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with write_errors_explained(target):
            temporary.chmod(_permissions_for(target))
            temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def write_text_atomically(path: str | Path, text: str) -> None:
    """Write UTF-8 text so that readers see the old file or the new one, never a part."""
    with replaced_when_complete(path) as temporary, write_errors_explained(path):
        temporary.write_text(text, encoding="utf-8")


@contextmanager
def write_errors_explained(target: str | Path) -> Iterator[None]:
    """Turn what the operating system refuses to write into one line for the user."""
    try:
        yield
    except OSError as error:
        raise InputError(f"{target}: cannot write here ({error.strerror}); choose a folder you may write to") from error


def _permissions_for(target: Path) -> int:
    """Permissions of the file that is replaced, or ordinary ones: mkstemp alone would make every file private."""
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
