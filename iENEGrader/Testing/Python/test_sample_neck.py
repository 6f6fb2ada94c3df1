"""The digital neck: its anatomy, attenuation, noise and geometry, verified in the voxels."""

from __future__ import annotations

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.anatomy.structures import Role
from iENEGraderLib.sample import DigitalNeck, Severity, digital_neck
from scipy import ndimage

COARSE = (1.0, 1.0, 2.0)
PAIRED = (
    "sternocleidomastoid",
    "common_carotid_artery",
    "internal_carotid_artery",
    "external_carotid_artery",
    "internal_jugular_vein",
    "vertebral_artery",
    "parotid_gland",
    "submandibular_gland",
    "prevertebral",
    "autochthon",
    "platysma",
)
SINGLE = (
    "skin",
    "subcutaneous_fat",
    "deep_neck_fat",
    "mandible",
    "hyoid",
    "thyroid_cartilage",
    "cricoid_cartilage",
    "larynx_air",
    "trachea",
    "spinal_cord",
    "vertebrae_C4",
    "thyroid_gland",
)


@pytest.fixture(scope="module")
def a_neck() -> DigitalNeck:
    return digital_neck()


@pytest.fixture(scope="module")
def a_coarse_neck() -> DigitalNeck:
    return digital_neck(spacing_mm=COARSE)


def height(neck: DigitalNeck, name: str, end: str) -> float:
    """Lowest or highest RAS S coordinate of a segment."""
    slices = np.flatnonzero(neck.mask(name).any(axis=(1, 2)))
    return float(neck.geometry.ras_from_kji((slices[0] if end == "low" else slices[-1], 0, 0))[2])


def core(neck: DigitalNeck, name: str, layers: int) -> np.ndarray:
    """HU of the voxels of a segment that lie some layers below its surface."""
    return neck.hu[ndimage.binary_erosion(neck.mask(name), iterations=layers)]


def test_the_scan_has_the_size_and_spacing_of_a_neck_ct(a_neck: DigitalNeck) -> None:
    assert a_neck.hu.shape == a_neck.labels.shape == a_neck.geometry.array_shape == (168, 320, 320)
    assert a_neck.hu.dtype == np.int16
    assert a_neck.geometry.spacing_mm == (0.5, 0.5, 1.0)


def test_air_surrounds_the_neck_in_the_plane(a_neck: DigitalNeck) -> None:
    edges = (a_neck.labels[:, [0, -1], :], a_neck.labels[:, :, [0, -1]])
    assert all((edge == 0).all() for edge in edges)
    assert a_neck.hu[:, 0, :].mean() == pytest.approx(-1000, abs=15)


@pytest.mark.parametrize("name", [*(f"{name}_{side}" for name in PAIRED for side in ("right", "left")), *SINGLE])
def test_every_structure_is_there_and_has_its_own_name_and_terminology(a_neck: DigitalNeck, name: str) -> None:
    assert a_neck.mask(name).sum() * a_neck.geometry.voxel_volume_mm3 > 300
    segment = next(segment for segment in a_neck.segments if segment.name == name)
    assert segment.structure.name == name
    assert "~SCT^" in segment.structure.terminology


def test_the_label_map_has_one_value_per_segment_and_no_other(a_neck: DigitalNeck) -> None:
    values = [segment.value for segment in a_neck.segments]
    assert values == list(range(1, len(values) + 1))
    assert set(np.unique(a_neck.labels)) == {0, *values}


def test_right_structures_lie_on_the_patients_right_where_ras_x_grows(a_neck: DigitalNeck) -> None:
    truth = a_neck.truth
    assert truth.midline_normal_ras[0] > 0.9
    for segment in a_neck.segments:
        side = segment.name.rpartition("_")[2]
        if side in ("right", "left"):
            centre = a_neck.geometry.ras_from_kji(np.argwhere(a_neck.mask(segment.name)).mean(axis=0))
            distance = (centre - truth.midline_point_ras_mm) @ np.array(truth.midline_normal_ras)
            assert (distance > 0) == (side == "right"), segment.name


def test_the_midline_is_neither_at_zero_nor_parallel_to_the_grid(a_neck: DigitalNeck) -> None:
    cord = a_neck.geometry.ras_from_kji(np.argwhere(a_neck.mask("spinal_cord")))
    assert abs(cord[:, 0].mean()) > 1.5
    assert abs(a_neck.truth.midline_normal_ras[1]) > 0.02
    distance = (cord - a_neck.truth.midline_point_ras_mm) @ np.array(a_neck.truth.midline_normal_ras)
    assert distance.mean() == pytest.approx(0, abs=0.2)


def test_landmarks_lie_above_one_another_as_in_a_neck(a_neck: DigitalNeck) -> None:
    assert height(a_neck, "hyoid", "low") > height(a_neck, "thyroid_cartilage", "low")
    assert height(a_neck, "thyroid_cartilage", "low") > height(a_neck, "cricoid_cartilage", "low")
    bifurcation = height(a_neck, "common_carotid_artery_right", "high")
    assert height(a_neck, "thyroid_cartilage", "low") < bifurcation < height(a_neck, "mandible", "low") + 5
    assert height(a_neck, "internal_carotid_artery_right", "low") < bifurcation + 2


@pytest.mark.parametrize(
    ("low", "high"),
    [
        ("common_carotid_artery", "internal_carotid_artery"),
        ("common_carotid_artery", "external_carotid_artery"),
    ],
)
@pytest.mark.parametrize("side", ["right", "left"])
def test_the_carotids_are_one_tree(a_neck: DigitalNeck, low: str, high: str, side: str) -> None:
    trunk, branch = a_neck.mask(f"{low}_{side}"), a_neck.mask(f"{high}_{side}")
    _, pieces = ndimage.label(trunk | branch)
    assert pieces == 1


@pytest.mark.parametrize(
    ("name", "layers", "hu"),
    [
        ("sternocleidomastoid_right", 3, 60),
        ("autochthon_left", 3, 60),
        ("deep_neck_fat", 4, -105),
        ("common_carotid_artery_right", 3, 230),
        ("internal_jugular_vein_right", 3, 185),
        ("submandibular_gland_left", 3, 96),
        ("parotid_gland_right", 3, 38),
        ("thyroid_gland", 3, 165),
        ("trachea", 3, -1000),
        ("spinal_cord", 3, 45),
        ("node_4", 3, 95),
        ("node_5", 3, 95),
    ],
)
def test_tissues_have_the_attenuation_of_an_enhanced_ct(a_neck: DigitalNeck, name: str, layers: int, hu: float) -> None:
    assert core(a_neck, name, layers).mean() == pytest.approx(hu, abs=4)


def test_bone_has_a_dense_cortex_around_spongy_bone(a_neck: DigitalNeck) -> None:
    bone = a_neck.mask("vertebrae_C5")
    inside = ndimage.binary_erosion(bone, iterations=4)
    assert a_neck.hu[inside].mean() == pytest.approx(400, abs=40)
    assert np.percentile(a_neck.hu[bone & ~inside], 90) > 600


@pytest.mark.parametrize("name", ["deep_neck_fat", "autochthon_right"])
def test_noise_is_that_of_a_clinical_scan(a_neck: DigitalNeck, name: str) -> None:
    values = core(a_neck, name, 5)
    assert 10 <= values.std() <= 14
    assert values.std() == pytest.approx(a_neck.truth.noise_sd_hu, abs=0.6)


def test_noise_is_correlated_within_a_slice_and_not_between_slices(a_neck: DigitalNeck) -> None:
    air = a_neck.hu[:, :18, :].astype(float) + 1000
    neighbour = (air[:, :, 1:] * air[:, :, :-1]).mean() / air.var()
    above = (air[1:] * air[:-1]).mean() / air.var()
    assert neighbour > 0.3
    assert abs(above) < 0.05


def test_edges_are_blurred_by_the_scanner_and_not_stepped(a_neck: DigitalNeck) -> None:
    row = np.flatnonzero(a_neck.mask("skin")[84, 160])[0]
    profile = a_neck.hu[84, 160, row - 4 : row + 2].astype(float)
    between = (profile > -940) & (profile < -60)
    assert between.sum() >= 1


def test_the_same_seed_gives_the_same_case() -> None:
    first, second = (digital_neck(3, spacing_mm=COARSE) for _ in range(2))
    assert np.array_equal(first.hu, second.hu)
    assert np.array_equal(first.labels, second.labels)
    assert first.truth == second.truth


def test_other_seeds_give_other_patients(a_coarse_neck: DigitalNeck) -> None:
    other = digital_neck(1, spacing_mm=COARSE)
    assert other.truth != a_coarse_neck.truth
    assert (other.labels != a_coarse_neck.labels).mean() > 0.02
    pairs = zip(other.truth.nodes, a_coarse_neck.truth.nodes, strict=True)
    assert all(a.greatest_dimension_mm != b.greatest_dimension_mm for a, b in pairs)


@pytest.mark.parametrize(
    ("severity", "names"),
    [
        (Severity.NONE, []),
        (Severity.GRADE_0, ["node_1"]),
        (Severity.GRADE_1, ["node_1", "node_2"]),
        (Severity.GRADE_2, ["node_1", "node_2", "node_3", "node_4"]),
        (Severity.GRADE_3, ["node_1", "node_2", "node_3", "node_4", "node_5"]),
    ],
)
def test_a_severity_asks_for_the_nodes_up_to_its_grade(
    a_coarse_neck: DigitalNeck, severity: Severity, names: list[str]
) -> None:
    neck = digital_neck(severity=severity, spacing_mm=COARSE)
    assert [node.name for node in neck.truth.nodes] == names
    assert [segment.name for segment in neck.segments if segment.structure.role is Role.NODE] == names
    for node in neck.truth.nodes:
        assert node == a_coarse_neck.truth.node(node.name)


def test_a_neck_without_nodes_is_the_same_patient(a_coarse_neck: DigitalNeck) -> None:
    bare = digital_neck(severity=Severity.NONE, spacing_mm=COARSE)
    for name in ("mandible", "sternocleidomastoid_right", "common_carotid_artery_left", "trachea"):
        assert np.array_equal(bare.mask(name), a_coarse_neck.mask(name))


@pytest.mark.parametrize("spacing", [(0.1, 0.5, 1.0), (0.5, 0.5, 5.0), (0.5, 0.5, float("nan"))])
def test_a_spacing_that_cannot_show_a_neck_is_refused(spacing: tuple[float, float, float]) -> None:
    with pytest.raises(InputError, match=r"from 0\.3 to 2\.5 mm"):
        digital_neck(spacing_mm=spacing)


def test_an_unknown_segment_or_node_is_a_key_error(a_coarse_neck: DigitalNeck) -> None:
    with pytest.raises(KeyError):
        a_coarse_neck.mask("node_9")
    with pytest.raises(KeyError):
        a_coarse_neck.truth.node("node_9")
