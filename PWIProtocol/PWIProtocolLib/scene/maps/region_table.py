"""Statistics of regions as a table of the scene: one line for each map of each region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import slicer
import vtk
from HeadNeckNodesLib.scene.subject_hierarchy import put_into

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PWIProtocolLib.mapping import Region
    from PWIProtocolLib.roi import MapStatistics
    from PWIProtocolLib.scene.maps.map_volumes import MapVolumes

ROLE = "PWIProtocol.Regions"
NAME = "Values of regions"
TEXTS = ("region", "map", "unit")
PERCENTS = (5.0, 25.0, 75.0, 95.0)
NUMBERS = ("voxels", "with value", "mean", "SD", "median", *(f"P{at:g}" for at in PERCENTS), "minimum", "maximum",
           "skewness", "kurtosis", "entropy (bits)")  # fmt: skip


def keep_region_table(regions: Sequence[Region], fit_node: Any, volumes: MapVolumes) -> Any:
    """Put the statistics of regions into the table of a fit, a new one beside its maps when there is none.

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


def _add(node: Any, column: Any, name: str, values: list[Any]) -> None:
    column.SetName(name)
    for value in values:
        column.InsertNextValue(value)
    node.AddColumn(column)
