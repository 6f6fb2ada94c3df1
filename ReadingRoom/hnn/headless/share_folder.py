"""The few files that Slicer's logics read when they start, written from tables of our own."""

from __future__ import annotations

import colorsys
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_SCHEMAS = "https://raw.githubusercontent.com/qiicr/dcmqi/master/doc"
_GOLDEN_RATIO = 0.618033988749895  # successive multiples never come close to each other: neighbours differ in hue
_LABELS = 64

Rgb = tuple[int, int, int]


@dataclass(frozen=True)
class Code:
    """A SNOMED CT concept with the colour that a segment of it gets."""

    value: str
    meaning: str
    colour: Rgb = (170, 170, 170)

    def as_json(self) -> dict[str, object]:
        """The concept as Slicer's terminology files spell it."""
        return {"CodingSchemeDesignator": "SCT", "CodeValue": self.value, "CodeMeaning": self.meaning}


@dataclass(frozen=True)
class Category:
    """A segment category and the types that belong to it."""

    code: Code
    types: tuple[Code, ...]


CATEGORIES = (
    Category(
        Code("85756007", "Tissue"),
        (Code("85756007", "Tissue", (140, 170, 130)), Code("51114001", "Artery", (215, 70, 60))),
    ),
    Category(
        Code("123037004", "Anatomical Structure"),
        (Code("59441001", "Lymph node", (90, 190, 110)), Code("71616004", "Muscle", (190, 105, 85))),
    ),
    Category(
        Code("49755003", "Morphologically Altered Structure"),
        (Code("4147007", "Mass", (200, 170, 70)), Code("6574001", "Necrosis", (120, 100, 150))),
    ),
)
REGIONS = (Code("45048000", "Neck"), Code("69536005", "Head"))

# The context names are those that segments made in Slicer refer to.
_TERMINOLOGIES = (
    (
        "SegmentationCategoryTypeModifier-SlicerGeneralAnatomy.term.json",
        "Segmentation category and type - 3D Slicer General Anatomy list",
    ),
    (
        "SegmentationCategoryTypeModifier-DICOM-Master.term.json",
        "Segmentation category and type - DICOM master list",
    ),
)
_REGION_FILE, _REGION_CONTEXT = "AnatomicRegionAndModifier-DICOM-Master.term.json", "Anatomic codes - DICOM master list"


def write_share_folder(folder: Path) -> None:
    """Fill `folder` with terminologies and a table of label colours.

    Without them the terminologies logic reports six errors at start, and label maps have no colours.
    """
    colours = folder / "ColorFiles"
    colours.mkdir(parents=True)
    (colours / "GenericColors.txt").write_text(_label_colours(), encoding="utf-8")
    for file_name, context in _TERMINOLOGIES:
        _write_json(folder / file_name, _terminology(context))
    _write_json(folder / _REGION_FILE, _regions())


def _label_colours() -> str:
    lines = ["0 Background 0 0 0 0"]
    for label in range(1, _LABELS + 1):
        rgb = colorsys.hsv_to_rgb(label * _GOLDEN_RATIO % 1.0, 0.6, 0.9)
        red, green, blue = (round(255 * channel) for channel in rgb)
        lines.append(f"{label} Label_{label} {red} {green} {blue} 255")
    return "\n".join(lines) + "\n"


def _terminology(context: str) -> dict[str, object]:
    categories = [category.code.as_json() | {"Type": _types(category.types)} for category in CATEGORIES]
    return {
        "SegmentationCategoryTypeContextName": context,
        "@schema": f"{_SCHEMAS}/segment-context-schema.json#",
        "SegmentationCodes": {"Category": categories},
    }


def _types(codes: Sequence[Code]) -> list[dict[str, object]]:
    return [code.as_json() | {"recommendedDisplayRGBValue": list(code.colour)} for code in codes]


def _regions() -> dict[str, object]:
    return {
        "AnatomicContextName": _REGION_CONTEXT,
        "@schema": f"{_SCHEMAS}/anatomic-context-schema.json#",
        "AnatomicCodes": {"AnatomicRegion": [region.as_json() for region in REGIONS]},
    }


def _write_json(path: Path, content: dict[str, object]) -> None:
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")
