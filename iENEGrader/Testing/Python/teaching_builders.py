"""A small teaching file for tests: a neck of a few balls, with everything that a teacher can add."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from HeadNeckNodesLib.imaging.image import Image
from iENEGraderLib.export.job.case_map import CaseMap, Quantity
from iENEGraderLib.export.report_content import ImageOrigin, Provenance, ReportFigure
from iENEGraderLib.export.teaching.build import teaching_case
from iENEGraderLib.export.teaching.case_views import case_views, drawn_nodes
from iENEGraderLib.export.teaching.content import Panel
from iENEGraderLib.export.teaching.map_panels import map_panels_of
from iENEGraderLib.export.teaching.mesh import Mesh
from iENEGraderLib.export.teaching.notes import (
    PathologicalExtension,
    Pathology,
    Question,
    Reference,
    TeacherNotes,
)
from iENEGraderLib.export.teaching.pictures import jpeg_picture
from iENEGraderLib.reading import Evidence, EvidenceClass, Place, Side
from iENEGraderLib.rules import assess
from scene_builders import GRID, a_reading, an_image, some_segments

if TYPE_CHECKING:
    from pathlib import Path

    from iENEGraderLib.export.teaching.content import Picture, TeachingCase
    from iENEGraderLib.reading import Reading

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
SPIKE = Evidence(
    "spike_length", "deep_neck_fat", 5.25, "mm", place=Place((20.0, 5.0, -199.0)), evidence_class=EvidenceClass.MET
)


def some_pixels(colours: int = 3) -> np.ndarray:
    """Return a picture of noise."""
    return np.random.default_rng(2).integers(0, 255, (40, 60, colours)).astype(np.uint8)


def all_notes() -> TeacherNotes:
    """Return what a teacher can write, with markup that must not become markup."""
    return TeacherNotes(
        title="Two <nodes> & a vessel",
        history="First paragraph.\n\nSecond <script>alert(1)</script> paragraph.",
        findings="Teacher saw spikes.",
        discussion="Why spikes count.",
        author="A. Teacher",
        affiliation="A university",
        keywords=("neck", "iENE"),
        pathology=Pathology(
            PathologicalExtension.MINOR, 1.2, "Tumour in fat.", jpeg_picture(some_pixels()), "HE stain, 40 x"
        ),
        references=(Reference("Where to read on.", "https://example.org/a?b=1&c=2"), Reference("A book.")),
        questions=(Question("Which level?", ("IIA", "III"), 0, "It lies behind the gland."),),
    )


def a_tetrahedron() -> Mesh:
    """Return a watertight surface of 1/6 of a cube of 6 mm: 36 cubic millimetres."""
    corners = np.array([[0, 0, 0], [6, 0, 0], [0, 6, 0], [0, 0, 6]], np.float32)
    return Mesh("node_1", (1.0, 0.5, 0.25), corners, np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]], np.int32))


def a_marked_reading() -> Reading:
    """Return a reading of two measured nodes; evidence lies inside the first; the reader has a name."""
    reading = a_reading()
    sized = [
        replace(node, greatest_dimension_mm=14.0, extends_below_cricoid=False, evidence=())
        for node in reading.nodes or ()
    ]
    sized[0] = replace(sized[0], evidence=(SPIKE,))
    return replace(
        reading.with_nodes(sized), primary_side=Side.RIGHT, reader="Dr Ada Reader", read_at="2031-05-06T07:08:09Z"
    )


def a_teaching_case(notes: TeacherNotes | None = None) -> TeachingCase:
    """Return a teaching file with every part."""
    reading = a_marked_reading()
    segments = some_segments()
    panel = Panel("Iodine", "Map in mg/ml.", jpeg_picture(some_pixels()))
    return teaching_case(
        reading,
        assess(reading),
        Provenance("HeadNeckNodes 0", "2030-01-01T00:00:00+00:00", ImageOrigin.SIMULATED, "CT"),
        notes=all_notes() if notes is None else notes,
        image=an_image(),
        nodes={"N1": segments[0], "N2": segments[1]},
        anatomy=segments[2:],
        figures=(ReportFigure("N1", "spikes", "<svg><title>a figure</title></svg>"),),
        spectral=(panel,),
        dynamic=(Panel("Curve", "Signal over time.", panel.picture),),
        surfaces=(a_tetrahedron(),),
        overview=panel.picture,
    )


def a_map(quantity: Quantity = Quantity.IODINE, unit: str = "mg/mL", inside: float = 2.0) -> CaseMap:
    """Return a map with one value in the first node and none elsewhere."""
    mask = some_segments()[0].mask()
    return CaseMap(Image(np.where(mask, inside, 0.0).astype(np.float32), GRID), quantity, unit)


def a_map_case() -> TeachingCase:
    """Return a teaching file with every part whose maps are drawn from values."""
    case = a_teaching_case()
    maps = (a_map(), a_map(Quantity.KTRANS, "/min", 0.2))
    views = case_views(an_image(), case.reading, drawn_nodes(an_image(), {"N1": some_segments()[0]}))
    panels = [panel for view in views for panel in map_panels_of(an_image(), view, maps)]
    return replace(case, spectral=(panels[0],), dynamic=(panels[1],))


def decoded(picture: Picture) -> np.ndarray:
    """Return the pixels of a picture as another library reads them, grey."""
    return cv2.imdecode(np.frombuffer(picture.content, np.uint8), cv2.IMREAD_GRAYSCALE)


class Element:
    """An element of a page."""

    def __init__(self, name: str, attributes: dict[str, str | None], parent: Element | None) -> None:
        self.name, self.attributes, self.parent = name, attributes, parent
        self.children: list[Element | str] = []

    @property
    def text(self) -> str:
        """All text within."""
        return "".join(each if isinstance(each, str) else each.text for each in self.children)

    @property
    def is_hidden(self) -> bool:
        """Whether it or one that it lies in is hidden by its attribute."""
        return "hidden" in self.attributes or (self.parent is not None and self.parent.is_hidden)

    def all(self, name: str = "", **attributes: str) -> list[Element]:
        """Elements within, by name and attributes (``class_`` for one of the classes)."""
        found = []
        for each in self.children:
            if isinstance(each, Element):
                found += [each] if each._is(name, attributes) else []
                found += each.all(name, **attributes)
        return found

    def one(self, name: str = "", **attributes: str) -> Element:
        """Return the only such element."""
        (found,) = self.all(name, **attributes)
        return found

    def _is(self, name: str, attributes: dict[str, str]) -> bool:
        classes = (self.attributes.get("class") or "").split()
        wanted = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
        has = all(v in classes if k == "class" else self.attributes.get(k) == v for k, v in wanted.items())
        return has and name in ("", self.name)


class _Builder(HTMLParser):
    VOID = frozenset({"img", "br", "hr", "meta", "input"})

    def __init__(self) -> None:
        super().__init__()
        self.root = self.here = Element("", {}, None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, dict(attrs), self.here)
        self.here.children.append(made)
        if tag not in self.VOID:
            self.here = made

    def handle_endtag(self, tag: str) -> None:
        assert self.here.name == tag, f"</{tag}> ends <{self.here.name}>"
        assert self.here.parent is not None
        self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        self.here.children.append(data)


def parsed(html: str) -> Element:
    """Return a page as elements; every element must end where it should."""
    builder = _Builder()
    builder.feed(html)
    assert builder.here is builder.root
    return builder.root


def opened(html: str, folder: Path, address: str = "") -> Element:
    """Return the page after a browser has run its script; the test is skipped when there is no browser."""
    browser = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if browser is None:
        pytest.skip("needs Chromium to run the script of the page")
    page = folder / "page.html"
    page.write_text(html, encoding="utf-8")
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=3000", "--dump-dom")
    command = [browser, *options, f"--user-data-dir={folder / 'profile'}", f"{page.as_uri()}{address}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout, done.stderr[-500:]
    return parsed(done.stdout)
