"""A small case for tests of the scene: a neck of a few balls on an oblique grid, with its reading."""

from __future__ import annotations

import numpy as np
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.image import Image
from HeadNeckNodesLib.imaging.segmentation import Segment
from iENEGraderLib.reading import (
    Certainty,
    Evidence,
    FindingKind,
    NeckLevel,
    Node,
    Place,
    Reading,
    Side,
    Site,
    TCategory,
)
from scipy import ndimage

COSINE, SINE = float(np.cos(0.2)), float(np.sin(0.2))
GRID = ImageGeometry(
    size_ijk=(60, 50, 40),
    spacing_mm=(1.0, 1.2, 1.5),
    origin_lps_mm=(-30.0, -28.0, -230.0),
    direction_lps=((COSINE, -SINE, 0.0), (SINE, COSINE, 0.0), (0.0, 0.0, 1.0)),
)
BALLS = (
    ("node_1", (20.0, 5.0, -200.0), 7.0),
    ("node_2", (-20.0, 0.0, -205.0), 5.0),
    ("common_carotid_artery_right", (5.0, 5.0, -200.0), 4.0),
    ("skin", (0.0, 20.0, -190.0), 4.0),
)
ENDS = {"N1": ((20.0, 5.0, -207.0), (20.0, 5.0, -193.0)), "N2": ((-25.0, 0.0, -205.0), (-15.0, 0.0, -205.0))}


def an_image() -> Image:
    """Return a CT: air, a body, bright balls."""
    rng = np.random.default_rng(5)
    voxels = rng.normal(40, 10, GRID.array_shape).astype(np.int16)
    voxels[:, :4] = -1000
    return Image(voxels, GRID, "CT", "ct.nrrd")


def some_segments() -> tuple[Segment, ...]:
    """Return two nodes, an artery and skin, all in one array."""
    places = GRID.ras_from_kji(np.moveaxis(np.indices(GRID.array_shape), 0, -1))
    labels = np.zeros(GRID.array_shape, np.uint8)
    for value, (_, centre, radius) in enumerate(BALLS, start=1):
        labels[np.linalg.norm(places - centre, axis=-1) < radius] = value
    boxes = ndimage.find_objects(labels)
    return tuple(
        Segment(f"Segment_{value}", name, labels, value, boxes[value - 1], (0, 0, 0), labels.shape)
        for value, (name, _, _) in enumerate(BALLS, start=1)
    )


def a_reading() -> Reading:
    """Return a reading of both nodes; the first has spikes with a place."""
    spike = Evidence("spike_length", "deep_neck_fat", 5.25, "mm", method="by hand", place=Place((26.0, 5.0, -199.0)))
    first = Node("N1", Side.RIGHT, NeckLevel.IIA, segment_id="Segment_1", evidence=(spike,))
    second = Node("N2", Side.LEFT, NeckLevel.III, segment_id="Segment_2")
    reading = Reading("Gr\u00fcn 1", Site.LARYNX, TCategory.T2, nodes=(first, second))
    return reading.with_node(first.with_finding(FindingKind.FAT_SPIKES, Certainty.UNEQUIVOCAL))
