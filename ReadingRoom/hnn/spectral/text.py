"""What ``hnn spectral`` tells people: what each series is and why, and what was made of them."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from HeadNeckNodesLib.notice import NOTICE

from hnn.spectral.files import DICOM_FOLDER, OUTSIDE, REGISTERED_NAME, RIM, RIMS_NAME

if TYPE_CHECKING:
    from pathlib import Path

    from iENEGraderLib.spectral.recognition import SpectralSeries

    from hnn.spectral.calibration import Calibration
    from hnn.spectral.job import PlannedMap, SpectralJob

WIDTH = 100


def recognised_lines(one: SpectralSeries) -> list[str]:
    """Return what a series is, where that stands, and what remains open."""
    known = one.recognised
    lines = [f"{known.describe()}, {known.confidence}", *(f"  {each.line()}" for each in known.decisions)]
    lines += [f"  open: {question.text}" for question in known.questions]
    return lines + [f"  caution: {warning}" for warning in known.warnings]


def summary(job: SpectralJob, folder: Path, *, dicom: bool) -> str:
    """Return the result of a job.

    Parameters
    ----------
    job : its files are written.
    folder : that holds them.
    dicom : whether DICOM series are among them.
    """
    lines = [f"From {job.data.kind.value}, basis {job.data.basis}"]
    for one in job.used:
        lines += recognised_lines(one)
    if job.test:
        lines.append(f"self-test: {job.test.left_out} foretold within {abs(job.test.held_out_error_hu):.1f} HU")
    lines += _registration_lines(job, folder) + (_calibration_lines(job.calibration) if job.calibration else [])
    lines += [f"{_title(planned)}: {folder / planned.file_stem}.nrrd" for planned in job.maps]
    if dicom:
        lines.append(f"DICOM, with the patient module of the source: {folder / DICOM_FOLDER}")
    warnings = dict.fromkeys([*job.warnings, *(text for planned in job.maps for text in planned.blend.warnings)])
    lines += [line for text in warnings for line in wrap(f"caution: {text}", WIDTH, subsequent_indent="  ")]
    return "\n".join([*lines, "", *wrap(NOTICE, WIDTH)])


def _registration_lines(job: SpectralJob, folder: Path) -> list[str]:
    if job.registration is None:
        return []
    return [
        f"registration: {job.registration.summary()}",
        f"before contrast agent, registered: {folder / REGISTERED_NAME}",
        f"not to be believed ({RIM} rims of a misfit, {OUTSIDE} outside the first scan): {folder / RIMS_NAME}",
    ]


def _calibration_lines(found: Calibration) -> list[str]:
    lines = [f"calibrated by {found.fat.voxels} voxels of fat and {found.muscle.voxels} of muscle of this patient:"]
    for before, after in zip(found.before.channels, found.after.channels, strict=True):
        old, new = before.response, after.response
        lines.append(
            f"  {after.name}: fat {old.fat:.1f} to {new.fat:.1f}, soft tissue {old.soft:.1f} to {new.soft:.1f}, "
            f"{new.iodine:.2f} per mg/mL of iodine ({new.source})"
        )
    return lines


def _title(planned: PlannedMap) -> str:
    unit = {"[hnsf'U]": " [HU]", "1": ""}.get(planned.blend.unit, f" [{planned.blend.unit}]")
    return f"{planned.blend.name}{unit}"
