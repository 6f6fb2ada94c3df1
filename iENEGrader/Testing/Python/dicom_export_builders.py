"""A small case for tests of DICOM export: a grid in any pose, nodes and a vessel, a full reading, and the checkers."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.image import Image
from HeadNeckNodesLib.imaging.segmentation import Segment, Segmentation
from iENEGraderLib.export.dicom.made_series import made_source_series
from iENEGraderLib.reading import (
    Certainty,
    Evidence,
    EvidenceClass,
    Finding,
    FindingKind,
    Mark,
    MarkerStatus,
    MarkKind,
    MCategory,
    NeckLevel,
    Node,
    Place,
    Reading,
    Side,
    Site,
    TCategory,
    YesNo,
)
from scipy import ndimage
from scipy.spatial.transform import Rotation

if TYPE_CHECKING:
    from iENEGraderLib.export.dicom.source_series import SourceSeries

SOFTWARE = "HeadNeckNodes test"
SHAPE_IJK = (14, 12, 7)
ORIGIN_LPS_MM = (-11.3, 4.25, 100.0)
VESSEL = "internal_carotid_artery_right"


def a_grid(axes: np.ndarray | None = None, spacing_mm: tuple[float, float, float] = (0.7, 0.6, 2.5)) -> ImageGeometry:
    """Return a grid of unlike size and spacing along each axis; `axes` has the directions of i, j, k as columns."""
    rows = np.eye(3) if axes is None else axes
    x, y, z = (tuple(row) for row in np.asarray(rows, dtype=float).tolist())
    return ImageGeometry(SHAPE_IJK, spacing_mm, ORIGIN_LPS_MM, (x, y, z))


GRIDS = {
    "axial": a_grid(),
    "oblique": a_grid(Rotation.from_euler("zyx", [20, -15, 35], degrees=True).as_matrix()),
    "coronal": a_grid(np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]])),
    "downwards": a_grid(np.diag([1, 1, -1])),
}


def an_image(grid: ImageGeometry) -> Image:
    """Return a CT whose voxels all differ."""
    voxels = np.arange(np.prod(grid.array_shape), dtype=np.int16).reshape(grid.array_shape) - 500
    return Image(voxels, grid, "CT", "phantom")


def masks_of(grid: ImageGeometry) -> dict[str, np.ndarray]:
    """Return masks [k, j, i] without any symmetry, by the name of the segment."""
    masks = {name: np.zeros(grid.array_shape, dtype=bool) for name in ("node_1", "node_2", VESSEL)}
    masks["node_1"][1:3, 2:6, 3:9] = True
    masks["node_1"][2, 6, 3] = True
    masks["node_2"][4:6, 7:9, 1:4] = True
    masks[VESSEL][:, 8:10, 9:12] = True
    masks[VESSEL][0, 8, 9] = False
    return masks


def a_segment(name: str, mask: np.ndarray) -> Segment:
    """Return a mask as a segment."""
    (box,) = ndimage.find_objects(mask.astype(np.uint8))
    return Segment(name, name, mask.astype(np.uint8), 1, box, (0, 0, 0), mask.shape)


def a_segmentation(grid: ImageGeometry, **further: np.ndarray) -> Segmentation:
    """Return the segments of the case."""
    masks = masks_of(grid) | further
    return Segmentation(grid, tuple(a_segment(name, mask) for name, mask in masks.items()), "phantom")


def a_made_source(folder: Path, grid: ImageGeometry = GRIDS["axial"], case_id: str = "case 7") -> SourceSeries:
    """Write the image as a new series into a new folder."""
    folder.mkdir()
    return made_source_series(an_image(grid), case_id, folder, SOFTWARE)


def a_full_reading(**changes: object) -> Reading:
    """Return a reading that uses every kind of field; `changes` replace fields of the first node."""
    place = Place(GRIDS["axial"].place_ras_mm((2, 4, 6)))
    evidence = (
        Evidence("coalescence", "N2", method="all three\nlook alike ", evidence_class=EvidenceClass.INDETERMINATE),
        Evidence("greatest_dimension", None, 23.4, "mm", 0.8, "Feret", place),
        Evidence("contact_angle", VESSEL, 212.3, "deg", 12.0, "arc", place, EvidenceClass.INDETERMINATE),
        Evidence("proposed_level", "neck_level_IIA"),
        Evidence("attenuation_55_kev", None, 123.456789, "[hnsf'U]"),
        Evidence("spike_length", None, 4.5, "mm", 0.5, evidence_class=EvidenceClass.MET),
        Evidence("iodine_concentration", None, 2.125, "mg/mL", 0.2),
        Evidence("speed", None, 2.0, "furlong/fortnight"),
    )
    marks = (
        Mark(
            "m1", MarkKind.CONTACT_ANGLE, ((1.1, 2.2, 105.0), (3.3, 4.4, 105.0), (1 / 3, 2 / 3, 105.0)),
            FindingKind.ARTERY_ENCASEMENT, VESSEL, "N2", (0.0, 0.0, 1.0), 3, "MR T2", "over two sections",
        ),
        Mark("m2", MarkKind.PLACE, ((1.0, -2.0, 103.0),)),
        Mark("m3", MarkKind.LONG_AXIS, ((1.0, 2.0, 103.0), (1.0, 12.0, 103.0))),
    )  # fmt: skip
    values = {
        "count": 2, "greatest_dimension_mm": 23.4, "extends_below_cricoid": True, "segment_id": "node_1",
        "findings": (
            Finding(FindingKind.SMOOTH_MARGIN, Certainty.ABSENT),
            Finding(FindingKind.FAT_SPIKES, Certainty.UNEQUIVOCAL),
            Finding(FindingKind.MUSCLE_INVASION, Certainty.EQUIVOCAL),
        ),
        "evidence": evidence, "marks": marks,
    } | changes  # fmt: skip
    return Reading(
        case_id="case 7",
        site=Site.OROPHARYNX,
        t_category=TCategory.T2,
        m_category=MCategory.M0,
        nodes=(
            Node("N1", Side.RIGHT, NeckLevel.IIA, **values),  # type: ignore[arg-type]
            Node("N2", Side.LEFT, NeckLevel.RETROPHARYNGEAL, greatest_dimension_mm=12.0),
        ),
        reader="R 1",
        read_at="2026-01-01T00:00:00Z",
        p16=MarkerStatus.POSITIVE,
        primary_side=Side.RIGHT,
        clinical_ene=False,
        recent_biopsy=YesNo.NO,
    )


def tool(name: str) -> str:
    """Find a program of another maker; the test is skipped when it is not there."""
    beside = Path(sysconfig.get_path("scripts")) / name
    found = shutil.which(name) or (str(beside) if beside.exists() else None)
    if found is None:
        pytest.skip(f"needs the program {name}: dicom3tools and dcmtk of the system, dcmqi of PyPI")
    return found


def output_of(name: str, *arguments: object) -> str:
    """Run a program and return all that it says; it must end well."""
    done = subprocess.run(
        [tool(name), *map(str, arguments)], capture_output=True, text=True, errors="replace", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def complaints(name: str, *arguments: object) -> list[str]:
    """Run a checker and return the lines that report an error."""
    done = subprocess.run(
        [tool(name), *map(str, arguments)], capture_output=True, text=True, errors="replace", check=False
    )
    lines = (done.stdout + done.stderr).splitlines()
    return [line for line in lines if line.startswith(("Error", "E:", "F:"))] or ([] if not done.returncode else lines)
