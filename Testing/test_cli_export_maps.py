"""Maps through `hnn export`: which files are taken, what the DICOM Parametric Maps say, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pydicom
import pytest
import SimpleITK
from dicom_export_builders import complaints
from export_builders import SIZE_KJI, SPACING, write_case, write_map
from fit_desk import Desk
from fit_studies import FRAMES, GEOMETRY, NODE, mask_of
from HeadNeckNodesLib.dicom.parametric_map import MapSeries, MapSources, ParametricMap, write_parametric_map
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.image import Image
from HeadNeckNodesLib.imaging.terminology import Code
from hnn.cli.main import main
from hnn.export.case_files import case_at
from hnn.export.file_case import case_of_files
from hnn.export.map_files import MapChoice, read_case_maps
from hnn.export.perfusion_results import map_files
from iENEGraderLib.export.dicom.codes import Group, load_codes
from iENEGraderLib.export.job.case_map import Quantity
from iENEGraderLib.export.report_content import ImageOrigin
from iENEGraderLib.scene.bundle import save_bundle
from iENEGraderLib.scene.case_scene import add_case
from iENEGraderLib.scene.export_maps import ZERO_OUTSIDE
from PWIProtocolLib.kinetics import Model
from PWIProtocolLib.mapping import AifSource, T1Source
from PWIProtocolLib.roi import map_kinds

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from export_builders import CaseFolder

FINE_KJI, FINE_MM = (6, 30, 30), (1.6, 1.6, 6.0)
"""A grid of its own for maps of perfusion, in the same space."""
MAPS = {"ktrans_per_min": ("ktrans", "/min"), "ve": ("ve", "1"), "t1_s": ("t1", "s"), "iauc60": ("iauc60", "mmol/L.s")}
METHODS = ["126341", "126361", "126350"]
"""Extended Tofts, population curve, T1 by flip angles."""
CODES = {"ktrans": "126312", "ve": "126314", "t1": "113063"}


@pytest.fixture
def a_case(tmp_path: Path) -> CaseFolder:
    return write_case(tmp_path / "archive" / "aaa" / "case", dicom=True)


@pytest.fixture
def an_export(tmp_path: Path) -> Callable[..., int]:
    """Run the command into the folder `out`."""

    def export(*arguments: object, to: str = "parametric-map") -> int:
        places = ["--out", str(tmp_path / "out"), "--key", str(tmp_path / "own.key")]
        return main(["export", *map(str, arguments), "--to", to, *places])

    return export


def write_fit(folder: Path, case: CaseFolder | None = None, *, own_grid: bool = False) -> Path:
    """Write what `hnn pwi fit` writes of a study: maps whose values are 0, 1, 2 ..., as DICOM as well with a case."""
    folder.mkdir(parents=True)
    size, spacing = (FINE_KJI, FINE_MM) if own_grid else (SIZE_KJI, SPACING)
    geometry = ImageGeometry((size[2], size[1], size[0]), spacing, (-23.0, -23.0, -250.0))
    values = np.arange(np.prod(size), dtype=np.float32).reshape(size)
    values[0, 0, :3] = np.nan
    for name, (stem, unit) in MAPS.items():
        volume = SimpleITK.GetImageFromArray(values)
        volume.SetSpacing(spacing)
        volume.SetOrigin(geometry.origin_lps_mm)
        volume.SetMetaData("HeadNeckNodes.map", name)
        volume.SetMetaData("HeadNeckNodes.unit", unit)
        SimpleITK.WriteImage(volume, str(folder / f"{stem}.nrrd"))
        if case is not None:
            one = ParametricMap(values, stem.upper(), stem, Code("DCM", "126312", stem), Code("UCUM", unit, unit))
            write_parametric_map(one, geometry, folder / f"{stem}.dcm", MapSeries(1, "test"), frames_of(case))
    rows = [{"name": n, "nrrd": f"{s}.nrrd", "dicom": f"{s}.dcm" if case else None} for n, (s, _) in MAPS.items()]
    document = {
        "schema": "hnn-pwi-fit/1",
        "settings": {"model": "extended_tofts", "t1_from": "flip_angles"},
        "aif": {"source": "population"},
        "maps": rows,
    }
    (folder / "fit.json").write_text(json.dumps(document), encoding="utf-8")
    return folder


def frames_of(case: CaseFolder) -> MapSources:
    """Headers of dynamic frames of the same examination as the case."""
    frames = []
    for number, path in enumerate(sorted(case.dicom.iterdir()), start=1):
        frame = dicom(path)
        frame.SeriesInstanceUID, frame.SOPInstanceUID = "1.2.3.4", f"1.2.3.4.{number}"
        frames.append(frame)
    return MapSources(tuple(frames))


def dicom(path: Path) -> Any:
    import pydicom

    return pydicom.dcmread(path)


def mapping_of(data: Any) -> Any:
    return data.SharedFunctionalGroupsSequence[0].RealWorldValueMappingSequence[0]


def codes_of(data: Any) -> list[str]:
    """Quantity and methods."""
    return [item.ConceptCodeSequence[0].CodeValue for item in mapping_of(data).QuantityDefinitionSequence]


def the_folder(tmp_path: Path) -> Path:
    (folder,) = (tmp_path / "out").iterdir()
    return folder / "dicom"


def test_maps_of_a_fit_are_parametric_maps_with_quantity_unit_method_and_frames(
    a_case: CaseFolder, an_export: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fit = write_fit(tmp_path / "fit", a_case)
    assert an_export(a_case.folder, "--perfusion", fit) == 0

    assert "note: maps of perfusion: not recommended for N staging" in capsys.readouterr().out
    written = the_folder(tmp_path)
    assert sorted(path.name for path in written.iterdir()) == ["map-ktrans.dcm", "map-t1.dcm", "map-ve.dcm"]
    for stem, code in CODES.items():
        assert codes_of(dicom(written / f"map-{stem}.dcm")) == [code, *(METHODS[2:] if stem == "t1" else METHODS)]
    found = dicom(written / "map-ktrans.dcm")
    assert mapping_of(found).MeasurementUnitsCodeSequence[0].CodeValue == "/min"
    values = np.frombuffer(found.FloatPixelData, "<f4").reshape(SIZE_KJI)
    assert (values[0, 0, 3], values[-1, -1, -1]) == (3, np.prod(SIZE_KJI) - 1)
    assert np.isnan(values[0, 0, :3]).all()
    image = dicom(next(a_case.dicom.iterdir()))
    assert (found.StudyInstanceUID, found.PatientID) == (image.StudyInstanceUID, image.PatientID)
    assert [each.ReferencedSOPInstanceUID for each in found.SourceImageSequence] == [
        f"1.2.3.4.{n + 1}" for n in range(SIZE_KJI[0])
    ]
    assert {path.name: complaints("dciodvfy", "-new", path) for path in written.iterdir()} == {
        path.name: [] for path in written.iterdir()
    }


def test_a_fit_beside_the_image_belongs_to_the_case_and_is_no_second_image(
    a_case: CaseFolder, an_export: Callable[..., int], tmp_path: Path
) -> None:
    write_fit(a_case.folder / "perfusion", a_case)
    assert an_export(a_case.folder) == 0
    assert (the_folder(tmp_path) / "map-ve.dcm").is_file()


def test_a_map_on_a_grid_of_its_own_is_taken_in_the_same_frame_of_reference(
    a_case: CaseFolder, an_export: Callable[..., int], tmp_path: Path
) -> None:
    assert an_export(a_case.folder, "--perfusion", write_fit(tmp_path / "fit", a_case, own_grid=True)) == 0
    found = dicom(the_folder(tmp_path) / "map-ve.dcm")
    assert (found.NumberOfFrames, found.Rows, found.Columns) == FINE_KJI
    assert found.FrameOfReferenceUID == dicom(next(a_case.dicom.iterdir())).FrameOfReferenceUID


@pytest.mark.parametrize("what", ["no DICOM", "another frame"])
def test_a_map_on_a_grid_of_its_own_that_may_lie_elsewhere_is_refused(
    a_case: CaseFolder, an_export: Callable[..., int], tmp_path: Path, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    other = write_case(tmp_path / "other", dicom=True) if what == "another frame" else None
    assert an_export(a_case.folder, "--perfusion", write_fit(tmp_path / "fit", other, own_grid=True)) == 2
    assert "or DICOM of the same examination for both" in capsys.readouterr().err


def test_frames_and_study_of_the_source_are_not_in_a_map_to_share(
    a_case: CaseFolder, an_export: Callable[..., int], tmp_path: Path
) -> None:
    assert (
        an_export(
            a_case.folder, "--perfusion", write_fit(tmp_path / "archive" / "bbb" / "fit", a_case), "--deidentify", "on"
        )
        == 0
    )
    written = (the_folder(tmp_path) / "map-ktrans.dcm").read_bytes()
    assert b"1.2.3.4" not in written
    assert str(dicom(next(a_case.dicom.iterdir())).StudyInstanceUID).encode() not in written
    assert codes_of(dicom(the_folder(tmp_path) / "map-ktrans.dcm")) == ["126312", *METHODS]


def plain_map(path: Path, value: float = 0.25) -> Path:
    """Write a map that does not say what it is."""
    volume = SimpleITK.GetImageFromArray(np.full(SIZE_KJI, value, np.float32))
    volume.SetSpacing(SPACING)
    volume.SetOrigin((-23.0, -23.0, -250.0))
    SimpleITK.WriteImage(volume, str(path))
    return path


def test_a_map_of_another_program_is_taken_in_the_unit_that_is_said(
    a_case: CaseFolder, an_export: Callable[..., int], tmp_path: Path
) -> None:
    path = plain_map(tmp_path / "map.nii.gz")
    assert an_export(a_case.folder, "--map", f"ktrans:1/s={path}") == 0
    found = dicom(the_folder(tmp_path) / "map-ktrans.dcm")
    assert mapping_of(found).MeasurementUnitsCodeSequence[0].CodeValue == "1/s"
    assert codes_of(found) == ["126312"]
    assert np.frombuffer(found.FloatPixelData, "<f4")[0] == 0.25


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("{plain}", "does not say which map it is; say it as NAME:UNIT=FILE"),
        ("ktrans={plain}", "does not say in which unit its values are; say it as NAME:UNIT=FILE"),
        ("ktrans:mg/mL={plain}", "ktrans in 'mg/mL', expected /min or 1/min or /s or 1/s"),
        ("flow:1={plain}", "'flow' is no map that can be exported; expected iodine, fat-fraction, ktrans"),
        ("ve:1={own}", "its header says ktrans_per_min, --map says ve"),
        ("ktrans:/s={own}", "its header says /min, --map says /s"),
        ("ve={iodine}", "its header says iodine, --map says ve"),
        ("{iauc}", "'iauc60' is no map that can be exported"),
        ("{gone}", "there is no such file or folder"),
    ],
)
def test_a_map_that_is_not_told_or_told_otherwise_is_refused(
    a_case: CaseFolder,
    an_export: Callable[..., int],
    tmp_path: Path,
    said: str,
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    fit = write_fit(tmp_path / "fit")
    write_map(tmp_path / "iodine.nrrd", "iodine", "mg/mL", 2.0)
    files = {
        "plain": plain_map(tmp_path / "plain.nrrd"),
        "own": fit / "ktrans.nrrd",
        "iauc": fit / "iauc60.nrrd",
        "iodine": tmp_path / "iodine.nrrd",
        "gone": tmp_path / "gone.nrrd",
    }
    assert an_export(a_case.folder, "--map", said.format(**files)) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_two_maps_of_a_quantity_are_refused(
    a_case: CaseFolder, an_export: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fit = write_fit(tmp_path / "fit")
    other = plain_map(tmp_path / "other.nrrd")
    assert an_export(a_case.folder, "--map", f"ve:1={other}", "--perfusion", fit) == 2
    assert "found two maps of ve" in capsys.readouterr().err


def test_maps_belong_to_one_case(an_export: Callable[..., int], tmp_path: Path, capsys: Any) -> None:
    for name in ("a", "b"):
        write_case(tmp_path / "cases" / name, case_id=name)
    assert an_export(tmp_path / "cases", "--perfusion", write_fit(tmp_path / "fit")) == 2
    assert "--map, --perfusion and --teaching belong to one case, found 2" in capsys.readouterr().err


def test_a_folder_without_a_fit_is_refused(a_case: CaseFolder, an_export: Callable[..., int], capsys: Any) -> None:
    assert an_export(a_case.folder, "--perfusion", a_case.dicom) == 2
    assert "holds no results of hnn pwi fit (fit.json)" in capsys.readouterr().err


def test_what_a_fit_writes_is_understood(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk = Desk(tmp_path, capsys)
    desk.document("--dynamic", desk.dicom(), "--aif", "auto")

    image = Image(np.zeros(GEOMETRY.array_shape), GEOMETRY, "MR")
    found = read_case_maps([MapChoice(path) for path in map_files(desk.out)], image, None)

    assert [each.quantity.word for each in found] == ["ktrans", "kep", "ve", "vp", "t1"]
    assert [each.unit for each in found] == ["/min", "/min", "1", "1", "s"]
    kinetic = "Extended Tofts Model, Automatically Detected AIF ROI, T1 by Multiple Flip Angles"
    assert [each.method for each in found] == [kinetic] * 4 + ["T1 by Multiple Flip Angles"]
    assert {len(each.sources) for each in found} == {FRAMES * GEOMETRY.array_shape[0]}
    assert np.nanmedian(found[0].image.voxels[mask_of("node_1")]) == pytest.approx(NODE.ktrans, rel=0.02)


def save_scene(case: CaseFolder, path: Path) -> None:
    """Save a case as a scene with a map of Ktrans and one of iodine, as both modules add them."""
    import slicer
    from HeadNeckNodesLib.scene.volumes import add_volume

    read = case_of_files(case_at(case.folder), ImageOrigin.REAL)
    add_case(replace(read.image, modality="CT"), read.segments.nodes, read.segments.anatomy, read.reading, {})
    values = np.full(SIZE_KJI, 0.25, np.float32)
    values[0, 0, :3] = np.nan
    ktrans = add_volume(replace(read.image, voxels=values, modality="MR"), "Ktrans (1/min)")
    ktrans.SetAttribute("PWIProtocol.Map", "ktrans_per_min")
    ktrans.SetAttribute("PWIProtocol.Method", "model_extended_tofts aif_population t1_flip_angles")
    unit = slicer.vtkCodedEntry()
    unit.SetValueSchemeMeaning("/min", "UCUM", "per minute")
    ktrans.SetVoxelValueUnits(unit)
    iodine = add_volume(replace(read.image, voxels=np.full(SIZE_KJI, 2.5, np.float32), modality="iodine"), "Iodine")
    iodine.SetAttribute("HeadNeckNodes.SpectralMap", "Iodine (mg/mL)")
    save_bundle(path)


@pytest.mark.usefixtures("a_scene")
def test_the_maps_of_a_saved_scene_are_exported(
    an_export: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_scene(write_case(tmp_path / "case"), tmp_path / "case.mrb")

    assert an_export(tmp_path / "case.mrb") == 0

    ktrans, iodine = (dicom(the_folder(tmp_path) / f"map-{stem}.dcm") for stem in ("ktrans", "iodine"))
    assert codes_of(ktrans) == ["126312", *METHODS]
    assert mapping_of(ktrans).MeasurementUnitsCodeSequence[0].CodeValue == "/min"
    values = np.frombuffer(ktrans.FloatPixelData, "<f4").reshape(SIZE_KJI)
    assert (values[0, 0, 3], np.isnan(values).sum()) == (0.25, 3)
    assert np.frombuffer(iodine.FloatPixelData, "<f4")[0] == 2.5
    assert f"note: {ZERO_OUTSIDE}" in capsys.readouterr().out


@pytest.mark.usefixtures("a_scene")
def test_a_map_that_is_given_goes_before_that_of_the_scene(an_export: Callable[..., int], tmp_path: Path) -> None:
    save_scene(write_case(tmp_path / "case"), tmp_path / "case.mrb")
    given = plain_map(tmp_path / "other.nrrd", value=0.5)

    assert an_export(tmp_path / "case.mrb", "--map", f"ktrans:/min={given}") == 0

    assert np.frombuffer(dicom(the_folder(tmp_path) / "map-ktrans.dcm").FloatPixelData, "<f4")[0] == 0.5
    assert (the_folder(tmp_path) / "map-iodine.dcm").is_file()


def test_every_map_and_every_method_of_a_fit_has_a_code() -> None:
    codes = load_codes()
    assert {kind.name for kind in map_kinds()} <= set(codes[Group.MAP])
    words = [f"model_{each}" for each in Model] + [f"aif_{each}" for each in AifSource]
    words += [f"t1_{each}" for each in T1Source if each is not T1Source.NOT_NEEDED]
    assert set(words) <= set(codes[Group.MAP_METHOD])
    assert {each.value for each in Quantity if each.is_perfusion} <= {kind.name for kind in map_kinds()}
    assert all(unit in codes[Group.UNIT] for unit in {kind.unit for kind in map_kinds()})
    assert all(unit in codes[Group.UNIT] for each in Quantity for unit in each.units)


def test_a_map_says_as_all_images_do_how_the_identity_was_removed(
    an_export: Callable[..., int], a_case: CaseFolder, tmp_path: Path
) -> None:
    write_map(tmp_path / "iodine.nrrd", "iodine", "mg/mL", 2.0)
    assert an_export(a_case.folder, "--deidentify", "on", "--map", tmp_path / "iodine.nrrd") == 0
    files = sorted((tmp_path / "out").rglob("*.dcm"))
    said = {tuple(each.CodeValue for each in pydicom.dcmread(one).DeidentificationMethodCodeSequence) for one in files}
    assert len(files) > 1
    assert len(said) == 1
