"""DCE-MRI studies of the neck as the scanners of four vendors write them, with a bolus that can be seen.

The pixels are tiny, the headers follow the standard. `passing_plan` meets every recommendation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from classic_studies import write_classic_scan
from enhanced_studies import MAKERS, write_enhanced_scan
from study_plan import Kind, StudyPlan, Vendor

if TYPE_CHECKING:
    from pathlib import Path

COILS = {
    Vendor.SIEMENS: "HeadNeck_20",
    Vendor.SIEMENS_XA: "HeadNeck_20_TCS",
    Vendor.GE: "24HNS",
    Vendor.PHILIPS: "SENSE-NV-16",
    Vendor.PHILIPS_ENHANCED: "SENSE-NV-16",
    Vendor.CANON: "16ch HeadNeck",
    Vendor.CANON_ENHANCED: "16ch HeadNeck",
}
FOLDERS = {Kind.ANATOMICAL: "t2", Kind.FLIP_ANGLE: "fa{angle:g}", Kind.DYNAMIC: "dce"}


def passing_plan(vendor: Vendor) -> StudyPlan:
    """Return the study of a vendor that meets every recommendation that DICOM can hold."""
    return StudyPlan(vendor, coil=COILS[vendor])


def write_study(plan: StudyPlan, folder: Path) -> Path:
    """Write all series of a study, each in a folder of its own, and return the folder of the study."""
    write = write_enhanced_scan if plan.vendor in MAKERS else write_classic_scan
    for scan in plan.scans:
        write(plan, scan, folder / FOLDERS[scan.kind].format(angle=scan.flip_angle_deg))
    return folder
