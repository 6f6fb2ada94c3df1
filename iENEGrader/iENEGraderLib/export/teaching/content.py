"""What a teaching file holds. It names no patient: every record is filled from a case that is de-identified."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from HeadNeckNodesLib.html.markup import Markup

    from iENEGraderLib.export.report_content import Provenance, ReportFigure
    from iENEGraderLib.export.teaching.mesh import Mesh
    from iENEGraderLib.export.teaching.notes import TeacherNotes
    from iENEGraderLib.reading import Reading
    from iENEGraderLib.rules import Assessment


class PictureType(StrEnum):
    """How a picture is stored; the value is its media type."""

    JPEG = "image/jpeg"
    PNG = "image/png"

    @property
    def suffix(self) -> str:
        """End of a file's name."""
        return ".jpg" if self is PictureType.JPEG else ".png"


@dataclass(frozen=True)
class Picture:
    """A picture file in memory.

    Attributes
    ----------
    content : the bytes of the file.
    width, height : in pixels.
    """

    content: bytes
    kind: PictureType
    width: int
    height: int

    @property
    def data_uri(self) -> str:
        """The picture as an address that holds it."""
        return f"data:{self.kind};base64,{base64.b64encode(self.content).decode('ascii')}"


@dataclass(frozen=True)
class Overlay:
    """What is drawn over a picture, as parts of an SVG in its pixels.

    Attributes
    ----------
    frame : sides of the patient and scale; always shown.
    places : outlines of nodes and vessels with names: where to look, not what is to be found.
    evidence : what was measured and where; shown when the answers are.
    """

    frame: Markup
    places: Markup
    evidence: Markup


@dataclass(frozen=True)
class KeyImage:
    """A plane through a node.

    Attributes
    ----------
    title, caption : give nothing away.
    answer : what the image shows; told with the answers, may be empty.
    clean : the picture without any drawing.
    """

    node_id: str
    title: str
    caption: str
    answer: str
    clean: Picture
    overlay: Overlay


@dataclass(frozen=True)
class Panel:
    """A picture of a spectral map, a curve or a perfusion map, with its words.

    Attributes
    ----------
    overlay : outlines, sides, and the numbers of the colour bar; None when the picture says all by itself.
    node_id : the node it shows; empty when it is of none.
    is_perfusion : whether it comes from perfusion MRI.
    """

    title: str
    caption: str
    picture: Picture
    overlay: Overlay | None = None
    node_id: str = ""
    is_perfusion: bool = False


@dataclass(frozen=True)
class WindowPreset:
    """A grey scale to choose: width and level in the unit of the image."""

    name: str
    width: float
    level: float


@dataclass(frozen=True)
class SectionOutline:
    """Outlines of one structure in a section, as SVG path data in pixels of the section; `area` in square pixels."""

    name: str
    colour: str
    path: str
    area: int


@dataclass(frozen=True)
class Section:
    """One section of a stack; `place` says where it lies, such as ``S 12 mm``."""

    place: str
    picture: Picture
    outlines: tuple[SectionOutline, ...]


@dataclass(frozen=True)
class SectionStack:
    """Parallel sections to scroll through.

    Attributes
    ----------
    letters : sides of the patient at the left, right, upper and lower edge.
    lowest, highest : values of the image that are stored as black and white.
    presets : grey scales to choose, the first one shown at the start; empty for images without a unit.
    """

    title: str
    letters: tuple[str, str, str, str]
    pixel_mm: float
    lowest: float
    highest: float
    presets: tuple[WindowPreset, ...]
    sections: tuple[Section, ...]

    @property
    def start(self) -> int:
        """Index of the section that is shown first: the one with the most nodes, and most of them."""
        shown = [(len(each.outlines), sum(line.area for line in each.outlines)) for each in self.sections]
        return shown.index(max(shown))

    @property
    def largest(self) -> dict[str, int]:
        """Index of the section in which each node is largest, by its name."""
        areas: dict[str, tuple[int, int]] = {}
        for number, each in enumerate(self.sections):
            for line in each.outlines:
                if line.area > areas.get(line.name, (0, 0))[0]:
                    areas[line.name] = (line.area, number)
        # The tenth stands behind the ninth.
        return {name: areas[name][1] for name in sorted(areas, key=lambda name: (len(name), name))}

    @property
    def megabytes(self) -> float:
        """Size of its pictures."""
        return sum(len(each.picture.content) for each in self.sections) / 1e6


@dataclass(frozen=True)
class TeachingCase:
    """Everything that a teaching file shows.

    Attributes
    ----------
    title : as the teacher wrote it, or made of the site of the primary; never of a name.
    notes : what the teacher wrote.
    figures : of the measurements, shown with the answers.
    spectral, dynamic : pictures of spectral maps and of dynamic contrast-enhanced imaging.
    surfaces : to turn in the page.
    overview : a picture of the surfaces, for browsers that cannot draw them.
    """

    title: str
    reading: Reading
    assessment: Assessment
    provenance: Provenance
    notes: TeacherNotes
    key_images: tuple[KeyImage, ...] = ()
    stacks: tuple[SectionStack, ...] = ()
    spectral: tuple[Panel, ...] = ()
    dynamic: tuple[Panel, ...] = ()
    figures: tuple[ReportFigure, ...] = ()
    surfaces: tuple[Mesh, ...] = ()
    overview: Picture | None = None
