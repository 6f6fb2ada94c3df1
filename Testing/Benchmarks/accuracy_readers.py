"""Compare what is measured on the outlines of two readers of the same organs and write ``Docs/accuracy-readers.md``.

Run from the root of the project: ``python Testing/Benchmarks/accuracy_readers.py``. It needs the folder of organ masks
beside the project and is skipped without it; no mask is copied.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "iENEGrader"))

from HeadNeckNodesLib.imaging.read import read_image  # noqa: E402
from iENEGraderLib.measure.contact import ContactProfile, contact_on_grid  # noqa: E402
from iENEGraderLib.measure.size.node_size import NodeSize, node_size  # noqa: E402

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry

MASKS = ROOT.parent / "shared" / "data" / "neck-organ-masks"
PAGE = ROOT / "Docs" / "accuracy-readers.md"
READERS = ("oncologist", "radiographer")
GLANDS = ("Parotid-Lt", "Parotid-Rt", "Submandibular-Lt", "Submandibular-Rt")
ORGANS = (
    *GLANDS,
    *("Orbit-Lt", "Orbit-Rt", "Lacrimal-Lt", "Lacrimal-Rt", "Optic-Nerve-Lt", "Optic-Nerve-Rt"),
    *("Brainstem", "Spinal-Cord", "Mandible"),
)
MIDDLE = "Spinal-Cord"
TOUCHING = (("Optic-Nerve-Lt", "Orbit-Lt"), ("Optic-Nerve-Rt", "Orbit-Rt"), ("Spinal-Cord", "Brainstem"))
TUBE_RADIUS_MM = 3.5
TUBE_LENGTH_MM = 30.0
DEPTHS_MM = (0.0, 1.5, 3.0)
STEP_MM = 0.25


@dataclass(frozen=True, eq=False)
class Organ:
    """One organ as both readers outlined it."""

    patient: str
    name: str
    masks: tuple[np.ndarray, np.ndarray]
    geometry: ImageGeometry

    @property
    def dice(self) -> float:
        """Overlap of the two outlines."""
        first, second = self.masks
        return float(2 * (first & second).sum() / (first.sum() + second.sum()))


@dataclass(frozen=True)
class Pair:
    """One measurement by both readers; None where it was not assessable."""

    patient: str
    name: str
    arcs_deg: tuple[float | None, float | None]
    bands_deg: tuple[float | None, float | None]
    classes: tuple[str, str]

    @property
    def difference_deg(self) -> float | None:
        """First reader minus second."""
        first, second = self.arcs_deg
        return None if first is None or second is None else first - second


def organ(patient: Path, name: str) -> Organ:
    """Read both outlines of an organ."""
    images = [read_image(patient / reader / f"{name}.nrrd") for reader in READERS]
    first, second = (image.voxels > 0 for image in images)
    return Organ(patient.name, name, (first, second), images[0].geometry)


def size_row(organ: Organ, sizes: tuple[NodeSize, NodeSize]) -> str:
    """Return a row of the first table."""
    first, second = sizes
    volumes = [s.volume_mm3 / 1000 for s in sizes]
    change = 200 * (volumes[0] - volumes[1]) / sum(volumes)
    return (
        f"| {organ.patient} | {organ.name} | {organ.dice:.2f} | "
        f"{first.greatest_dimension_mm:.1f} / {second.greatest_dimension_mm:.1f} | "
        f"{first.greatest_dimension_mm - second.greatest_dimension_mm:+.1f} | {first.uncertainty_mm:.1f} | "
        f"{first.axial_short_mm:.1f} / {second.axial_short_mm:.1f} | "
        f"{first.axial_short_mm - second.axial_short_mm:+.1f} | "
        f"{volumes[0]:.2f} / {volumes[1]:.2f} | {change:+.0f} % |"
    )


def drawn_tube(gland: Organ, middle_kji: np.ndarray, depth_mm: float) -> np.ndarray:
    """Return a straight tube along k that indents the deep side of a gland, in between both outlines, by a depth."""
    spacing = np.array(gland.geometry.spacing_kji_mm)
    centre = np.argwhere(gland.masks[0] | gland.masks[1]).mean(axis=0)
    inward = (middle_kji - centre) * spacing
    inward[0] = 0.0
    inward /= np.linalg.norm(inward)
    along = np.arange(0.0, 40.0, STEP_MM)
    places = centre + along[:, None] * inward / spacing
    fields = [ndimage.gaussian_filter(mask.astype(np.float32), 0.5) for mask in gland.masks]
    inside = [ndimage.map_coordinates(field, places.T, order=1) >= 0.5 for field in fields]
    wall = np.mean([along[np.flatnonzero(values)[-1]] for values in inside])
    axis = centre + (wall + TUBE_RADIUS_MM - depth_mm) * inward / spacing
    k, j, i = (
        np.arange(n).reshape([-1 if a == b else 1 for b in range(3)]) for a, n in enumerate(gland.masks[0].shape)
    )
    across = np.hypot((j - axis[1]) * spacing[1], (i - axis[2]) * spacing[2])
    tube: np.ndarray = (across <= TUBE_RADIUS_MM) & (np.abs(k - axis[0]) * spacing[0] <= TUBE_LENGTH_MM / 2)
    return tube


def compared(patient: str, name: str, profiles: list[ContactProfile]) -> Pair:
    """Put the contact by both readers side by side."""
    first, second = profiles
    arcs = (first.max_arc_deg, second.max_arc_deg)
    bands = (first.band_deg, second.band_deg)
    return Pair(patient, name, arcs, bands, (first.contact_class.value, second.contact_class.value))


def tube_pairs(gland: Organ, middle_kji: np.ndarray) -> list[Pair]:
    """Measure one drawn tube against both outlines of a gland, at each depth."""
    found = []
    for depth in DEPTHS_MM:
        tube = drawn_tube(gland, middle_kji, depth)
        profiles = [contact_on_grid(tube, mask, gland.geometry) for mask in gland.masks]
        found.append(compared(gland.patient, f"{gland.name}, {depth:g} mm deep", profiles))
    return found


def touching_pair(tube: Organ, body: Organ) -> Pair:
    """Measure the contact of two organs, each reader by their own outlines."""
    profiles = [
        contact_on_grid(vessel, other, tube.geometry) for vessel, other in zip(tube.masks, body.masks, strict=True)
    ]
    return compared(tube.patient, f"{tube.name} to {body.name}", profiles)


def pair_row(pair: Pair) -> str:
    """Return a row of the second or third table."""
    arcs = " / ".join("-" if a is None else f"{a:.0f}" for a in pair.arcs_deg)
    bands = " / ".join("-" if b is None else f"{b:.0f}" for b in pair.bands_deg)
    difference = "-" if pair.difference_deg is None else f"{pair.difference_deg:+.0f}"
    classes = pair.classes[0] if pair.classes[0] == pair.classes[1] else " / ".join(pair.classes)
    return f"| {pair.patient} | {pair.name} | {arcs} | {difference} | {bands} | {classes} |"


def summary(sizes: list[tuple[Organ, tuple[NodeSize, NodeSize]]], pairs: list[Pair]) -> str:
    """Say it in one paragraph."""
    apart = np.abs([a.greatest_dimension_mm - b.greatest_dimension_mm for _, (a, b) in sizes])
    stated = np.array([max(a.uncertainty_mm, b.uncertainty_mm) for _, (a, b) in sizes])
    volumes = np.array([[s.volume_mm3 for s in both] for _, both in sizes])
    changes = 100 * np.abs(volumes[:, 0] - volumes[:, 1]) / volumes.mean(axis=1)
    arcs = np.abs([p.difference_deg for p in pairs if p.difference_deg is not None])
    moved = sum(p.classes[0] != p.classes[1] for p in pairs)
    return (
        f"**Greatest dimension**: readers differ by {np.median(apart):.1f} mm in the median, at most "
        f"{apart.max():.1f} mm; in {np.sum(apart > stated)} of {len(apart)} organs by more than the uncertainty "
        f"stated for the voxels. **Volume**: {np.median(changes):.0f} % in the median, at most {changes.max():.0f} %. "
        f"**Contact angle of a drawn tube**: {arcs.mean():.0f} degrees on average, at most {arcs.max():.0f}; the class "
        f"changed in {moved} of {len(pairs)}."
    )


INTRODUCTION = (
    "Real outlines of the same organs by two readers (named oncologist and radiographer by the data set: TCIA test and "
    "validation radiotherapy CT planning scan dataset, Nikolov et al. 2018, arXiv:1809.04430), two patients, voxels of "
    "about 1 x 1 x 2.5 mm. There are no lymph nodes and no vessels in it, so organs stand in for them. No truth is "
    "known: the tables tell how far measurements move when another person draws, and that is not the error of the "
    "method."
)
TUBE_TEXT = (
    f"The glands stand in for nodes. The vessel is *drawn*: a straight tube of {2 * TUBE_RADIUS_MM:g} mm on the deep "
    "side of the gland, whose wall lies 0, 1.5 or 3 mm inside the middle between both outlines; it is the same for "
    "both readers. What is left is the change of the angle when only the outline of the node is drawn by someone else. "
    "Angles and bands in degrees, tolerance by default (half a voxel)."
)
TOUCHING_TEXT = (
    "The only tubes of the data set that touch a body: optic nerve and eyeball, spinal cord and brainstem. Both meet "
    "end to end and the nerve is hardly wider than two voxels, so these rows show what is said of unsuitable pairs "
    "rather than an angle that means something."
)
LIMITS = (
    "Two patients and organs in place of nodes: an impression, not a study. Organs that one reader left empty are not "
    "listed; one mandible is the same in both sets. The length of the cord hangs on where a reader stops. Research and "
    "teaching use, not a medical device."
)


def main() -> None:
    """Write the page and print it."""
    if not MASKS.is_dir():
        print(f"accuracy_readers: found no folder {MASKS.name} beside the project; skipped")
        return
    sizes, tubes, touching = [], [], []
    for patient in sorted(p for p in MASKS.iterdir() if p.is_dir()):
        read = [organ(patient, name) for name in ORGANS]
        organs = {o.name: o for o in read if all(mask.any() for mask in o.masks)}
        sizes += [(o, (node_size(o.masks[0], o.geometry), node_size(o.masks[1], o.geometry))) for o in organs.values()]
        middle = np.argwhere(organs[MIDDLE].masks[0]).mean(axis=0)
        for name in sorted(organs.keys() & set(GLANDS)):
            tubes += tube_pairs(organs[name], middle)
        touching += [
            touching_pair(organs[tube], organs[body]) for tube, body in TOUCHING if {tube, body} <= organs.keys()
        ]
    header = "| patient | pair | angle | difference | band | class |"
    page = [
        "# How measurements change between two readers",
        "",
        "Generated by `python Testing/Benchmarks/accuracy_readers.py`; do not edit by hand.",
        "",
        INTRODUCTION,
        "",
        summary(sizes, tubes),
        "",
        "## Size",
        "",
        "Oncologist / radiographer; *stated*: uncertainty of the greatest dimension because of the voxels, mm.",
        "",
        "| patient | organ | Dice | greatest dimension, mm | change | stated | short axis, mm | change | ml | change |",
        "|---|---|---|---|---|---|---|---|---|---|",
        *(size_row(o, both) for o, both in sizes),
        "",
        "## Contact of a drawn tube with real outlines",
        "",
        TUBE_TEXT,
        "",
        header,
        "|---|---|---|---|---|---|",
        *(pair_row(pair) for pair in tubes),
        "",
        "## Contact of real tubes",
        "",
        TOUCHING_TEXT,
        "",
        header,
        "|---|---|---|---|---|---|",
        *(pair_row(pair) for pair in touching),
        "",
        LIMITS,
    ]
    print("\n".join(page))
    PAGE.write_text("\n".join(page) + "\n", encoding="utf-8")
    print(f"written: {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
