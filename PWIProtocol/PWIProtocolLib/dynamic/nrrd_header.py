"""The text header of an NRRD file: what Slicer's MultiVolumes and Sequences say of their frames."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_HEADER_BYTES = 4_000_000
QUOTED = re.compile(r'"([^"]*)"')


@dataclass(frozen=True)
class NrrdHeader:
    """Fields (``sizes: ...``) and keys (``name:=value``) of the header."""

    fields: Mapping[str, str]
    keys: Mapping[str, str]

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kind of each axis, the fastest first."""
        return tuple(self.fields.get("kinds", "").split())

    @property
    def units(self) -> tuple[str, ...]:
        """Unit of each axis; empty when none are stated."""
        return tuple(QUOTED.findall(self.fields.get("units", "")))


def read_nrrd_header(path: str | Path) -> NrrdHeader:
    """Read the header alone; InputError when the file is no NRRD."""
    path = Path(path)
    try:
        with path.open("rb") as stream:
            start = stream.read(MOST_HEADER_BYTES)
    except OSError as error:
        raise InputError(f"{path.name}: cannot be read ({error.strerror}); check the path") from error
    if not start.startswith(b"NRRD000"):
        raise InputError(f"{path.name}: does not begin like an NRRD file; give the real file")
    text = re.split(rb"\r?\n\r?\n", start, maxsplit=1)[0].decode("utf-8", errors="replace")
    fields: dict[str, str] = {}
    keys: dict[str, str] = {}
    for line in text.splitlines()[1:]:
        if ":=" in line:
            name, _, value = line.partition(":=")
            keys[name.strip()] = value.strip()
        elif ": " in line and not line.startswith("#"):
            name, _, value = line.partition(": ")
            fields[name.strip().lower()] = value.strip()
    return NrrdHeader(fields, keys)
