"""A slice view that steps along a vessel, orthogonal to it, with the contact of a node drawn on the wall."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
import vtk
from HeadNeckNodesLib.scene.helper_nodes import add_helper
from slicer.util import VTKObservationMixin

from iENEGraderLib.measure.contact.centreline import STEP_MM

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from numpy.typing import NDArray

    from iENEGraderLib.measure.contact import ContactProfile, SectionArc

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

ARC_ATTRIBUTE = "HeadNeckNodes.ContactArc"
ARC_COLOUR = (1.0, 0.3, 0.2)
ARC_THICKNESS = 0.6
TEXT_SCALE = 3.0
FIELD_OF_VIEW_MM = 40.0
TANGENT_SECTIONS = 2
SAME_DIRECTION = 1e-6


class VesselView(VTKObservationMixin):
    """Steps along a vessel. Moving the view through its plane, as the mouse wheel does, steps as well.

    Parameters
    ----------
    profile : contact of a node with the vessel, with sections and map.
    geometry : grid of the image that the profile was measured on.
    slice_node : vtkMRMLSliceNode of the view.
    on_section : called when another section is shown.
    """

    def __init__(
        self,
        profile: ContactProfile,
        geometry: ImageGeometry,
        slice_node: Any,
        on_section: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__()
        if profile.sections is None or profile.contact_map is None:
            raise ValueError("the profile has no sections to step through")
        self._on_section = on_section
        self._geometry = geometry
        self._at_work = False
        self._sections = profile.sections
        self._map = profile.contact_map
        self._slice_node = slice_node
        self._centre_ras = geometry.ras_from_kji(profile.sections.centre_kji)
        self._wall_ras = geometry.ras_from_kji(profile.contact_map.wall_kji)
        self._arcs: list[Any] = []
        self.section = self._greatest()
        self.addObserver(slice_node, vtk.vtkCommand.ModifiedEvent, self._follow)

    def __len__(self) -> int:
        """Return the number of sections."""
        return len(self._centre_ras)

    @property
    def along_mm(self) -> float:
        """Place of the present section along its branch."""
        return float(self._sections.along_mm[self.section])

    @property
    def branch(self) -> int:
        """Branch of the vessel that the present section belongs to."""
        return int(self._sections.branch[self.section])

    @property
    def centre_ras_mm(self) -> tuple[float, float, float]:
        """Middle of the present section."""
        right, anterior, superior = self._centre_ras[self.section].tolist()
        return right, anterior, superior

    @property
    def arc_deg(self) -> float | None:
        """Longest arc in contact in the present section; None where the section cannot be used."""
        arc = float(self._sections.longest_arc_deg[self.section])
        return None if np.isnan(arc) else arc

    def go_to(self, section: int) -> None:
        """Show a section; beyond the ends the last one."""
        self.section = int(np.clip(section, 0, len(self) - 1))
        self._at_work = True
        try:
            self._turn()
        finally:
            self._at_work = False
        self._draw(self._wall_ras[:, self.section], self._map.contact[:, self.section], self.arc_deg)
        self._on_section()

    def go_to_greatest(self) -> None:
        """Show the section with the longest arc."""
        self.go_to(self._greatest())

    def go_near(self, ras_mm: Sequence[float]) -> None:
        """Show the section whose centre is nearest to a place."""
        self.go_to(int(np.argmin(np.linalg.norm(self._centre_ras - np.asarray(ras_mm), axis=1))))

    def step(self, by: int) -> None:
        """Go on by so many sections."""
        self.go_to(self.section + by)

    def show_arc(self, arc: SectionArc) -> None:
        """Draw what was measured in the present section just now, such as while an outline is drawn."""
        self._draw(self._geometry.ras_from_kji(arc.wall_kji), arc.contact, arc.longest_arc_deg)

    def close(self) -> None:
        """Take the arcs out of the scene, and let the view be."""
        self.removeObservers()
        for arc in filter(slicer.mrmlScene.IsNodePresent, self._arcs):  # a closed scene has taken them already
            slicer.mrmlScene.RemoveNode(arc)
        self._arcs = []

    def _greatest(self) -> int:
        arcs = np.nan_to_num(self._sections.longest_arc_deg, nan=-1.0)
        return int(np.argmax(arcs))

    def _direction(self) -> np.ndarray:
        """Direction of the vessel, from its neighbours on the same branch; towards the head."""
        same = np.flatnonzero(self._sections.branch == self._sections.branch[self.section])
        at = int(np.searchsorted(same, self.section))
        first, last = same[max(at - TANGENT_SECTIONS, 0)], same[min(at + TANGENT_SECTIONS, len(same) - 1)]
        direction = self._centre_ras[last] - self._centre_ras[first]
        length = np.linalg.norm(direction)
        direction = direction / length if length > 0 else np.array([0.0, 0.0, 1.0])
        return direction if direction[2] >= 0 else -direction

    def _turn(self) -> None:
        """Turn the view across the vessel: patient's left on the right of the view as in an axial one, front on top."""
        direction = self._direction()
        front = np.array([0.0, 1.0, 0.0]) if abs(direction[1]) < 0.9 else np.array([0.0, 0.0, 1.0])
        front = front - direction * (front @ direction)
        front /= np.linalg.norm(front)
        to_left = np.cross(front, direction)
        if to_left[0] > 0:
            to_left = -to_left
        plane = np.eye(4)
        plane[:3] = np.column_stack([to_left, front, direction, self._centre_ras[self.section]])
        node = self._slice_node
        was_modifying = node.StartModify()
        node.GetSliceToRAS().DeepCopy(plane.ravel())
        columns, rows, _ = node.GetDimensions()
        node.SetFieldOfView(FIELD_OF_VIEW_MM, FIELD_OF_VIEW_MM * rows / max(columns, 1), node.GetFieldOfView()[2])
        node.UpdateMatrices()
        node.EndModify(was_modifying)

    def _follow(self, *_: object) -> None:
        """Go on to the section that the view was moved to along its normal; other turns and shifts are the user's."""
        if self._at_work or slicer.mrmlScene.IsBatchProcessing():  # a scene that closes turns its views, too
            return
        plane = slicer.util.arrayFromVTKMatrix(self._slice_node.GetSliceToRAS())
        direction = self._direction()
        moved_mm = float((plane[:3, 3] - self._centre_ras[self.section]) @ direction)
        by = round(moved_mm / STEP_MM)
        if abs(plane[:3, 2] @ direction) >= 1.0 - SAME_DIRECTION and by:
            self.go_to(self._along_branch(by))

    def _along_branch(self, by: int) -> int:
        """Return the section so many steps towards the head, on the same branch."""
        same = np.flatnonzero(self._sections.branch == self._sections.branch[self.section])
        begin, end = self._centre_ras[same[0]], self._centre_ras[same[-1]]
        upwards = by if end[2] >= begin[2] else -by
        return int(np.clip(self.section + upwards, same[0], same[-1]))

    def _draw(self, wall_ras_mm: Floats, contact: Mask, arc_deg: float | None) -> None:
        """Draw the arcs of a section on its wall, shape (rays, 3)."""
        runs = _runs(contact)
        while len(self._arcs) < len(runs):
            self._arcs.append(_arc_markup())
        for arc in self._arcs[len(runs) :]:
            slicer.mrmlScene.RemoveNode(arc)
        del self._arcs[len(runs) :]
        text = "" if arc_deg is None else f"{arc_deg:.0f}°"
        longest = max(range(len(runs)), key=lambda number: len(runs[number]), default=-1)
        for number, (arc, rays) in enumerate(zip(self._arcs, runs, strict=True)):
            points = wall_ras_mm[rays]
            was_modifying = arc.StartModify()  # every view draws the whole arc anew at each event
            slicer.util.updateMarkupsControlPointsFromArray(arc, points)
            for index in range(len(points)):
                arc.SetNthControlPointLabel(index, text if number == longest and index == len(points) // 2 else "")
            arc.EndModify(was_modifying)


def _runs(contact: np.ndarray) -> list[np.ndarray]:
    """Return the rays of each contiguous arc, all round; a single ray makes no line."""
    if contact.all():
        return [np.arange(len(contact) + 1) % len(contact)]
    begin = int(np.argmin(contact))
    rays = (np.arange(len(contact)) + begin) % len(contact)
    inside = contact[rays]
    pieces = np.split(rays, np.flatnonzero(np.diff(inside)) + 1)
    return [piece for piece in pieces if contact[piece[0]] and len(piece) > 1]


def _arc_markup() -> Any:
    arc = add_helper("vtkMRMLMarkupsCurveNode", "contact arc")
    arc.SetAttribute(ARC_ATTRIBUTE, "1")
    arc.SetCurveTypeToLinear()
    arc.CreateDefaultDisplayNodes()
    display = arc.GetDisplayNode()
    display.SetSaveWithScene(False)
    display.SetColor(*ARC_COLOUR)
    display.SetSelectedColor(*ARC_COLOUR)
    display.SetCurveLineSizeMode(display.UseLineDiameter)
    display.SetLineDiameter(ARC_THICKNESS)
    display.SetGlyphScale(0.01)
    display.SetTextScale(TEXT_SCALE)
    display.SetPropertiesLabelVisibility(False)
    display.SetPointLabelsVisibility(True)
    arc.SetLocked(True)
    return arc
