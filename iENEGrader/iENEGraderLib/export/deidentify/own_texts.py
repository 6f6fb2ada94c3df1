"""The program's own sentences, in which a word that is also a name tells nothing of a patient.

Pages cite *Henson et al.*, and say what is *small*; a patient may bear that name. A hit counts for nothing only where
the letters around it stand in the program's own files just so, that is in the page of every patient, or where it is a
part of a name that the program gives as a whole: ``key-images.dcm``, ``notch_angle_deg``.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import HeadNeckNodesLib

import iENEGraderLib
from iENEGraderLib.export.deidentify.folding import folded
from iENEGraderLib.export.tables.columns import columns

SOURCES = ("*.toml", "*.js", "*.css", "*.html", "*.py")
FILES = frozenset(
    {"export.json", "fhir.json", "nodes.csv", "report.html", "report.pdf", "key-images.dcm", "teaching/index.html"}
    | {f"dicom/{name}.dcm" for name in ("key-images", "report", "segmentation")}
    | {f"teaching/{name}" for name in ("mirc.zip", "segments.seg.nrrd", "surfaces.glb")}
)
"""Files of exports, as their list names them."""
NAME, NAME_BEFORE, LONGEST_NAME = re.compile(r"[\w./-]*"), re.compile(r"[\w./-]*$"), 64
BESIDE, LEAST_LETTERS = 32, 12
"""So much before or behind the hit is compared, and so many letters have to be in it: a label has fewer."""


def is_own_text(plain: str, start: int, end: int) -> bool:
    """Tell whether a place of a folded text stands in the program's own files, with what is before or behind it."""
    if _word_around(plain, start, end) in _own_names():
        return True
    before, behind = plain[max(0, start - BESIDE) : start], plain[end : end + BESIDE]
    for beside, piece in ((before, before + plain[start:end]), (behind, plain[start:end] + behind)):
        if sum(map(str.isalpha, beside)) >= LEAST_LETTERS and _one_blank(piece) in _own_texts():
            return True
    return False


def _word_around(plain: str, start: int, end: int) -> str:
    head, tail = NAME_BEFORE.search(plain[max(0, start - LONGEST_NAME) : start]), NAME.match(plain, end)
    return (head[0] if head else "") + plain[start:end] + (tail[0] if tail else "")


@cache
def _own_names() -> frozenset[str]:
    """Names of several words alone: a name of one word may be somebody's."""
    columns_with_parts = (column.name for column in columns() if "_" in column.name)
    return frozenset(columns_with_parts) | FILES


def _one_blank(text: str) -> str:
    return " ".join(text.split())


@cache
def _own_texts() -> str:
    folders = [Path(place) for package in (HeadNeckNodesLib, iENEGraderLib) for place in package.__path__]
    files = (file for folder in folders for pattern in SOURCES for file in sorted(folder.rglob(pattern)))
    return "\n".join(_one_blank(folded(file.read_text(encoding="utf-8"))) for file in files)
