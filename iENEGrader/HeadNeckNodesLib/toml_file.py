"""Reading a TOML file, of this project or of a user, with one clear error."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from HeadNeckNodesLib.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


def read_toml(path: Path) -> dict[str, Any]:
    """Return the tables of a file.

    Raises
    ------
    InputError
        When the file cannot be opened, is no text in UTF-8, or is no valid TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be opened ({error.strerror}); give a TOML file") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path.name}: cannot be read as TOML ({error})") from error
