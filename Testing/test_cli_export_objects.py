"""What the DICOM objects and the teaching files of `hnn export` hold beyond the reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from export_builders import SPACING, neck_labels, write_case
from hnn.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from export_builders import CaseFolder


@pytest.fixture
def a_case(tmp_path: Path) -> CaseFolder:
    return write_case(tmp_path / "case", mandible=True)


@pytest.fixture
def an_export(a_case: CaseFolder, tmp_path: Path) -> Callable[..., Path]:
    """Export the case and return its folder."""

    def export(to: str, *more: str) -> Path:
        places = ["--out", str(tmp_path / "out"), "--key", str(tmp_path / "own.key"), "--force"]
        assert main(["export", str(a_case.folder), "--to", to, *places, *more]) == 0
        (folder,) = (tmp_path / "out").iterdir()
        return folder

    return export


def dicom(path: Path) -> Any:
    import pydicom

    return pydicom.dcmread(path)


def node_groups(report: Any) -> list[Any]:
    """Return the groups of measurements that are of a node."""
    import highdicom

    content = highdicom.sr.Comprehensive3DSR.from_dataset(report).content
    groups = content.get_volumetric_roi_measurement_groups()
    return list(groups)


def measured(group: Any) -> dict[str, float]:
    return {each.name.meaning: each.value for each in group.get_measurements()}


def test_the_report_holds_volume_and_short_axis_of_each_node(an_export: Callable[..., Path]) -> None:
    groups = node_groups(dicom(an_export("dicom-seg,dicom-sr") / "dicom" / "report.dcm"))

    voxels = [int((neck_labels() == label).sum()) for label in (1, 2)]
    volumes = [measured(group)["Volume"] for group in groups]
    assert volumes == pytest.approx([count * float(np.prod(SPACING)) for count in voxels], abs=0.06)
    assert all(5 < measured(group)["Short Axis"] < 10 for group in groups)


def test_the_report_refers_to_the_segmentation_of_the_same_export(an_export: Callable[..., Path]) -> None:
    folder = an_export("dicom-seg,dicom-sr") / "dicom"
    segmentation = dicom(folder / "segmentation.dcm")
    segments = {str(each.TrackingUID): int(each.SegmentNumber) for each in segmentation.SegmentSequence}

    groups = node_groups(dicom(folder / "report.dcm"))
    assert [segments[str(group.tracking_uid)] for group in groups] == [1, 2]
    (referenced,) = {group.reference_type.meaning for group in groups}
    assert referenced == "Referenced Segment"
    assert {group.referenced_segment.referenced_sop_instance_uid for group in groups} == {segmentation.SOPInstanceUID}
