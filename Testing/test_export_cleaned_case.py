"""A case is cleaned before any target sees it: what it was read from and what its maps came from go as well."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from export_builders import write_case, write_map
from hnn.export.case_files import case_at
from hnn.export.file_case import case_of_files
from iENEGraderLib.export.deidentify import Kind, Pseudonyms
from iENEGraderLib.export.job.cleaned_case import cleaned_case, identity_of
from iENEGraderLib.export.report_content import ImageOrigin

if TYPE_CHECKING:
    from pathlib import Path

    from iENEGraderLib.export.job.export_case import ExportCase

PSEUDONYMS = Pseudonyms(bytes(range(32)))
FRAME = "1.2.276.0.7230010.3.1.4.815"


@pytest.fixture
def a_case_with_a_perfusion_map(tmp_path: Path) -> ExportCase:
    import pydicom

    files = write_case(tmp_path / "Vandermuehle", dicom=True)
    write_map(files.folder / "iodine.nrrd", "iodine", "mg/mL", 2.5)
    case = case_of_files(case_at(files.folder), ImageOrigin.REAL)
    frame = pydicom.Dataset()
    frame.SOPInstanceUID = FRAME
    (found,) = case.maps
    return replace(case, maps=(replace(found, sources=(frame,)),))


def test_a_cleaned_case_names_neither_the_images_nor_the_files_of_its_maps(
    a_case_with_a_perfusion_map: ExportCase,
) -> None:
    before = a_case_with_a_perfusion_map
    assert before.maps[0].image.source

    after = cleaned_case(before, PSEUDONYMS, "4711", None).case

    assert after.maps[0].sources == ()
    assert after.maps[0].image.source == after.image.source == ""
    assert (after.maps[0].image.voxels == before.maps[0].image.voxels).all()
    assert after.inputs == ()
    assert not after.identifiers.found


def test_the_images_that_maps_came_from_are_looked_for(a_case_with_a_perfusion_map: ExportCase) -> None:
    uids = {each.value for each in identity_of(a_case_with_a_perfusion_map).identifiers.found if each.kind is Kind.UID}
    assert FRAME in uids
