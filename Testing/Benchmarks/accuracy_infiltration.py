"""Measure how growth of a node into a muscle is found on phantoms and write ``Docs/accuracy-infiltration.md``.

Run from the root of the project: ``python Testing/Benchmarks/accuracy_infiltration.py``
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "iENEGrader"))
sys.path.insert(0, str(ROOT / "iENEGrader" / "Testing" / "Python"))

from iENEGraderLib.measure.evidence_class import EvidenceClass  # noqa: E402
from iENEGraderLib.measure.infiltration import Infiltration, infiltration  # noqa: E402
from iENEGraderLib.measure.units import Unit  # noqa: E402
from iENEGraderLib.sample import Severity, digital_neck, sample_image, sample_segmentation  # noqa: E402
from infiltration_phantoms import Scan, drawn, iodine_scan, random_scene  # noqa: E402

SEED = 2203
ALONG, ACROSS = (0.0, 45.0), (60.0, 90.0)
DEPTHS_MM = (0.0, 1.0, 2.0, 3.0, 5.0)
RUNS = 6
RUNS_WITHOUT_GROWTH = 10
MOST_TURN_RAD = 0.25
NECK_SEEDS = (0, 1, 2)
CLASSES = (EvidenceClass.MET, EvidenceClass.INDETERMINATE, EvidenceClass.NOT_MET, EvidenceClass.NOT_ASSESSABLE)


@dataclass(frozen=True)
class Grid:
    """A voxel [k, j, i] in mm with blur and noise that go with it."""

    spacing_kji: tuple[float, float, float]
    blur_fwhm_mm: float
    iodine_noise: float
    hu_noise: float

    def scan(self, unit: Unit, rng: np.random.Generator) -> Scan:
        """Return the values of a scan in that unit; on CT node and muscle differ from patient to patient."""
        if unit is Unit.IODINE:
            return iodine_scan(self.spacing_kji, self.blur_fwhm_mm, self.iodine_noise)
        node, muscle = float(rng.uniform(90, 110)), float(rng.uniform(60, 65))
        return Scan(self.spacing_kji, self.blur_fwhm_mm, self.hu_noise, node, muscle, -100.0)


GRIDS = (
    Grid((0.4, 0.4, 0.4), 0.6, 0.55, 14.0),
    Grid((1.0, 0.5, 0.5), 0.8, 0.45, 12.0),
    Grid((1.0, 1.0, 1.0), 1.2, 0.30, 9.0),
    Grid((3.0, 0.5, 0.5), 0.8, 0.25, 8.0),
)


@cache
def findings(grid: Grid, unit: Unit, depth_mm: float, tilt_deg: tuple[float, float]) -> tuple[Infiltration, ...]:
    """Return what is found on random phantoms of one kind, on grids that lie obliquely in the patient."""
    rng = np.random.default_rng([SEED, GRIDS.index(grid), unit is Unit.HU, int(depth_mm), int(tilt_deg[0])])
    found = []
    for _ in range(RUNS if depth_mm else RUNS_WITHOUT_GROWTH):
        scan = grid.scan(unit, rng)
        turn = Rotation.from_rotvec(rng.uniform(-MOST_TURN_RAD, MOST_TURN_RAD, 3))
        phantom = drawn(random_scene(depth_mm, scan, rng, tilt_deg), scan, rng, turn)
        found.append(infiltration(phantom.image, phantom.muscle, phantom.node, unit=unit))
    return tuple(found)


def name_of(grid: Grid) -> str:
    """Return a grid as text, sections last."""
    k, j, i = grid.spacing_kji
    return f"{i:g} x {j:g} x {k:g}"


def rows(unit: Unit, tilt_deg: tuple[float, float], depths_mm: tuple[float, ...]) -> list[str]:
    """Return table rows: how many phantoms got which class, and the error of the depth where growth was found."""
    lines = []
    for grid in GRIDS:
        for depth in depths_mm:
            found = findings(grid, unit, depth, tilt_deg)
            counts = [sum(each.evidence_class is wanted for each in found) for wanted in CLASSES]
            errors = [each.depth_mm - depth for each in found if each.evidence_class is EvidenceClass.MET]
            error = f"{np.mean(errors):+.1f} ({np.abs(errors).max():.1f})" if errors else "-"
            cells = " | ".join(str(n) for n in counts)
            lines.append(f"| {name_of(grid)} | {unit.shown} | {depth:g} | {len(found)} | {cells} | {error} |")
            print(lines[-1], flush=True)
    return lines


def share_met(depth_mm: float, tilt_deg: tuple[float, float] = ALONG) -> tuple[int, int]:
    """Return how many phantoms of a depth were called met, and how many there are."""
    found = [f for grid in GRIDS for unit in Unit for f in findings(grid, unit, depth_mm, tilt_deg)]
    return sum(each.evidence_class is EvidenceClass.MET for each in found), len(found)


def goals() -> list[str]:
    """Return the goals as rows with yes or no."""
    lines = ["| goal | reached | measured |", "|---|---|---|"]
    false, all_false = share_met(0.0)
    lines.append(f"| no growth where there is none | {yes(false == 0)} | {false} of {all_false} met |")
    for depth in DEPTHS_MM[2:]:
        met, count = share_met(depth)
        lines.append(f"| growth of {depth:g} mm met on every grid | {yes(met == count)} | {met} of {count} met |")
    return lines


def yes(is_reached: bool) -> str:
    """Return a word for the table."""
    return "yes" if is_reached else "no"


def neck_rows() -> list[str]:
    """Return what is found in the sample neck, whose labels give the invaded part of the muscle to the node."""
    lines = []
    for seed in NECK_SEEDS:
        neck = digital_neck(seed, Severity.GRADE_3)
        truth = neck.truth.node("node_5").invasion
        if truth is None:
            raise LookupError("node_5 of the sample neck invades nothing")
        image, segmentation = sample_image(neck), sample_segmentation(neck)
        muscles = [
            s for s in segmentation.segments if s.name.startswith(("sterno", "anterior_sc", "middle_sc", "platy"))
        ]
        pairs = [(m, node, infiltration(image, m, node)) for m in muscles for node in segmentation.nodes]
        own = next(f for m, node, f in pairs if (m.name, node.name) == (truth.muscle, "node_5"))
        suspected = (EvidenceClass.MET, EvidenceClass.INDETERMINATE)
        others = sum(f.evidence_class in suspected for _, _, f in pairs) - (own.evidence_class in suspected)
        contour = own.contour
        if contour is None or contour.missing_mm3 is None:
            raise LookupError("the invaded muscle of the sample neck has no contour")
        lines.append(
            f"| {seed} | {own.evidence_class} | {contour.inside_mm3:.0f} | {contour.missing_mm3:.0f} | "
            f"{contour.depth_mm:.1f} ({truth.depth_mm:.1f}) | {contour.run.length_mm:.0f} ({truth.height_mm:.0f}) | "
            f"{own.fat_plane.evidence_class if own.fat_plane else '-'} | {others} of {len(pairs) - 1} |"
        )
        print(lines[-1], flush=True)
    return lines


HEAD = (
    (
        "| voxel, mm | unit | depth, mm | phantoms | met | indeterminate | not met | not assessable | "
        "depth error (worst) |"
    ),
    "|---|---|---|---|---|---|---|---|---|",
)
NECK_HEAD = (
    (
        "| seed | class | node inside contour, mm3 | muscle missing, mm3 | depth (truth), mm | length (truth), mm | "
        "fat plane lost | other pairs suspected |"
    ),
    "|---|---|---|---|---|---|---|---|",
)


def page() -> list[str]:
    """Return the lines of the page."""
    along = [row for unit in (Unit.IODINE, Unit.HU) for row in rows(unit, ALONG, DEPTHS_MM)]
    across = rows(Unit.HU, ACROSS, (0.0, 2.0, 3.0, 5.0))
    return [
        "# How growth of a node into a muscle is found",
        "",
        "Generated by `python Testing/Benchmarks/accuracy_infiltration.py`; do not edit by hand.",
        "",
        (
            "A node of 20 mm lies against a muscle of 14 mm; a plume of known depth, 8 mm wide at its base, grows from "
            "it into the muscle, whose label keeps its boundary. Random place, direction and values (iodine: node 2.2, "
            "muscle 0.8 mg/mL; CT: node 90 to 110, muscle 60 to 65 HU), blur of 0.6 to 1.2 mm, white noise of 0.25 to "
            "0.55 mg/mL or 8 to 14 HU, grids that lie obliquely in the patient. Depth errors in mm."
        ),
        "",
        *goals(),
        "",
        "## The face of the muscle runs along the patient (within 45 degrees)",
        "",
        *HEAD,
        *along,
        "",
        "## The node lies above or below the muscle (60 to 90 degrees)",
        "",
        (
            "A plume of 2 mm is then seen in one or two sections only and is at most indeterminate on thick ones: two "
            "contiguous sections and 2 mm across them are asked for."
        ),
        "",
        *HEAD,
        *across,
        "",
        "## The sample neck",
        "",
        (
            "Here the label of the node holds the part of the muscle that it invaded, so that nothing is left in the "
            "muscle to be seen. The closed contour of the muscle (ball of 10 mm) tells that something is missing: "
            "never more than indeterminate. Its depth and volume are the least, because a wide hollow is not filled "
            "to its rim; the missing volume is nearer the truth."
        ),
        "",
        *NECK_HEAD,
        *neck_rows(),
        "",
        (
            "What this does not tell: how a muscle with uneven enhancement, beam hardening or a careless outline "
            "behaves, and how readers would have judged. Growth of 1 mm is within the blur and mostly not seen; each "
            "result states the depth below which growth would not show. Bodies are computed, not patients. Research "
            "and teaching use, not a medical device."
        ),
    ]


def main() -> None:
    """Write the page."""
    target = ROOT / "Docs" / "accuracy-infiltration.md"
    target.write_text("\n".join(page()) + "\n", encoding="utf-8")
    print(f"written: {target.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
