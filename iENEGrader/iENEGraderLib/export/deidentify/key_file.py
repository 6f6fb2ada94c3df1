"""The file with the key of the pseudonyms, which its owner keeps and nobody else reads."""

from __future__ import annotations

import os
import secrets
import stat
import tempfile
from pathlib import Path

from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.files import write_errors_explained

from iENEGraderLib.export.deidentify.pseudonym import LEAST_KEY_BYTES

KEY_BYTES = 32
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def key_from(path: str | Path) -> bytes:
    """Return the key in a file; a new one is made when there is no such file.

    The file holds the key as hexadecimal digits and is readable by its owner alone. Whoever has it can tell which
    pseudonym belongs to which patient: it must not be shared with the exports.

    Raises
    ------
    InputError
        When the file cannot be read or written, others may read it, or it holds no key.
    """
    target = Path(path).expanduser()
    if not target.exists():
        _create(target)
    return _read(target)


def _create(target: Path) -> None:
    with write_errors_explained(target):
        handle, name = tempfile.mkstemp(prefix=".hnn-", dir=target.parent)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="ascii") as stream:
                stream.write(secrets.token_hex(KEY_BYTES) + "\n")
            # A link, unlike a rename, never replaces the key that another run has made in the meantime.
            try:
                os.link(temporary, target)
            except FileExistsError:
                return
        finally:
            temporary.unlink(missing_ok=True)


def _read(target: Path) -> bytes:
    try:
        text = target.read_text(encoding="ascii").strip()
        mode = target.stat().st_mode
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{target}: the key cannot be read; expected a text file of hexadecimal digits") from error
    if os.name == "posix" and mode & OTHERS:
        raise InputError(f"{target}: others may read this key; make it private (chmod 600) or let a new one be made")
    try:
        key = bytes.fromhex(text)
    except ValueError as error:
        raise InputError(f"{target}: holds no key; expected hexadecimal digits alone") from error
    if len(key) < LEAST_KEY_BYTES:
        raise InputError(f"{target}: the key has {len(key)} bytes; expected at least {LEAST_KEY_BYTES}")
    return key
