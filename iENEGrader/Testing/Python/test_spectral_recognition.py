"""What a series is: by standard attributes, units and free text in this order, or asked; never guessed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pydicom
import pytest
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.write import write_image
from hypothesis import given, settings
from hypothesis import strategies as st
from iENEGraderLib.spectral.recognition import (
    Confidence,
    RecognisedSeries,
    SeriesKind,
    ValueUnit,
    converted_image,
    group_series,
    read_spectral_series,
    require_one_group,
    split_overrides,
    unstated,
    why_not_together,
)
from iENEGraderLib.spectral.recognition.units import stated_unit
from spectral_phantoms import Neck
from spectral_series_builders import (
    NECK,
    code,
    item,
    material_attributes,
    vmi_attributes,
    write_iodine,
    write_series,
    write_vmi,
)

if TYPE_CHECKING:
    from pathlib import Path


def recognised(path: Path | str) -> RecognisedSeries:
    return read_spectral_series(path).recognised


def sources(series: RecognisedSeries) -> dict[str, tuple[str, str]]:
    return {each.about: (each.source, each.said) for each in series.decisions}


@pytest.fixture
def a_vmi(tmp_path: Path) -> Path:
    return write_vmi(tmp_path / "a", 50, SeriesDescription="Monoenergetic Plus 50 keV")


def test_the_standard_energy_is_taken_first_and_its_attribute_named(a_vmi: Path) -> None:
    series = recognised(a_vmi)

    assert (series.kind, series.energy_kev, series.unit) == (SeriesKind.MONOCHROMATIC, 50.0, ValueUnit.HU)
    assert series.confidence is Confidence.STATED
    assert sources(series)["energy"] == ("Monoenergetic Energy Equivalent (0018,937C)", "50")
    assert sources(series)["unit"] == ("Rescale Type (0028,1054)", "HU")
    assert series.problem is None


@pytest.mark.parametrize(
    ("description", "kind", "kev"),
    [
        ("MonoE 70keV[HU]", SeriesKind.MONOCHROMATIC, 70),
        ("Neck Monoenergetic Plus 60 keV Qr40", SeriesKind.MONOCHROMATIC, 60),
        ("GSI 55.5 keV", SeriesKind.MONOCHROMATIC, 55.5),
        ("VNC 1.0 Qr40", SeriesKind.VIRTUAL_NON_CONTRAST, None),
        ("Z Effective", SeriesKind.EFFECTIVE_Z, None),
        ("RhoZ Rho", SeriesKind.ELECTRON_DENSITY, None),
        ("Water(Iodine)", SeriesKind.OTHER, None),
        ("Neck 1.0 Qr40", SeriesKind.CONVENTIONAL, None),
        ("Rhonda 120kV", SeriesKind.CONVENTIONAL, None),
    ],
)
def test_descriptions_of_vendors_are_read(tmp_path: Path, description: str, kind: SeriesKind, kev: float) -> None:
    series = recognised(write_vmi(tmp_path / "a", 70, plain=True, SeriesDescription=description))
    assert (series.kind, series.energy_kev) == (kind, kev)
    assert series.confidence is not Confidence.STATED


def test_only_the_words_that_matter_are_quoted(tmp_path: Path) -> None:
    series = recognised(write_vmi(tmp_path / "a", 70, plain=True, SeriesDescription="DOE^JANE 70 keV"))
    assert "DOE" not in repr(series)
    assert sources(series)["energy"] == ("Series Description (0008,103E)", "70 keV")


def test_a_standard_energy_outweighs_a_description_and_the_difference_is_told(tmp_path: Path) -> None:
    series = recognised(write_vmi(tmp_path / "a", 50, SeriesDescription="MonoE 70keV"))
    assert series.energy_kev == 50
    assert any("70 keV" in warning and "50 keV" in warning for warning in series.warnings)


def test_two_energies_in_one_description_are_asked_about(tmp_path: Path) -> None:
    folder = write_vmi(tmp_path / "a", 50, plain=True, SeriesDescription="40 keV and 70 keV")
    series = recognised(folder)
    assert series.energy_kev is None
    assert series.problem is not None
    assert "40 keV" in series.problem
    assert ":keV=50" in series.problem
    assert recognised(f"{folder}:keV=40").problem is None


def test_two_energies_within_one_series_are_asked_about(a_vmi: Path) -> None:
    data = pydicom.dcmread(a_vmi / "007.dcm")
    data.MultienergyCTCharacteristicsSequence[0].MonoenergeticEnergyEquivalent = 70.0
    data.save_as(a_vmi / "007.dcm")
    assert "50 keV" in (recognised(a_vmi).problem or "")


def test_a_monochromatic_image_without_energy_is_asked_about(tmp_path: Path) -> None:
    folder = write_vmi(tmp_path / "a", 50, plain=True, SeriesDescription="Monoenergetic Plus")
    assert "whose energy nothing says" in (recognised(folder).problem or "")
    with pytest.raises(InputError, match="keV=50"):
        converted_image(read_spectral_series(folder))


def test_the_tube_voltage_of_a_monochromatic_image_is_not_its_energy(tmp_path: Path) -> None:
    series = recognised(write_vmi(tmp_path / "a", 50, plain=True, SeriesDescription="MonoE 50keV", KVP=120))
    assert series.energy_kev == 50


def test_a_private_label_is_read_last_and_its_energy_confirms(tmp_path: Path) -> None:
    folder = write_vmi(tmp_path / "a", 50, plain=True, SeriesDescription="Neck")
    for path in folder.iterdir():
        data = pydicom.dcmread(path)
        data.private_block(0x00E1, "ELSCINT1", create=True).add_new(0x40, "SH", "MonoE 50keV[HU]")
        data.private_block(0x01F7, "ELSCINT1", create=True).add_new(0xCB, "DS", "50")
        data.save_as(path)
    series = recognised(folder)
    assert (series.kind, series.energy_kev) == (SeriesKind.MONOCHROMATIC, 50)
    assert sources(series)["energy"][0] == "private Image Label (00E1,1040)"

    for path in folder.iterdir():
        data = pydicom.dcmread(path)
        data.private_block(0x01F7, "ELSCINT1")[0xCB].value = "70"
        data.save_as(path)
    assert "70 keV (private attribute (01F7,10CB))" in (recognised(folder).problem or "")


@pytest.mark.parametrize(
    ("attributes", "kind"),
    [
        (material_attributes("MAT_SPECIFIC", "MGML", "Iodine"), SeriesKind.IODINE_MAP),
        (material_attributes("MAT_SPECIFIC", "MGML", "Calcium"), SeriesKind.OTHER),
        (material_attributes("MAT_REMOVED", "HU", "Iodine"), SeriesKind.VIRTUAL_NON_CONTRAST),
        (material_attributes("MAT_FRACTIONAL", "PCT", "Fat"), SeriesKind.OTHER),
        (material_attributes("EFF_ATOMIC_NUM", "Z_EFF"), SeriesKind.EFFECTIVE_Z),
        (material_attributes("ELECTRON_DENSITY", "EDW"), SeriesKind.ELECTRON_DENSITY),
    ],
)
def test_image_type_and_material_of_supplement_188_decide(
    tmp_path: Path, attributes: dict[str, Any], kind: SeriesKind
) -> None:
    series = recognised(write_series(tmp_path / "a", NECK.monochromatic(70, np.int16).voxels, **attributes))
    assert series.kind is kind
    assert sources(series)["kind"][0].startswith("Image Type (0008,0008) value 4")


def test_the_source_energy_of_a_non_contrast_image_makes_it_no_monochromatic_image(tmp_path: Path) -> None:
    attributes = vmi_attributes(70) | material_attributes("MAT_REMOVED", "HU", "Iodine")
    series = recognised(write_vmi(tmp_path / "a", 70, **attributes))
    assert (series.kind, series.energy_kev) == (SeriesKind.VIRTUAL_NON_CONTRAST, None)


def test_a_specific_image_with_a_basis_pair_does_not_tell_which_of_the_two_it_shows(tmp_path: Path) -> None:
    attributes = material_attributes("MAT_SPECIFIC", "MGML", "Water", "Iodine")
    assert recognised(write_iodine(tmp_path / "a", SeriesDescription="", **attributes)).kind is SeriesKind.UNKNOWN
    named = recognised(write_iodine(tmp_path / "b", SeriesDescription="Iodine", **attributes))
    assert (named.kind, named.unit) == (SeriesKind.IODINE_MAP, ValueUnit.MG_PER_ML)


@pytest.mark.parametrize(
    ("per_mg_ml", "header"),
    [
        (100.0, {"RescaleType": "10^-2 MGML"}),
        (100.0, {"RescaleType": "MGML", "RescaleSlope": 0.01}),
        (10.0, {"RescaleType": "mg/cc", "RescaleSlope": 0.1}),
        (
            100.0,
            {
                "RescaleType": "HU",
                "RealWorldValueMappingSequence": [
                    item(
                        RealWorldValueSlope=0.01,
                        RealWorldValueIntercept=0.0,
                        MeasurementUnitsCodeSequence=[code("mg/mL", "UCUM", "mg/mL")],
                    )
                ],
            },
        ),
    ],
)
def test_iodine_comes_out_in_mg_per_ml_whatever_the_steps(
    tmp_path: Path, per_mg_ml: float, header: dict[str, Any]
) -> None:
    series = read_spectral_series(write_iodine(tmp_path / "a", per_mg_ml, **header))
    assert series.recognised.problem is None
    image = converted_image(series)
    for name, truth in (("artery", 8.0), ("node", 2.0), ("deep fat", 0.0)):
        assert image.voxels[NECK.roi(name)].mean() == pytest.approx(truth, abs=0.06)
    assert image.header is not None
    assert image.header.rescale_type == "MGML"


def test_a_mapping_with_intercept_undoes_the_rescale_first(tmp_path: Path) -> None:
    mapping = item(
        RealWorldValueSlope=0.02,
        RealWorldValueIntercept=-1.0,
        MeasurementUnitsCodeSequence=[code("mg/mL", "UCUM", "mg/mL")],
    )
    folder = write_iodine(
        tmp_path / "a",
        per_mg_ml=50,
        RescaleSlope=2,
        RescaleIntercept=-50,
        RealWorldValueMappingSequence=[mapping],
    )
    # Stored 50 per mg/mL; the mapping says value = stored * 0.02 - 1.
    assert converted_image(read_spectral_series(folder)).voxels[NECK.roi("artery")].mean() == pytest.approx(7.0)


@pytest.mark.parametrize("written", ["100 ug/cm3", "100ug/cm3", "100 \u00b5g/cm3", "100 mcg/cc"])
def test_a_tenth_of_a_milligram_is_asked_about_and_both_answers_are_heard(tmp_path: Path, written: str) -> None:
    header = {"RescaleType": written, "SpecificCharacterSet": "ISO_IR 192"}
    folder = write_iodine(tmp_path / "a", 10, **header)
    assert "0.1 mg/mL" in (recognised(folder).problem or "")
    steps = converted_image(read_spectral_series(f"{folder}:unit=100ug/cm3"))
    assert steps.voxels[NECK.roi("artery")].mean() == pytest.approx(8.0)
    as_they_are = converted_image(read_spectral_series(f"{folder}:unit=mg/mL"))
    assert as_they_are.voxels[NECK.roi("artery")].mean() == pytest.approx(80.0)
    assert "0.1 mg/mL" in (recognised(f"{folder}:kind=iodine").problem or "")


def test_enhancement_in_hu_is_no_iodine_map(tmp_path: Path) -> None:
    series = recognised(write_iodine(tmp_path / "a", 26, RescaleType="HU"))
    assert "enhancement in HU is no concentration" in (series.problem or "")


def test_a_monochromatic_series_in_another_unit_is_refused_and_can_be_corrected(tmp_path: Path) -> None:
    folder = write_vmi(tmp_path / "a", 50, RescaleType="MGML")
    assert "expected HU" in (recognised(folder).problem or "")
    assert recognised(f"{folder}:unit=HU").problem is None


def test_an_unspecified_unit_is_asked_about(tmp_path: Path) -> None:
    assert ":unit=HU" in (recognised(write_vmi(tmp_path / "a", 50, RescaleType="US")).problem or "")


def test_without_rescale_type_a_plain_ct_is_in_hu_and_so_it_is_said(tmp_path: Path) -> None:
    series = recognised(write_vmi(tmp_path / "a", 70, plain=True, RescaleType=None))
    assert series.unit is ValueUnit.HU
    assert sources(series)["unit"][1] == "absent"


def test_paths_give_the_tube_voltage_where_the_top_level_is_null(tmp_path: Path) -> None:
    acquisition = item(CTXRayDetailsSequence=[item(KVP=80)])
    folder = write_vmi(tmp_path / "a", 70, plain=True, KVP=None, MultienergyCTAcquisitionSequence=[acquisition])
    series = recognised(folder)
    assert (series.kind, series.tube_voltage_kv) == (SeriesKind.CONVENTIONAL, 80)


@pytest.mark.parametrize(
    ("detector", "kind"), [("PHOTON_COUNTING", SeriesKind.ENERGY_BIN), ("INTEGRATING", SeriesKind.CONVENTIONAL)]
)
def test_thresholds_make_a_bin_of_a_photon_counter_only(tmp_path: Path, detector: str, kind: SeriesKind) -> None:
    ends = item(MultienergyDetectorType=detector, NominalMinEnergy=20, NominalMaxEnergy=65)
    acquisition = item(MultienergyCTXRayDetectorSequence=[ends], CTXRayDetailsSequence=[item(KVP=120)])
    folder = write_vmi(tmp_path / "a", 60, plain=True, MultienergyCTAcquisitionSequence=[acquisition])
    series = recognised(folder)
    assert (series.kind, series.tube_voltage_kv) == (kind, 120)
    assert series.bin_kev == ((20, 65) if kind is SeriesKind.ENERGY_BIN else None)


def test_a_mixture_of_two_tube_voltages_is_asked_about(tmp_path: Path) -> None:
    acquisition = item(CTXRayDetailsSequence=[item(KVP=80), item(KVP=140)])
    folder = write_vmi(tmp_path / "a", 70, plain=True, KVP=None, MultienergyCTAcquisitionSequence=[acquisition])
    assert recognised(folder).kind is SeriesKind.UNKNOWN


def test_what_the_user_says_outweighs_everything(a_vmi: Path) -> None:
    series = recognised(f"{a_vmi}:kind=conventional,kV=80,kernel=Br36")
    assert (series.kind, series.energy_kev, series.tube_voltage_kv) == (SeriesKind.CONVENTIONAL, None, 80)
    assert series.kernel == "Br36"
    assert sources(series)["kind"][0] == "the user"
    assert "energy" not in sources(series)


@pytest.mark.parametrize("text", ["a:keV=x", "a:kev=-4", "a:colour=red", "a:kind=cheese", "a:bin=20", "a:unit=stones"])
def test_what_is_not_understood_is_said_in_one_line(text: str) -> None:
    with pytest.raises(InputError, match="is not understood"):
        split_overrides(text)


@given(st.text(alphabet="abc:/\\. 1", min_size=1, max_size=20), st.floats(40, 190))
@settings(max_examples=50)
def test_paths_with_colons_keep_them(path: str, kev: float) -> None:
    found, overrides = split_overrides(f"{path}:keV={kev:g}")
    assert found == path
    assert overrides.energy_kev == pytest.approx(kev, rel=1e-4)
    assert split_overrides(path)[0] == path


def test_a_volume_file_is_recognised_by_name_and_values_or_by_the_user(tmp_path: Path) -> None:
    write_image(NECK.monochromatic(50, np.int16), tmp_path / "vmi-50-kev.nrrd")
    series = recognised(tmp_path / "vmi-50-kev.nrrd")
    assert (series.energy_kev, series.problem) == (50, None)
    assert sources(series)["energy"][0] == "file name"
    assert sources(series)["unit"][0] == "its values"

    write_image(NECK.monochromatic(70, np.int16), tmp_path / "other.nrrd")
    assert recognised(tmp_path / "other.nrrd").kind is SeriesKind.UNKNOWN
    assert recognised(f"{tmp_path / 'other.nrrd'}:keV=70").problem is None


@pytest.mark.parametrize("kev", [40, 45, 50, 70])
def test_a_neck_of_much_fat_is_in_hu_at_every_energy(tmp_path: Path, kev: int) -> None:
    lean = Neck().discs
    fatty = Neck((replace(lean[0], radius_mm=78), replace(lean[1], radius_mm=25), *lean[2:4]))
    write_image(fatty.monochromatic(kev, np.int16), tmp_path / f"vmi-{kev}-kev.nrrd")
    series = recognised(tmp_path / f"vmi-{kev}-kev.nrrd")
    assert (series.unit, series.problem) == (ValueUnit.HU, None)


@pytest.mark.parametrize("offset", [1024, 400, -400])
def test_values_that_are_no_hu_are_still_seen(tmp_path: Path, offset: int) -> None:
    image = NECK.monochromatic(40, np.int16)
    write_image(replace(image, voxels=image.voxels + np.int16(offset)), tmp_path / "vmi-40-kev.nrrd")
    assert "do not look like HU" in (recognised(tmp_path / "vmi-40-kev.nrrd").problem or "")


def test_an_iodine_volume_needs_its_unit(tmp_path: Path) -> None:
    write_image(NECK.iodine_map(), tmp_path / "iodine.nrrd")
    assert ":unit=mg/mL" in (recognised(tmp_path / "iodine.nrrd").problem or "")
    assert recognised(f"{tmp_path / 'iodine.nrrd'}:unit=mg/mL").problem is None


@pytest.mark.parametrize(
    ("text", "unit", "factor"),
    [
        ("HU", ValueUnit.HU, 1),
        ("10^-2 MGML", ValueUnit.MG_PER_ML, 0.01),
        ("10^2 Z_EFF", ValueUnit.EFFECTIVE_Z, 100),
        ("100 ug/cm3", ValueUnit.MG_PER_ML, 0.1),
        ("mg/ml", ValueUnit.MG_PER_ML, 1),
    ],
)
def test_units_are_read_with_their_power_of_ten(text: str, unit: ValueUnit, factor: float) -> None:
    found = stated_unit(text)
    assert found is not None
    assert (found.unit, found.factor) == (unit, pytest.approx(factor))


@pytest.mark.parametrize("text", ["", None, "US", "1000 ug/cm3", "10^-2", "mg"])
def test_what_is_no_unit_is_none(text: str | None) -> None:
    assert stated_unit(text) is None


def test_series_of_one_examination_form_a_group_and_others_do_not(a_vmi: Path, tmp_path: Path) -> None:
    same = write_vmi(tmp_path / "b", 70)
    elsewhere = write_vmi(tmp_path / "c", 70, FrameOfReferenceUID="1.2.3")
    series = [read_spectral_series(path) for path in (a_vmi, elsewhere, same)]
    assert [[series.index(one) for one in group] for group in group_series(series)] == [[0, 2], [1]]
    with pytest.raises(InputError, match="frames of reference differ"):
        require_one_group(series)


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ({"ConvolutionKernel": "Br64"}, "kernels differ"),
        ({"PixelSpacing": [1.0, 1.01]}, "grids differ"),
        ({"SliceThickness": 1.0}, "slice thicknesses differ"),
        ({"FrameOfReferenceUID": "1.2.3"}, "frames of reference differ"),
    ],
)
def test_the_reason_not_to_combine_is_named(a_vmi: Path, tmp_path: Path, header: dict[str, Any], says: str) -> None:
    other = read_spectral_series(write_vmi(tmp_path / "b", 70, **header))
    assert says in (why_not_together(read_spectral_series(a_vmi), other) or "")


def test_what_is_not_stated_keeps_nothing_apart_and_is_told(a_vmi: Path, tmp_path: Path) -> None:
    pair = [
        read_spectral_series(path)
        for path in (a_vmi, write_vmi(tmp_path / "b", 70, FrameOfReferenceUID=None, ConvolutionKernel=None))
    ]
    require_one_group(pair)
    assert unstated([one.recognised for one in pair]) == (
        "not every series states its frame of reference and kernel: only the grids were compared",
    )
