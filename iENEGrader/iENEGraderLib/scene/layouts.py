"""Arrangements of views for reading a neck, registered beside Slicer's own."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import slicer

MOST_COMPARED = 6
VESSEL_VIEW = "Vessel"
PLOT_VIEW = "AlongVessel"
ORIENTATIONS = {
    "Red": ("Axial", "R", "#F34A33"),
    "Green": ("Coronal", "G", "#6EB04B"),
    "Yellow": ("Sagittal", "Y", "#EDD54C"),
}
VESSEL_COLOUR = "#8C5AC8"
COMPARE_COLOUR = "#7A9CC6"


class Layout(IntEnum):
    """Layouts by the number that Slicer's layout node knows them under; the numbers are ours."""

    READING = 71300
    ALONG_VESSEL = 71301
    COMPARE_2 = 71302
    COMPARE_3 = 71303
    COMPARE_4 = 71304
    COMPARE_5 = 71305
    COMPARE_6 = 71306


def compare_layout(number: int) -> Layout:
    """Return the layout of so many views side by side, 2 to 6."""
    if not 2 <= number <= MOST_COMPARED:
        raise ValueError(f"{number} views: between 2 and {MOST_COMPARED} can be compared")
    return Layout(Layout.COMPARE_2 + number - 2)


def compare_views(number: int) -> tuple[str, ...]:
    """Return the names of the views of `compare_layout`, in reading order."""
    return tuple(f"Compare{index}" for index in range(1, number + 1))


def register_layouts() -> bool:
    """Make the layouts known; False when the application has none (no window).

    A saved scene asks for its layout by number alone: whoever opens it before that sees no view.
    """
    node = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLLayoutNode")
    if node is None:
        return False
    for each in Layout:
        _register(node, each)
    return True


def show_layout(layout: Layout) -> bool:
    """Arrange the views; False when the application has no layouts (no window)."""
    if not register_layouts():
        return False
    slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLLayoutNode").SetViewArrangement(layout)
    return True


def current_layout() -> Layout | None:
    """Return which of these layouts is shown; None for any other."""
    node = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLLayoutNode")
    arrangement = None if node is None else node.GetViewArrangement()
    return Layout(arrangement) if arrangement in list(Layout) else None


def description(layout: Layout) -> str:
    """Return a layout in the XML of Slicer's layout manager."""
    if layout is Layout.READING:
        side = _vertical(_slice("Green"), _slice("Yellow"), _three_d())
        return f'<layout type="horizontal" split="true">{_item(_slice("Red"), 2)}{_item(side)}</layout>'
    if layout is Layout.ALONG_VESSEL:
        across = _vertical(_plane(VESSEL_VIEW, "Axial", "V", VESSEL_COLOUR), _plot())
        planes = _vertical(_slice("Red"), _slice("Green"), _slice("Yellow"))
        return f'<layout type="horizontal" split="true">{_item(across, 2)}{_item(planes)}</layout>'
    names = compare_views(layout - Layout.COMPARE_2 + 2)
    views = [_plane(name, "Axial", name[-1], COMPARE_COLOUR, group=1) for name in names]
    columns = 2 if len(views) in (2, 4) else 3
    rows = [views[at : at + columns] for at in range(0, len(views), columns)]
    return _vertical(*(_horizontal(*row) for row in rows))


def _register(node: Any, layout: Layout) -> None:
    if node.IsLayoutDescription(layout):
        node.SetLayoutDescription(layout, description(layout))
    else:
        node.AddLayoutDescription(layout, description(layout))


def _slice(name: str) -> str:
    orientation, label, colour = ORIENTATIONS[name]
    return _plane(name, orientation, label, colour)


def _plane(name: str, orientation: str, label: str, colour: str, group: int = 0) -> str:
    return (
        f'<view class="vtkMRMLSliceNode" singletontag="{name}"><property name="orientation" action="default">'
        f'{orientation}</property><property name="viewlabel" action="default">{label}</property>'
        f'<property name="viewcolor" action="default">{colour}</property>'
        f'<property name="viewgroup" action="default">{group}</property></view>'
    )


def _three_d() -> str:
    return (
        '<view class="vtkMRMLViewNode" singletontag="1"><property name="viewlabel" action="default">1</property></view>'
    )


def _plot() -> str:
    label = f'<property name="viewlabel" action="default">{PLOT_VIEW}</property>'
    return f'<view class="vtkMRMLPlotViewNode" singletontag="{PLOT_VIEW}">{label}</view>'


def _vertical(*parts: str) -> str:
    return f'<layout type="vertical" split="true">{"".join(_item(part) for part in parts)}</layout>'


def _horizontal(*parts: str) -> str:
    return f'<layout type="horizontal" split="true">{"".join(_item(part) for part in parts)}</layout>'


def _item(part: str, stretch: int = 1) -> str:
    return f'<item splitSize="{500 * stretch}">{part}</item>'
