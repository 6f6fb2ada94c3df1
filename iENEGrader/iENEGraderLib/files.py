"""Writing files so that a failure never leaves half a file or loses the old one."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from iENEGraderLib.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def replaced_when_complete(path: str | Path) -> Iterator[Path]:
    """Offer a temporary path beside `path` (same suffixes); move it into place when the block ends without error.

    Raises
    ------
    InputError
        When the folder does not exist or cannot be written.
    """
    target = Path(path)
    suffix = "".join(target.suffixes[-2:])
    try:
        handle, name = tempfile.mkstemp(prefix=".hnn-", suffix=suffix, dir=target.parent)
    except OSError as error:
        raise InputError(f"{target}: cannot write here ({error.strerror}); choose a folder you may write to") from error
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def write_text_atomically(path: str | Path, text: str) -> None:
    """Write UTF-8 text so that readers see the old file or the new one, never a part."""
    with replaced_when_complete(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _umask() -> int:
    """Return the process umask; mkstemp makes private files, users expect ordinary ones."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
