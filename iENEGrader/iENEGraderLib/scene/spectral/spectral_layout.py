"""Views for spectral CT: one energy in the three planes, energies and maps side by side, a plot beside the planes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import slicer

from iENEGraderLib.scene.compare_views import compare, volume_in_view
from iENEGraderLib.scene.layouts import ORIENTATIONS, Layout, show_layout
from iENEGraderLib.scene.slice_background import is_ct, show_volume
from iENEGraderLib.scene.spectral.input_choice import conventional_volume
from iENEGraderLib.scene.spectral.map_legend import show_legends
from iENEGraderLib.scene.spectral.spectral_volumes import is_map

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iENEGraderLib.scene.spectral.spectral_volumes import SpectralVolumes

COMPARED_KEV = (70.0, 50.0, 40.0)
"""Energies of the usual figure: the one that resembles a conventional CT first, the strongest iodine last."""
PLOT_VIEW_TAG = "PlotView1"


def show_in_planes(volume: Any) -> None:
    """Show a volume in the axial, coronal and sagittal view; the layout changes when none of them is in sight."""
    nodes = [slicer.mrmlScene.GetSingletonNode(view, "vtkMRMLSliceNode") for view in ORIENTATIONS]
    if not any(node is not None and node.IsMappedInLayout() for node in nodes):
        show_layout(Layout.READING)
    before = volume_in_view(next(iter(ORIENTATIONS)))
    for view in ORIENTATIONS:
        show_volume(view, volume)
    if before is None:
        _fit(volume)
    show_legends([volume])


def show_comparison(inputs: SpectralVolumes, maps: Sequence[Any]) -> tuple[Any, ...]:
    """Show 70, 50 and 40 keV over conventional CT, iodine and fat, in linked views; return the six volumes.

    The conventional CT is the first volume of the scene that is known to be one; its view stays empty without. Images
    in HU get one window, that of the first.

    Parameters
    ----------
    inputs : what energies are computed from.
    maps : volumes of iodine and of fat.
    """
    energies = [inputs.monochromatic(kev) for kev in COMPARED_KEV]
    others = [each for each in slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode") if not is_map(each)]
    conventional = conventional_volume([each for each in others if each.GetImageData() is not None])
    volumes = (*energies, conventional, *maps)
    compare(volumes)
    share_window([each for each in volumes if each is not None])
    show_legends(maps)
    return volumes


def share_window(volumes: Sequence[Any]) -> None:
    """Give all CT images in HU the window of the first one; maps keep theirs, which are in other units."""
    displays = [each.GetDisplayNode() for each in volumes if is_ct(each) and each.GetDisplayNode() is not None]
    for display in displays[1:]:
        display.AutoWindowLevelOff()
        display.SetWindowLevel(displays[0].GetWindow(), displays[0].GetLevel())


def show_plot(chart: Any) -> bool:
    """Show a chart beside the three planes; False when the application has no layouts."""
    layout = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLLayoutNode")
    if layout is None:
        return False
    layout.SetViewArrangement(slicer.vtkMRMLLayoutNode.SlicerLayoutFourUpPlotView)
    view = slicer.mrmlScene.GetSingletonNode(PLOT_VIEW_TAG, "vtkMRMLPlotViewNode")
    if view is not None:
        view.SetPlotChartNodeID(chart.GetID())
    return view is not None


def _fit(volume: Any) -> None:
    """Let the planes look at the middle of a volume, all of it in sight."""
    bounds = [0.0] * 6
    volume.GetRASBounds(bounds)
    middle = [(low + high) / 2 for low, high in zip(bounds[::2], bounds[1::2], strict=True)]
    width_mm = max(high - low for low, high in zip(bounds[::2], bounds[1::2], strict=True))
    for view in ORIENTATIONS:
        node = slicer.mrmlScene.GetSingletonNode(view, "vtkMRMLSliceNode")
        if node is not None:
            columns, rows, _ = node.GetDimensions()
            node.SetFieldOfView(width_mm, width_mm * rows / max(columns, 1), node.GetFieldOfView()[2])
            node.JumpSliceByCentering(*middle)
