"""Run the demo on real images, as far as they are within reach; what is absent is skipped with a line that says so.

1. A real head CT (down to C1-C2) from Debian's package invesalius-examples, fetched by apt into out/cache. Its node
   segments are grown from the seed points below: soft tissue surrounded by fat, NOT known lymph nodes, let alone
   metastases. The package does not state left and right; they are taken by the convention of its program.
2. Real organ outlines of two patients (../shared/data/neck-organ-masks) with simulated HU, and with ellipsoids of known
   size as nodes.
"""

from __future__ import annotations

import gzip
import io
import plistlib
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.image import Image
from HeadNeckNodesLib.imaging.write import write_image
from hnn.cli.main import main as hnn
from iENEGraderLib.reading import NeckLevel, Node, Reading, Side, Site, TCategory, load_reading, save_reading
from scipy import ndimage

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "out" / "demo-real"
CACHE = ROOT / "out" / "cache"
MASKS = ROOT.parent / "shared" / "data" / "neck-organ-masks"
PACKAGE = "invesalius-examples"
PROJECT = "usr/share/doc/invesalius-examples/examples/Cranium.inv3"

SOFT_TISSUE_HU = (-10, 110)
ORGANS = {
    "Mandible": ("mandible", 700),
    "Parotid-Rt": ("parotid_gland_right", 0),
    "Parotid-Lt": ("parotid_gland_left", 0),
    "Submandibular-Rt": ("submandibular_gland_right", 45),
    "Submandibular-Lt": ("submandibular_gland_left", 45),
    "Spinal-Cord": ("spinal_cord", 35),
}
AIR_HU, FAT_HU, NODE_HU, NOISE_HU = -1000, -100, 60, 12
MARGIN_MM = 40.0
ELLIPSOIDS = {Side.RIGHT: (9.0, 8.0, 13.0), Side.LEFT: (6.0, 7.0, 8.0)}
BELOW_PAROTID_MM = (0.0, 0.0, -45.0)
BODY_SEMI_AXES_MM = (80.0, 95.0)


@dataclass(frozen=True)
class Seed:
    """A point of the head CT to grow a segment from, LPS mm from its first voxel, and how far it may grow."""

    side: Side
    place_mm: tuple[float, float, float]
    reach_mm: float


SEEDS = (
    Seed(Side.RIGHT, (79.4, 62.2, 1.5), 6.0),
    Seed(Side.LEFT, (157.9, 133.0, 7.5), 7.0),
)


def write_case(folder: Path, image: Image, labels: NDArray[np.uint8], names: list[str], reading: Reading) -> None:
    """Write the three files that the demo takes."""
    folder.mkdir(parents=True, exist_ok=True)
    write_image(image, folder / "ct.nrrd")
    volume = SimpleITK.GetImageFromArray(labels)
    volume.SetSpacing(image.geometry.spacing_mm)
    volume.SetOrigin(image.geometry.origin_lps_mm)
    for number, name in enumerate(names):
        facts = {"ID": name, "Name": name, "LabelValue": str(number + 1), "Layer": "0"}
        for key, value in facts.items():
            volume.SetMetaData(f"Segment{number}_{key}", value)
    SimpleITK.WriteImage(volume, str(folder / "segments.seg.nrrd"), useCompression=True)
    save_reading(reading, folder / "reading.json")


def run_demo(name: str, folder: Path, *, simulated: bool) -> bool:
    """Run `hnn demo` on written files and tell whether it ended well."""
    arguments = ["demo", "--out", str(OUT / name), "--image", str(folder / "ct.nrrd")]
    arguments += ["--segmentation", str(folder / "segments.seg.nrrd"), "--reading", str(folder / "reading.json")]
    return hnn([*arguments, "--simulated"] if simulated else arguments) == 0


def package_file() -> Path | None:
    """Return the Debian package in the cache, fetched when needed; None where apt cannot."""
    CACHE.mkdir(parents=True, exist_ok=True)
    found = sorted(CACHE.glob(f"{PACKAGE}_*.deb"))
    if not found and shutil.which("apt-get") and shutil.which("dpkg-deb"):
        subprocess.run(["apt-get", "download", PACKAGE], cwd=CACHE, capture_output=True, check=False)
        found = sorted(CACHE.glob(f"{PACKAGE}_*.deb"))
    return found[-1] if found else None


def head_ct(package: Path) -> Image:
    """Read the volume of the package: int16 HU with its true spacing, rows turned to run from front to back."""
    unpacked = CACHE / PACKAGE
    subprocess.run(["dpkg-deb", "-x", str(package), str(unpacked)], check=True)
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress((unpacked / PROJECT).read_bytes()))) as project:
        members = {Path(member.name).name: member for member in project.getmembers()}
        facts = plistlib.loads(project.extractfile(members["main.plist"]).read())
        data = project.extractfile(members["matrix.dat"]).read()
    voxels = np.frombuffer(data, "<i2").reshape(facts["matrix"]["shape"])[:, ::-1]
    size = (voxels.shape[2], voxels.shape[1], voxels.shape[0])
    return Image(np.ascontiguousarray(voxels), ImageGeometry(size, tuple(facts["spacing"])), facts["modality"])


def grown(image: Image, seed: Seed) -> NDArray[np.bool_]:
    """Soft tissue that is connected with the seed, within its reach."""
    spacing = np.array(image.geometry.spacing_kji_mm)
    centre = np.array(seed.place_mm[::-1]) / spacing
    axes = np.ogrid[tuple(slice(0, n) for n in image.voxels.shape)]
    squares = sum(((axis - c) * s) ** 2 for axis, c, s in zip(axes, centre, spacing, strict=True))
    low, high = SOFT_TISSUE_HU
    allowed = (squares <= seed.reach_mm**2) & (image.voxels >= low) & (image.voxels <= high)
    labels, _ = ndimage.label(ndimage.binary_opening(allowed) | (squares <= spacing.max() ** 2))
    return labels == labels[tuple(np.rint(centre).astype(int))]


def demo_on_head_ct() -> bool:
    """Run the demo on the real head CT; True also when it was skipped."""
    package = package_file()
    if package is None:
        print(f"skipped: the real head CT; Debian's package {PACKAGE} is not here and apt cannot fetch it")
        return True
    image = head_ct(package)
    labels = np.zeros(image.voxels.shape, np.uint8)
    nodes = []
    for value, seed in enumerate(SEEDS, start=1):
        labels[grown(image, seed) & (labels == 0)] = value
        nodes.append(Node(f"N{value}", seed.side, NeckLevel.OTHER, segment_id=f"node_{value}"))
    reading = Reading("real-head-ct", Site.ORAL_CAVITY, TCategory.T2, nodes=tuple(nodes))
    folder = CACHE / "head-ct"
    write_case(folder, image, labels, [f"node_{value}" for value in range(1, len(SEEDS) + 1)], reading)
    print("== real CT; segments grown from seeds, not known nodes")
    return run_demo("head-ct", folder, simulated=False)


def organ_labels(folder: Path) -> tuple[NDArray[np.uint8], list[str], ImageGeometry]:
    """Label map cropped around the organs, the names of those that the patient has, and the grid."""
    images = {organ: SimpleITK.ReadImage(str(folder / f"{organ}.nrrd")) for organ in ORGANS}
    masks = {organ: SimpleITK.GetArrayFromImage(image) > 0 for organ, image in images.items()}
    present = [organ for organ, mask in masks.items() if mask.any()]
    labels = np.zeros(masks["Mandible"].shape, np.uint8)
    for value, organ in enumerate(present, start=1):
        labels[masks[organ]] = value
    grid = images["Mandible"]
    margin = np.ceil(MARGIN_MM / np.array(grid.GetSpacing()[::-1])).astype(int)
    box = ndimage.find_objects((masks["Mandible"] | masks["Parotid-Rt"] | masks["Parotid-Lt"]).astype(np.uint8))[0]
    k, j, i = (
        slice(max(part.start - m, 0), min(part.stop + m, n))
        for part, m, n in zip(box, margin, labels.shape, strict=True)
    )
    cropped = grid[i, j, k]
    geometry = ImageGeometry(cropped.GetSize(), cropped.GetSpacing(), cropped.GetOrigin())
    return np.ascontiguousarray(labels[k, j, i]), present, geometry


def simulated_neck(folder: Path) -> tuple[Image, NDArray[np.uint8], list[str], list[float]]:
    """Image, labels, names of the organs and true sizes: organs in a body of fat, an ellipsoid below each parotid."""
    labels, organs, geometry = organ_labels(folder)
    places = geometry.ras_from_kji(np.moveaxis(np.indices(labels.shape), 0, -1))
    for number, (side, semi_axes) in enumerate(ELLIPSOIDS.items(), start=1):
        parotid = places[labels == organs.index(f"Parotid-{'Rt' if side is Side.RIGHT else 'Lt'}") + 1].mean(axis=0)
        inside = (((places - parotid - BELOW_PAROTID_MM) / semi_axes) ** 2).sum(axis=-1) < 1
        labels[inside] = len(organs) + number
    middle = places[labels > 0].mean(axis=0)
    body = (((places - middle)[..., :2] / BODY_SEMI_AXES_MM) ** 2).sum(axis=-1) < 1
    values = np.array([0, *(ORGANS[organ][1] for organ in organs), NODE_HU, NODE_HU])
    hu = np.where(labels > 0, values[labels], np.where(body, FAT_HU, AIR_HU))
    hu = np.rint(hu + np.random.default_rng(0).normal(0, NOISE_HU, hu.shape)).astype(np.int16)
    names = [ORGANS[organ][0] for organ in organs]
    return Image(hu, geometry, "CT"), labels, names, [2.0 * max(axes) for axes in ELLIPSOIDS.values()]


def demo_on_organ_masks() -> bool:
    """Run the demo on the organs of each patient; True also when there are none."""
    patients = sorted(path for path in MASKS.glob("*") if path.is_dir())
    if not patients:
        print("skipped: real organ outlines; the folder neck-organ-masks is not beside the project")
        return True
    done = [demo_on_patient(patient) for patient in patients]
    return all(done)


def demo_on_patient(patient: Path) -> bool:
    """Run the demo on real organs with simulated HU, and compare the measured sizes with the true ones."""
    image, labels, names, truth = simulated_neck(patient / "oncologist")
    nodes = tuple(
        Node(f"N{number}", side, NeckLevel.IIA, segment_id=f"node_{number}")
        for number, side in enumerate(ELLIPSOIDS, start=1)
    )
    names += [node.segment_id or "" for node in nodes]
    name = f"organs-{patient.name}"
    reading = Reading(name, Site.ORAL_CAVITY, TCategory.T2, nodes=nodes)
    write_case(CACHE / name, replace(image, source=name), labels, names, reading)
    print("== real organ outlines, simulated HU, ellipsoids as nodes")
    done = run_demo(name, CACHE / name, simulated=True)
    if done:
        for node, true_mm in zip(load_reading(OUT / name / "reading.json").nodes or (), truth, strict=True):
            print(f"   {node.id}: true {true_mm:.1f} mm, measured {node.greatest_dimension_mm:.1f} mm")
    return done


if __name__ == "__main__":
    sys.exit(0 if all([demo_on_head_ct(), demo_on_organ_masks()]) else 1)
