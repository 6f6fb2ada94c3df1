"""Statistics of regions as a table of the scene: one line for each map of each region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import slicer
import vtk
from HeadNeckNodesLib.scene.subject_hierarchy import put_into

from PWIProtocolLib.mapping import MODEL_TITLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PWIProtocolLib.mapping import Region
    from PWIProtocolLib.roi import MapStatistics
    from PWIProtocolLib.scene.maps.map_volumes import MapExtras, MapVolumes

ROLE = "PWIProtocol.Regions"
NAME = "Values of regions"
TEXTS = ("region", "map", "unit")
PERCENTS = (5.0, 25.0, 75.0, 95.0)
NUMBERS = ("voxels", "with value", "mean", "SD", "median", *(f"P{at:g}" for at in PERCENTS), "minimum", "maximum",
           "skewness", "kurtosis", "entropy (bits)")  # fmt: skip
HALF_WIDTH, BEST, BEST_SHARE = "median half width of 95 % intervals", "best model", "share of the best model"


def keep_region_table(regions: Sequence[Region], extras: MapExtras, fit_node: Any, volumes: MapVolumes) -> Any:
    """Put the statistics of regions into the table of a fit, a new one beside its maps when there is none.

    Parameters
    ----------
    extras : half widths and best models, which get columns where they were asked for.

    Returns
    -------
    vtkMRMLTableNode
    """
    node = fit_node.GetNodeReference(ROLE)
    if node is None:
        node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTableNode", NAME)
        fit_node.SetNodeReferenceID(ROLE, node.GetID())
        put_into(volumes.folder, [node])
    rows = [(region, each) for region in regions for each in region.statistics]
    node.RemoveAllColumns()
    texts = [(region.name, each.kind.title, each.kind.unit) for region, each in rows]
    for at, name in enumerate(TEXTS):
        _add(node, vtk.vtkStringArray(), name, [row[at] for row in texts])
    numbers = [_numbers(each) for _, each in rows]
    for at, name in enumerate(NUMBERS):
        _add(node, vtk.vtkDoubleArray(), name, [row[at] for row in numbers])
    _add_extras(node, rows, extras)
    node.SetUseColumnTitleAsColumnHeader(True)
    return node


def remove_region_table(fit_node: Any) -> None:
    """Take the table of a fit out of the scene, if it has one."""
    node = fit_node.GetNodeReference(ROLE)
    if node is not None:
        slicer.mrmlScene.RemoveNode(node)


def _numbers(one: MapStatistics) -> list[float]:
    percentiles = {each.percent: each.value for each in one.percentiles}
    found = [one.voxels, one.valued, one.mean, one.sd, one.median, *(percentiles.get(at) for at in PERCENTS),
             one.minimum, one.maximum, one.skewness, one.kurtosis, one.entropy_bits]  # fmt: skip
    return [float("nan") if each is None else float(each) for each in found]


def _add_extras(node: Any, rows: list[tuple[Region, MapStatistics]], extras: MapExtras) -> None:
    if extras.intervals is not None:
        widths = [extras.intervals.median(each.kind.name, region.index) for region, each in rows]
        _add(node, vtk.vtkDoubleArray(), HALF_WIDTH, [float("nan") if each is None else each for each in widths])
    if extras.best is not None:
        best = [max(extras.best.shares(region.index), key=lambda each: each.voxels) for region, _each in rows]
        _add(node, vtk.vtkStringArray(), BEST, [MODEL_TITLES[each.model] if each.voxels else "" for each in best])
        _add(node, vtk.vtkDoubleArray(), BEST_SHARE, [each.share for each in best])


def _add(node: Any, column: Any, name: str, values: list[Any]) -> None:
    column.SetName(name)
    for value in values:
        column.InsertNextValue(value)
    node.AddColumn(column)
