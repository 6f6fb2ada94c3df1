"""Size of a lymph node from its mask: greatest dimension, axes in the axial section, width and volume."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.errors import InputError
from scipy import ndimage

from iENEGraderLib.measure.bounding_box import bounding_box
from iENEGraderLib.measure.size.diameters import (
    Chord,
    hull_vertices,
    longest_chord,
    longest_perpendicular_chord,
    smallest_width,
)
from iENEGraderLib.measure.size.outlines import Outline, section_outlines, solid_points
from iENEGraderLib.measure.size.tips import with_fitted_tips

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Points = NDArray[np.float64]
    Point = tuple[float, float, float]
    Ends = tuple[Point, Point]

NEIGHBOURS = np.ones((3, 3, 3), dtype=bool)


@dataclass(frozen=True)
class NodeSize:
    """Size of a node. All but ``components`` and ``span_mm`` describe its largest component, cavities filled.

    Attributes
    ----------
    greatest_dimension_mm : greatest distance between two points of the surface, in any direction (TNM).
    ends_ras_mm : its two ends.
    uncertainty_mm : 19 of 20 phantoms lay within this of the truth, see :func:`size_uncertainty_mm`.
    axial_long_mm : longest diameter within one axial section (RECIST 1.1), with its ends.
    axial_short_mm : longest diameter perpendicular to it in that section (RECIST 1.1), with its ends.
    axial_section : index of that section along ``section_axis``.
    section_axis : array axis (0 k, 1 j, 2 i) closest to the patient's long axis; axial sections are cut across it.
    sections : number of axial sections that the node is seen in.
    min_width_mm : least width between parallel planes; of a node seen in one section not more than its thickness.
    volume_mm3 : volume.
    components : number of separate parts of the mask; more than one needs a look (stray voxels, or several nodes).
    span_mm : greatest dimension across all components; equals ``greatest_dimension_mm`` when there is one component.
    touches_border : the mask reaches the edge of the image, so the node may be larger than what is seen.
    """

    greatest_dimension_mm: float
    ends_ras_mm: Ends
    uncertainty_mm: float
    axial_long_mm: float
    axial_long_ends_ras_mm: Ends
    axial_short_mm: float
    axial_short_ends_ras_mm: Ends
    axial_section: int
    section_axis: int
    sections: int
    min_width_mm: float
    volume_mm3: float
    components: int
    span_mm: float
    touches_border: bool


@dataclass(frozen=True, eq=False)
class _Crop:
    """A cropped mask and where it comes from; points are in array positions of the crop."""

    mask: Mask
    start_kji: Points
    geometry: ImageGeometry

    @property
    def spacing(self) -> Points:
        return np.array(self.geometry.spacing_kji_mm)

    def ends(self, chord_mm: Points) -> Ends:
        """Return the ends of a chord, given in mm along the array axes of the crop, in RAS mm."""
        first, second = self.geometry.ras_from_kji(chord_mm / self.spacing + self.start_kji).tolist()
        return (first[0], first[1], first[2]), (second[0], second[1], second[2])


def node_size(mask: NDArray[Any], geometry: ImageGeometry) -> NodeSize:
    """Measure a node.

    Parameters
    ----------
    mask : array [k, j, i], true inside the node.
    geometry : grid of the mask.

    Raises
    ------
    InputError
        when the mask is empty or does not fit the geometry.

    Notes
    -----
    Lengths are taken on the sub-voxel outlines of :mod:`iENEGraderLib.measure.size.outlines`; the ends of the greatest
    dimension are fitted where voxels are nearly cubes (:mod:`iENEGraderLib.measure.size.tips`). A node seen in a
    single section is measured within that section, because its extent across is unknown up to one section thickness.
    TNM asks for the greatest dimension, RECIST 1.1 for the short axis (doi:10.1016/j.ejca.2008.10.026).
    """
    if mask.shape != geometry.array_shape:
        raise InputError(f"the mask has shape {mask.shape}, its image grid {geometry.array_shape}: give them alike")
    mask = mask if mask.dtype == bool else mask != 0
    box = bounding_box(mask)
    if box is None:
        raise InputError("the node's mask is empty: draw the node first")
    whole = _Crop(mask[box], np.array([b.start for b in box], dtype=float), geometry)
    node, components = _largest_component(whole)
    axis = section_axis(geometry)
    across = int(np.argmax(node.spacing))
    outlines = section_outlines(node.mask, geometry.spacing_kji_mm, across)
    axial = outlines if axis == across else section_outlines(node.mask, geometry.spacing_kji_mm, axis)
    greatest, width = _solid(outlines, across, float(node.spacing[across]))
    if len(outlines) > 1:
        greatest = with_fitted_tips(greatest, node.mask, geometry.spacing_kji_mm)
    long, short, section = _axial_axes(axial, axis, float(node.spacing[axis]))
    span = greatest.length if components == 1 else max(greatest.length, _span(whole, across))
    return NodeSize(
        greatest_dimension_mm=greatest.length,
        ends_ras_mm=node.ends(greatest.ends),
        uncertainty_mm=size_uncertainty_mm(sorted(geometry.spacing_mm)[1], float(node.spacing[across]), len(outlines)),
        axial_long_mm=long.length,
        axial_long_ends_ras_mm=node.ends(long.ends),
        axial_short_mm=short.length,
        axial_short_ends_ras_mm=node.ends(short.ends),
        axial_section=section + int(node.start_kji[axis]),
        section_axis=axis,
        sections=len(axial),
        min_width_mm=width,
        volume_mm3=float(node.mask.sum()) * geometry.voxel_volume_mm3,
        components=components,
        span_mm=span,
        touches_border=any(b.start == 0 or b.stop == n for b, n in zip(box, mask.shape, strict=True)),
    )


def section_axis(geometry: ImageGeometry) -> int:
    """Return the array axis (0 k, 1 j, 2 i) that runs closest to the patient's long axis."""
    along_s = np.abs(np.asarray(geometry.direction_lps)[2])
    return 2 - int(np.argmax(along_s))


def size_uncertainty_mm(in_plane_mm: float, step_mm: float, sections: int) -> float:
    """Return how far a greatest dimension may be from the truth because of the voxels, for 19 of 20 nodes.

    Parameters
    ----------
    in_plane_mm : wider of the two voxel spacings within the sections.
    step_mm : distance between sections.
    sections : number of sections that show the node.

    Notes
    -----
    A rule of thumb of ours: three quarters of a voxel, and for sections thicker than that a quarter of the excess, or
    more when fewer than five sections show the node. It was set on smooth, box-like and lobulated bodies of 8 to 30 mm
    and is checked on others in the accuracy table of the documentation. It does not hold the error of the outline.
    """
    if sections == 1:
        return max(step_mm, in_plane_mm)
    return 0.75 * in_plane_mm + max(step_mm - in_plane_mm, 0.0) * max(1 / 4, 5 / (4 * sections))


def _largest_component(whole: _Crop) -> tuple[_Crop, int]:
    """Return the largest component with its cavities filled, and how many components there are."""
    labels, count = ndimage.label(whole.mask, NEIGHBOURS)
    part = whole.mask
    start = whole.start_kji
    if count > 1:
        largest = int(np.argmax(np.bincount(labels.ravel())[1:])) + 1
        box = ndimage.find_objects(labels)[largest - 1]
        part = labels[box] == largest
        start = start + [b.start for b in box]
    return _Crop(ndimage.binary_fill_holes(part), start, whole.geometry), count


def _solid(outlines: list[Outline], across: int, step_mm: float) -> tuple[Chord, float]:
    """Return the greatest dimension and the least width of the body that sections across one axis outline."""
    if len(outlines) == 1:
        corners = outlines[0].corners_mm
        chord = _lifted(longest_chord(corners), outlines[0].section * step_mm, across)
        return chord, min(step_mm, smallest_width(corners))
    points = hull_vertices(solid_points(outlines, step_mm))
    chord = longest_chord(points)
    ends = np.insert(chord.ends[:, 1:], across, chord.ends[:, 0], axis=1)
    return Chord(chord.length, ends), smallest_width(points)


def _span(whole: _Crop, across: int) -> float:
    """Return the greatest dimension across all components, between the sections that show them."""
    outlines = section_outlines(whole.mask, whole.geometry.spacing_kji_mm, across)
    step = float(whole.spacing[across])
    points = [np.column_stack([np.full(len(o.corners_mm), o.section * step), o.corners_mm]) for o in outlines]
    return longest_chord(hull_vertices(np.concatenate(points))).length


def _axial_axes(outlines: list[Outline], axis: int, step_mm: float) -> tuple[Chord, Chord, int]:
    """Return the long and the short axis in the section where the long axis is longest, and that section."""
    chords = [longest_chord(o.corners_mm) for o in outlines]
    best = int(np.argmax([c.length for c in chords]))
    long, outline = chords[best], outlines[best]
    short = longest_perpendicular_chord(outline.corners_mm, long.ends[1] - long.ends[0])
    depth = outline.section * step_mm
    return _lifted(long, depth, axis), _lifted(short, depth, axis), outline.section


def _lifted(chord: Chord, depth_mm: float, axis: int) -> Chord:
    """Put a chord of a section back into space."""
    return Chord(chord.length, np.insert(chord.ends, axis, depth_mm, axis=1))
