"""What a report needs besides the reading and its assessment: key images, and where everything came from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ImageOrigin(StrEnum):
    """Whether the images of the case are of a patient or computed."""

    SIMULATED = "simulated"
    REAL = "real"
    NONE = "none"
    NOT_STATED = "not stated"


@dataclass(frozen=True)
class ReportImage:
    """A key image; `png` holds the bytes of the file."""

    title: str
    caption: str
    png: bytes


@dataclass(frozen=True)
class ReportDrawing:
    """A key image or a map of a node with what is drawn over it; `svg` is a complete SVG element."""

    node_id: str
    title: str
    caption: str
    svg: str


@dataclass(frozen=True)
class ReportFigure:
    """A figure of a measurement.

    Attributes
    ----------
    node_id : the node whose measurements it shows.
    name : what it shows, in a few words.
    svg : a complete SVG element; it carries its own title and legend.
    """

    node_id: str
    name: str
    svg: str


@dataclass(frozen=True)
class MeasuredBy:
    """What was measured, and by which method."""

    quantity: str
    method: str


@dataclass(frozen=True)
class Provenance:
    """Where a report comes from. It names no patient: the case id of the reading is all a report shows.

    Attributes
    ----------
    software : name and version of what wrote the report.
    made_at : when, ISO 8601 with time zone.
    image : description of the images in a few words (modality, matrix, spacing); empty when there are none.
    measured : measurements and their methods; empty when the reader entered all values.
    """

    software: str
    made_at: str
    image_origin: ImageOrigin
    image: str = ""
    measured: tuple[MeasuredBy, ...] = ()
