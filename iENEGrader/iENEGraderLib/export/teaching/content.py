"""What a teaching file holds. It names no patient: every record is filled from a case that is de-identified."""

from __future__ import annotations

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
    """A picture of a spectral map, a curve or a perfusion map, with its words."""

    title: str
    caption: str
    picture: Picture


@dataclass(frozen=True)
class WindowPreset:
    """A grey scale to choose: width and level in the unit of the image."""

    name: str
    width: float
    level: float


@dataclass(frozen=True)
class SectionOutline:
    """Outlines of one structure in a section, as SVG path data in pixels of the section."""

    name: str
    colour: str
    path: str


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
    start : index of the section that is shown first.
    """

    title: str
    letters: tuple[str, str, str, str]
    pixel_mm: float
    lowest: float
    highest: float
    presets: tuple[WindowPreset, ...]
    sections: tuple[Section, ...]
    start: int

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
