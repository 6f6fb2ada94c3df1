"""Write Docs/dicom-codes.md from the table of codes, so that a receiver can look up what stands in our DICOM objects.

With ``--check`` nothing is written and the exit code tells whether the page is up to date.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from iENEGraderLib.export.dicom.codes import PRIVATE_SCHEME, Group, load_codes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "Docs" / "dicom-codes.md"
HEAD = f"""# Codes in the DICOM objects

Generated from `iENEGrader/iENEGraderLib/export/dicom/codes.toml` by `scripts/make_codes_page.py`; change the table, not
this page. **For research and teaching use; not a medical device.**

Codes of SNOMED CT (`SCT`), of DICOM (`DCM`), of the Image Biomarker Standardisation Initiative (`IBSI`) and units of
UCUM are used where a code was found in the context groups of DICOM PS3.16. Everything else has a code of the private
scheme `{PRIVATE_SCHEME}`, which this page defines. A private code keeps its value and its meaning for ever: words may
be improved, values are never renamed and never used for anything else. Codes of segments are those of the table of
structures (`iENEGrader/iENEGraderLib/anatomy/structures.toml`).

## How a structured report is built

Comprehensive 3D SR, template TID 1500 (Imaging Measurement Report). Its image library lists the images that were read
and says once what they share. Under *Imaging Measurements* there is first one group for the case, with the results in
front, and then one for each node.

| group | template | what it holds |
|---|---|---|
| case | TID 1501 | grade, N category and stage by edition with reasons; what the reader entered on the case |
| node with a segment | TID 1411 | segment; finding; finding site and side; measurements; evaluations; key images |
| node without a segment | TID 1501 | the same without segment |

The tracking identifier of a node's group is the id of the node; it and the tracking UID are those of the segment.

- **Evidence with a value** is a NUM item: value as decimal string and as double, unit, the structure as finding site
  (where it has a code) and by name, the method in words, the uncertainty as upper and lower range (TID 310), the class
  against the criterion, the place as 3D coordinates and the image there.
- **Values of maps** say how they stand for the map (*Derivation*: mean of spectral maps, median of maps of perfusion).
  Those of perfusion carry a *Caution*: not recommended for N staging.
- **Evidence without a value** is a CODE item whose value is its class; that of a proposed level is the level.
- **Findings** are CODE items: the finding, and *Absent*, *Equivocal* or *Present* for how certain the reader is.
  A finding that is not there was not assessed.
- **Marks** of the reader are NUM items (length, angle) or CODE items (place) with their points.
- The tracking identifier of evidence and marks is `node/part/number`. Parts are `evidence` and `mark`, whose numbers
  keep the order of the reading, and `further` for measurements beyond it.
- **Grade, N category and stage** are CODE items; the reasons of the rules are TEXT items that they are inferred from.

## Parametric maps

One 32-bit map a file (`map-ktrans.dcm`), NaN where there is no value. The real world value mapping holds unit, quantity
and, as measurement methods, model, arterial curve and T1 as far as they are known. Maps of perfusion name the dynamic
images as their sources where these are DICOM of the same study; spectral maps name the series that was read.

## Segmentations

| `--seg-frames` | what is stored | 16 segments of 512 x 512 x 300 |
|---|---|---|
| `all` | binary, a frame for each segment and section, 1 bit a voxel: every viewer reads it | 159 MB |
| `filled` | binary without empty frames | 69 MB, less with fewer vessels along the whole neck |
| `labelmap` | Label Map Segmentation: one label for each voxel, RLE Lossless; segments must not overlap | 1.5 MB |

A structured report refers to the segmentation. Programs that do not know label maps may refuse such a report as well
(`dsrdump` of DCMTK 3.6 does, `dciodvfy` calls the reference an error), so `filled` is the better choice where size
matters. Binary frames are not compressed: what holds 1 bit compressed is not read by the old viewers for which all
frames are kept.

## Reading back

Read back by this program, a report gives the same reading. Grades and categories are then computed again. Text that
DICOM cannot hold as it is (empty, blanks at an end, control characters, a quotation mark in front) is written as a JSON
string; coordinates that need more than 32 bits stand beside the item once more as text, with all digits.
"""
TITLES = {
    Group.DOCUMENT: "What documents and their groups are",
    Group.ITEM: "Fields of a reading, and what stands beside a measurement",
    Group.MEASUREMENT: "Measurements: kinds of evidence",
    Group.MAP: "Parametric maps: what their values are",
    Group.MAP_METHOD: "Parametric maps: model, arterial curve and T1 that they were computed with",
    Group.FINDING: "Findings",
    Group.MARK: "Marks of the reader",
    Group.CERTAINTY: "Certainty of a finding",
    Group.EVIDENCE_CLASS: "Evidence against a criterion",
    Group.ANSWER: "Yes and no",
    Group.MARKER: "Result of a virus test",
    Group.SIDE: "Side",
    Group.LEVEL: "Neck level",
    Group.SITE: "Site of the primary tumor",
    Group.T_CATEGORY: "T category",
    Group.M_CATEGORY: "M category",
    Group.CLASSIFICATION: "Classification",
    Group.THRESHOLD: "Imaging grade accepted as clinical extranodal extension",
    Group.RESULT: "Results of the rules",
    Group.GRADE: "Grade",
    Group.N_CATEGORY: "N category, with the edition in the concept name",
    Group.STAGE: "Stage, with the edition in the concept name",
    Group.CRITERION_STATUS: "Status of a criterion",
    Group.UNIT: "Units",
}
HEADINGS = ("word", "scheme", "code", "meaning", "what it stands for")


def codes_page() -> str:
    """Return the page."""
    parts = [HEAD]
    for group, concepts in load_codes().items():
        rows = [
            (f"`{key}`", each.scheme, f"`{each.value}`", each.meaning, each.definition)
            for key, each in concepts.items()
        ]
        parts.append(f"## {TITLES[group]}\n\n{_table(HEADINGS, rows)}")
    return "\n".join(parts)


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def main(arguments: list[str]) -> int:
    """Write or check the page."""
    text = codes_page()
    if "--check" not in arguments:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != text:
        print("Docs/dicom-codes.md does not show the table of codes: run python scripts/make_codes_page.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
