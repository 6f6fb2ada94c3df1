"""Measure how often the state of a vein is told, on phantoms of known state, and write ``Docs/accuracy-veins.md``.

Run from the root of the project: ``python Testing/Benchmarks/accuracy_veins.py``
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "iENEGrader"), str(ROOT / "iENEGrader" / "Testing" / "Python")]

from iENEGraderLib.measure.evidence_class import EvidenceClass  # noqa: E402
from iENEGraderLib.measure.units import Unit  # noqa: E402
from iENEGraderLib.measure.veins import VeinStatus, vein_status  # noqa: E402
from vein_phantoms import VeinPlan, draw_vein, oblique_axes, random_plan  # noqa: E402

SEED = 20_262
EACH = 6
SECTIONS_MM = (0.5, 1.0, 3.0)
KINDS = ("patent", "compressed", "obliterated", "filling defect")
SHORT_HALF_MM = 1.5


@dataclass(frozen=True, eq=False)
class Trial:
    """A phantom and what was measured on it."""

    plan: VeinPlan
    found: VeinStatus

    @property
    def is_right(self) -> bool:
        """Tell whether the state is that of the phantom, and the evidence that of its state."""
        signs = {"obliterated": self.found.obliteration, "filling defect": self.found.filling_defect}
        met = {kind for kind, found in signs.items() if found is EvidenceClass.MET}
        return self.found.status == self.plan.kind.replace(" ", "_") and met == {self.plan.kind} & signs.keys()


def trial(plan: VeinPlan, section_mm: float, rng: np.random.Generator, is_oblique: bool, unit: str) -> Trial:
    """Draw and measure one phantom."""
    phantom = draw_vein(plan, section_mm, rng, oblique_axes(rng) if is_oblique else None, unit)
    found = vein_status(
        phantom.image, phantom.vein, {"N1": phantom.node}, phantom.other, unit=unit, muscle=phantom.muscle
    )
    return Trial(plan, found)


def trials(kind: str, section_mm: float, rng: np.random.Generator) -> list[Trial]:
    """Measure random phantoms of one kind: every other one in HU, two of three on oblique grids."""
    units = (Unit.IODINE, Unit.HU)
    return [trial(random_plan(kind, rng), section_mm, rng, n % 3 > 0, units[n % 2]) for n in range(EACH)]


def state_row(kind: str, section_mm: float, found: list[Trial]) -> str:
    """Return a row of the first table."""
    right = sum(t.is_right for t in found)
    reached = "yes" if right == len(found) else "**no**"
    return f"| {kind} | {section_mm:g} x 0.5 | {right}/{len(found)} | {reached} | {measured_text(kind, found)} |"


def measured_text(kind: str, found: list[Trial]) -> str:
    """Say how the number that belongs to a kind compares with the truth."""
    if kind in ("patent", "compressed"):
        truths = [1.0 if kind == "patent" else 1 - t.plan.depth for t in found]
        errors = [t.found.least_area_share - truth for t, truth in zip(found, truths, strict=True)]
        return f"least area {np.mean(errors):+.2f} ({max(errors, key=abs):+.2f}) of the reference"
    lengths = [t.found.gap_mm if kind == "obliterated" else t.found.defect_length_mm for t in found]
    errors = [length - 2 * t.plan.half_length_mm for length, t in zip(lengths, found, strict=True)]
    return f"length {np.mean(errors):+.1f} ({max(errors, key=abs):+.1f}) mm"


def short_row(section_mm: float, rng: np.random.Generator) -> str:
    """Return a row of the second table: gaps of 3 mm."""
    plans = [replace(random_plan("obliterated", rng), half_length_mm=SHORT_HALF_MM) for _ in range(2 * EACH)]
    found = [trial(plan, section_mm, rng, n % 3 > 0, Unit.IODINE).found for n, plan in enumerate(plans)]
    counts = [sum(s.obliteration is c for s in found) for c in list(EvidenceClass)[:3]]
    states = sorted({s.status.value for s in found})
    return f"| {section_mm:g} x 0.5 | {' | '.join(str(n) for n in counts)} | {', '.join(states)} |"


def hard_rows(rng: np.random.Generator) -> list[str]:
    """Return the rows of the third table: what must not be taken for a sign."""
    plans = (
        ("gap without a node near", {"kind": "obliterated", "is_node_near": False}),
        ("lumen ends in the tumour", {"kind": "obliterated", "ends_in_tumour": True}),
        ("arterial phase, both veins hardly opacified", {"kind": "patent", "blood": 1.3, "other_iodine": 1.3}),
        ("defect, other vein not opacified either", {"kind": "filling defect", "other_iodine": 1.3}),
        ("defect that does not enhance (bland thrombus)", {"kind": "filling defect", "defect_iodine": 0.1}),
        ("defect that enhances 0.8 of the node", {"kind": "filling defect", "defect_iodine": 1.6}),
    )
    rows = []
    for name, values in plans:
        made = [replace(random_plan("patent", rng), **values) for _ in range(EACH)]
        found = [trial(p, SECTIONS_MM[n % 3], rng, n % 2 > 0, Unit.IODINE).found for n, p in enumerate(made)]
        classes = [counted([getattr(s, sign) for s in found]) for sign in ("obliteration", "filling_defect")]
        rows.append(f"| {name} | {' | '.join(classes)} | {counted([s.tumour_thrombus for s in found])} |")
    return rows


def counted(classes: list[EvidenceClass]) -> str:
    """Write how often each class came up."""
    return ", ".join(f"{c.value} {classes.count(c)}" for c in EvidenceClass if c in classes)


INTRODUCTION = (
    "Veins of 54 mm with half axes of 4.5 to 7 by 3 to 4.7 mm, tilted by 0 to 25 degrees against the section axis, "
    "two of three on oblique grids, every other one in HU (the rest in mg/mL of iodine), with the blur and noise of a "
    "scanner, a node beside them, and the other vein. Gaps and defects are 9 to 16 mm long. Constants were chosen on "
    "other phantoms (other random numbers). Measured by `iENEGraderLib.measure.veins.vein_status`. A phantom is right "
    "when the state is the true one and the evidence is `met` for that sign only. Grids: section thickness x voxel "
    "side in the section, mm."
)
SHORT_TEXT = (
    "A gap of 3 mm in a compressed vein. Two contiguous sections are asked for, so at sections of 3 mm it cannot be "
    "met: such a vein is called compressed, and a single empty section is indeterminate. On an oblique vein the ends "
    "of the gap are cut obliquely by the sections, so that fewer of them are empty."
)
LIMITS = (
    "Labels are perfect here. An interrupted label is believed unless the image enhances there like the lumen; a lumen "
    "that a program labelled through the tumour is not found missing. A defect must be part of the label: where only "
    "the enhancing lumen is labelled, thrombus beside a node looks like a gap. A defect that fills less than half of "
    "the lumen does not move its median and is not found. The cut-offs (share of area, of enhancement, reach of the "
    "node) have no published basis; they are preferences, printed with each result. Compression alone is never taken "
    "for invasion. Bodies are computed, not patients. Research and teaching use, not a medical device."
)


def main() -> None:
    """Write the page and print it."""
    rng = np.random.default_rng(SEED)
    found = {(kind, section): trials(kind, section, rng) for section in SECTIONS_MM for kind in KINDS}
    right = sum(t.is_right for row in found.values() for t in row)
    total = sum(len(row) for row in found.values())
    page = [
        "# How exact the state of a vein is",
        "",
        "Generated by `python Testing/Benchmarks/accuracy_veins.py`; do not edit by hand.",
        "",
        INTRODUCTION,
        "",
        "## Four states",
        "",
        f"Goal: all. Told: {right}/{total}, reached: {'yes' if right == total else '**no**'}. Errors: mean (worst).",
        "",
        "| phantom | grid | told | reached | error of its number |",
        "|---|---|---|---|---|",
        *(state_row(kind, section, row) for (kind, section), row in found.items()),
        "",
        "## Short gaps",
        "",
        SHORT_TEXT,
        "",
        "| grid | met | not met | indeterminate | state |",
        "|---|---|---|---|---|",
        *(short_row(section, rng) for section in SECTIONS_MM),
        "",
        "## What must not be taken for a sign",
        "",
        f"{EACH} phantoms per row on all three grids.",
        "",
        "| phantom | obliteration | filling defect | tumour thrombus |",
        "|---|---|---|---|",
        *hard_rows(rng),
        "",
        "## What this does not tell",
        "",
        LIMITS,
    ]
    print("\n".join(page))
    target = ROOT / "Docs" / "accuracy-veins.md"
    target.write_text("\n".join(page) + "\n", encoding="utf-8")
    print(f"written: {target.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
