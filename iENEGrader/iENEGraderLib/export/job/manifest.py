"""The list of what an export has written, by which a later run knows that a case is done."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from iENEGraderLib.export.job.segmentation_choice import SegmentationChoice
    from iENEGraderLib.export.job.target import Target

MANIFEST_FILE = "export.json"
SCHEMA = "hnn-export/1"
BLOCK_BYTES = 1 << 20


@dataclass(frozen=True)
class Output:
    """A file that was written: its name in the folder of the case, and its SHA-256."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What stands in ``export.json``.

    Attributes
    ----------
    case_id : of the reading, a pseudonym when `deidentified`.
    fingerprint : of the inputs and of what was asked for, see :func:`fingerprint`.
    notes : what the user was told.
    """

    case_id: str
    fingerprint: str
    targets: tuple[str, ...]
    deidentified: bool
    software: str
    made_at: str
    notes: tuple[str, ...]
    outputs: tuple[Output, ...]

    def to_text(self) -> str:
        """Return the text of the file."""
        files = [{"name": each.name, "sha256": each.sha256} for each in self.outputs]
        document = {
            "schema": SCHEMA,
            "case_id": self.case_id,
            "fingerprint": self.fingerprint,
            "targets": list(self.targets),
            "deidentified": self.deidentified,
            "software": self.software,
            "made_at": self.made_at,
            "notes": list(self.notes),
            "files": files,
        }
        return json.dumps(document, indent=1, ensure_ascii=False) + "\n"

    def describes(self, folder: Path) -> bool:
        """Tell whether the folder holds just these files, unchanged."""
        return {each.name: each.sha256 for each in self.outputs} == {
            each.name: each.sha256 for each in outputs_in(folder)
        }

    def foreign_files(self, folder: Path) -> list[str]:
        """Return the files of the folder that were not written by this export."""
        own = {each.name for each in self.outputs} | {MANIFEST_FILE}
        return sorted(name for path in _files_in(folder) if (name := path.relative_to(folder).as_posix()) not in own)


def read_manifest(folder: Path) -> Manifest | None:
    """Return what an export has noted in the folder of a case; None when it has not, or not in a form we know."""
    try:
        found = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
        return _manifest(found) if found["schema"] == SCHEMA else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _manifest(found: dict[str, Any]) -> Manifest:
    return Manifest(
        case_id=str(found["case_id"]),
        fingerprint=str(found["fingerprint"]),
        targets=tuple(found["targets"]),
        deidentified=bool(found["deidentified"]),
        software=str(found["software"]),
        made_at=str(found["made_at"]),
        notes=tuple(found["notes"]),
        outputs=tuple(Output(each["name"], each["sha256"]) for each in found["files"]),
    )


def outputs_in(folder: Path) -> tuple[Output, ...]:
    """Return all files of the folder of a case but the list itself, sorted by name."""
    files = sorted(path for path in _files_in(folder) if path != folder / MANIFEST_FILE)
    return tuple(Output(path.relative_to(folder).as_posix(), _sha256([path])) for path in files)


def fingerprint(
    inputs: Sequence[Path],
    targets: Sequence[Target],
    key: bytes | None,
    *,
    deface: bool = False,
    choice: SegmentationChoice | None = None,
    told: Iterable[str] = (),
) -> str:
    """Return what tells the same job again: the bytes of all inputs, the targets, and whether it is de-identified.

    Parameters
    ----------
    inputs : files, or folders whose files all count.
    told : what else decides what is written: what the user says of the inputs, and the version of the program.
    key : of the pseudonyms. With it nobody without the key can tell from the result which input it was.
    """
    files = [file for path in inputs for file in (sorted(_files_in(path)) if path.is_dir() else [path])]
    words = ",".join(target.name for target in targets)
    words += (",deidentified" if key is not None else "") + (",defaced" if deface else "")
    words += "" if choice is None else f",{choice}"
    words += "".join(f",{each}" for each in told)
    return hmac.new(key or SCHEMA.encode(), f"{words}:{_sha256(files)}".encode(), "sha256").hexdigest()


def _files_in(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _sha256(files: Iterable[Path]) -> str:
    whole = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            each = hashlib.sha256()
            while block := stream.read(BLOCK_BYTES):
                each.update(block)
        whole.update(each.digest())
    return whole.hexdigest()
