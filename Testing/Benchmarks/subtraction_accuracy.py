"""How exact registration and iodine of two scans are: necks that moved by a known amount, with known iodine."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.spectral import (
    Motion,
    Registration,
    Scan,
    apply,
    false_rims,
    register_before_to_after,
    sample_roi,
    subtraction_input,
    subtraction_iodine,
    tube_response,
)
from iENEGraderLib.spectral.registration.volumes import resampled, values_of, volume_of
from registration_phantoms import (
    ARTERY_MM,
    ARTERY_RADIUS_MM,
    NODE_MM,
    NODE_RADIUS_MM,
    VEIN_MM,
    VEIN_RADIUS_MM,
    TwoScans,
    bent,
    points_of,
    squeezed,
    still,
    turned,
)

KVP, NOISE_HU = 120.0, 12.0
RIGID_NECKS, BENT_NECKS = 4, 3
MOST_DEGREES, MOST_MM = 4.0, 6.0
FALSE_MG_ML = 0.7
REGIONS = (
    (NODE_MM, NODE_RADIUS_MM),
    (VEIN_MM, VEIN_RADIUS_MM),
    (ARTERY_MM, ARTERY_RADIUS_MM),
    ((NODE_MM[0], NODE_MM[1], 24.0), 8.0),
)
PAIR = "drawn neck scanned twice, 120 kVp, noise 12 HU, voxels 1.5 x 1.5 x 2 mm"


@dataclass(frozen=True)
class Found:
    """What came of one neck: errors in mm and mg/mL, shares of false voxels that were flagged and of the body."""

    places_mm: np.ndarray
    iodine_mg_ml: list[float]
    caught: float
    flagged: float


def measured(scans: TwoScans, motion: Motion) -> Found:
    """Register and subtract two scans, and compare with the truth."""
    before, after = (Scan(image, kvp=KVP, kernel="one") for image in (scans.before(), scans.after()))
    registration = register_before_to_after(before, after, motion=motion)
    data = subtraction_input(registration)
    blend = subtraction_iodine(data)
    truth = scans.iodine()
    cores = [scans.core(*region) for region in REGIONS]
    errors = [sample_roi(data, core).value_of(blend).mean - float(truth[core].mean()) for core in cores]
    body = (after.image.voxels > -300) & registration.covered
    flagged = false_rims(data) & body
    false = (np.abs(_false_iodine(scans, registration)) > FALSE_MG_ML) & body
    caught = float((false & flagged).sum() / max(1, false.sum()))
    points = points_of(after.image.geometry)[body][::101]
    back = np.array([registration.transform.TransformPoint(point) for point in points.tolist()])
    away = np.linalg.norm(scans.movement(back) - points, axis=1)
    return Found(away, errors, caught, float(flagged.sum() / body.sum()))


def _false_iodine(scans: TwoScans, registration: Registration) -> np.ndarray:
    """Return what the map shows of scans without noise, minus the truth."""
    quiet = replace(scans, noise_hu=0.0)
    fixed = volume_of(quiet.after())
    moved = values_of(resampled(volume_of(quiet.before()), fixed, registration.transform, -1000.0, smooth=True))
    pair = (moved, quiet.after().voxels.astype(np.float32))
    return apply(subtraction_iodine(subtraction_input(registration)).affine, pair) - scans.iodine()


def all_found(rng: np.random.Generator) -> tuple[list[Found], list[Found]]:
    """Return what came of necks that were turned and shifted, and of bent ones."""
    response = tube_response(KVP)
    rigid, deformed = [], []
    for _ in range(RIGID_NECKS):
        degrees, shift = rng.uniform(-MOST_DEGREES, MOST_DEGREES, 3), rng.uniform(-MOST_MM, MOST_MM, 3)
        movement = turned(tuple(degrees), tuple(shift))
        rigid.append(measured(TwoScans(response, movement, NOISE_HU), Motion.DEFORMABLE))
    for _ in range(BENT_NECKS):
        degrees, shift = rng.uniform(-2, 2, 3), rng.uniform(-3, 3, 3)
        before, size = turned(tuple(degrees), tuple(shift)), rng.uniform(0.5, 1.1)

        def movement(points: np.ndarray, before=before, size=size) -> np.ndarray:
            turned_points = before(points)
            return turned_points + size * (bent(turned_points) - turned_points)

        deformed.append(measured(TwoScans(response, movement, NOISE_HU), Motion.DEFORMABLE))
    return rigid, deformed


def refused() -> int:
    """Return how many of three pairs that do not belong together are refused."""
    response = tube_response(KVP)
    other = TwoScans(response, squeezed, NOISE_HU)
    same = TwoScans(response, still, NOISE_HU)
    pairs = (
        (Scan(other.before(), KVP), Scan(other.after(), KVP)),
        (Scan(same.after(), KVP), Scan(same.after(), KVP)),
        (Scan(same.before(), KVP), Scan(same.after(), 100.0)),
    )
    count = 0
    for before, after in pairs:
        try:
            register_before_to_after(before, after, motion=Motion.RIGID)
        except InputError:
            count += 1
    return count


def subtraction_lines(rng: np.random.Generator) -> list[tuple[str, str, str, bool]]:
    """Return goal, phantom, what was measured and whether it was reached."""
    rigid, deformed = all_found(rng)
    both = [*rigid, *deformed]
    worst = max(float(each.places_mm.max()) for each in rigid)
    mean = max(float(each.places_mm.mean()) for each in deformed)
    far = max(float(np.percentile(each.places_mm, 90)) for each in deformed)
    errors = np.array([error for each in both for error in each.iodine_mg_ml])
    caught, flagged = min(each.caught for each in both), [each.flagged for each in both]
    moved = f"{len(rigid)} necks turned and shifted"
    bends = f"{len(deformed)} necks bent and swallowing by up to 5 mm"
    count = refused()
    return [
        (f"registration, {moved}: worst place <= 0.3 mm", PAIR, f"{worst:.2f} mm", worst <= 0.3),
        (
            f"registration, {bends}: mean over the body <= 0.3 mm",
            PAIR,
            f"worst neck {mean:.2f} mm, nine in ten places within {far:.2f} mm",
            mean <= 0.3,
        ),
        (
            "iodine by subtraction in node, vein, artery and fat: RMSE <= 0.15 mg/mL",
            PAIR,
            f"{np.sqrt(np.mean(errors**2)):.3f} mg/mL, worst {np.abs(errors).max():.2f}",
            bool(np.sqrt(np.mean(errors**2)) <= 0.15),
        ),
        (
            f"false rims of more than {FALSE_MG_ML:g} mg/mL are flagged: >= 90 %",
            PAIR,
            f"least {100 * caught:.0f} %; flagged {100 * min(flagged):.0f} to {100 * max(flagged):.0f} % of the body",
            caught >= 0.9,
        ),
        (
            "scans that do not belong together (other neck, same scan, other kVp) are refused",
            PAIR,
            f"{count} of 3",
            count == 3,
        ),
    ]
