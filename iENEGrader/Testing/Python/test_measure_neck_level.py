"""Neck levels: proposed where the landmarks tell them, open with the missing landmark where they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.measure.position.midsagittal import mid_sagittal_plane
from iENEGraderLib.measure.position.neck_borders import LEVELS_FILE, Confidence, neck_borders
from iENEGraderLib.measure.position.neck_landmarks import NeckLandmarks, neck_landmarks
from iENEGraderLib.measure.position.neck_level import LevelProposal, propose_level
from iENEGraderLib.measure.preferences import default_preferences
from iENEGraderLib.reading.vocabulary import NeckLevel
from iENEGraderLib.sample import digital_neck, sample_segmentation
from level_phantoms import CENTRES, BoxNeck, a_grid
from scipy.spatial.transform import Rotation

if TYPE_CHECKING:
    from pathlib import Path

    from iENEGraderLib.measure.preferences import Preferences


@pytest.fixture(scope="module")
def a_neck() -> BoxNeck:
    """An upright neck with every landmark."""
    return BoxNeck()


@pytest.fixture(scope="module")
def all_landmarks(a_neck: BoxNeck) -> NeckLandmarks:
    """Every landmark of the table."""
    return a_neck.landmarks()


def mirrored(centre: tuple[float, float, float]) -> tuple[float, float, float]:
    return -centre[0], centre[1], centre[2]


def level_at(
    neck: BoxNeck,
    landmarks: NeckLandmarks,
    centre: tuple[float, float, float],
    radius_mm: float = 5.0,
    preferences: Preferences | None = None,
) -> LevelProposal:
    return propose_level(neck.node(centre, radius_mm), landmarks, preferences)


@pytest.mark.parametrize("level", CENTRES)
@pytest.mark.parametrize("side", ["right", "left"])
def test_a_node_well_inside_a_level_is_proposed_there_alone(
    a_neck: BoxNeck, all_landmarks: NeckLandmarks, level: str, side: str
) -> None:
    centre = CENTRES[level] if side == "right" else mirrored(CENTRES[level])

    proposal = level_at(a_neck, all_landmarks, centre, 2.5)

    assert proposal.level == level
    assert proposal.missing == ()
    assert not proposal.is_borderline
    assert not proposal.alternatives
    assert proposal.confidence is not None
    assert f"level {level}: the centroid lies" in proposal.reason


@pytest.mark.parametrize(
    "axes_lps",
    [
        np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]]),
        Rotation.from_euler("zyx", (25, -15, 20), degrees=True).as_matrix(),
    ],
    ids=["coronal", "oblique"],
)
def test_levels_do_not_depend_on_how_the_grid_lies(axes_lps: np.ndarray) -> None:
    neck = BoxNeck(a_grid((2.0, 2.0, 2.5), axes_lps))
    landmarks = neck.landmarks()
    found = {level: level_at(neck, landmarks, centre).level for level, centre in CENTRES.items()}
    assert found == {level: NeckLevel(level) for level in CENTRES}


@pytest.mark.parametrize("lean_deg", [-15.0, 15.0])
def test_levels_follow_a_neck_that_leans_to_a_side(lean_deg: float) -> None:
    neck = BoxNeck(lean_deg=lean_deg)
    landmarks = neck.landmarks()

    near_the_hyoid = level_at(neck, landmarks, (31.0, 18.0, -5.0))

    assert near_the_hyoid.level == "III"
    assert level_at(neck, landmarks, (31.0, 18.0, 5.0)).level == "IIA"
    assert "leans 15 degrees" in near_the_hyoid.warnings[0]


@pytest.mark.parametrize(("distance_mm", "level"), [(4.0, "IIA"), (1.5, "IIA"), (-2.5, "III"), (-6.0, "III")])
def test_the_distance_to_the_hyoid_is_that_of_the_centroid(
    a_neck: BoxNeck, all_landmarks: NeckLandmarks, distance_mm: float, level: str
) -> None:
    proposal = level_at(a_neck, all_landmarks, (31.0, 18.0, distance_mm))

    hyoid = next(each for each in proposal.readings if each.border.landmark == ("hyoid",))
    assert proposal.level == level
    assert hyoid.distance_mm == pytest.approx(distance_mm, abs=1.0)


def test_within_one_section_of_a_border_is_borderline(a_neck: BoxNeck, all_landmarks: NeckLandmarks) -> None:
    close, far = (level_at(a_neck, all_landmarks, (31.0, 18.0, -z), 2.5) for z in (1.5, 6.0))

    assert close.level == far.level == "III"
    assert close.is_borderline
    assert close.alternatives == (NeckLevel.IIA,)
    assert "borderline, within one section of: lower border of the hyoid" in close.reason
    assert not far.is_borderline
    assert far.alternatives == ()


def test_a_node_that_crosses_a_border_has_the_level_of_its_centroid_and_the_other_as_well(
    a_neck: BoxNeck, all_landmarks: NeckLandmarks
) -> None:
    proposal = level_at(a_neck, all_landmarks, (31.0, 16.0, -4.0), 9.0)

    assert proposal.level == "III"
    assert proposal.alternatives == (NeckLevel.IIA,)
    assert not proposal.is_borderline
    share = (2 - 3 * (4 / 9) + (4 / 9) ** 3) / 4  # of a ball beyond a plane
    assert f"{100 * share:.0f} % in IIA"[:1] in proposal.reason
    assert float(proposal.reason.split(" % in IIA")[0].rsplit(maxsplit=1)[-1]) == pytest.approx(100 * share, abs=4.0)


def test_a_smaller_share_than_the_threshold_names_no_neighbour(a_neck: BoxNeck, all_landmarks: NeckLandmarks) -> None:
    strict = default_preferences().changed({"level.crossing_share": 0.5})
    proposal = level_at(a_neck, all_landmarks, (31.0, 16.0, -4.0), 9.0, strict)
    assert proposal.alternatives == ()
    assert any(not each.is_default for each in proposal.preferences)


@pytest.mark.parametrize(
    ("level", "without", "open_levels", "missing"),
    [
        ("III", "hyoid", {"IIA", "III"}, "hyoid"),
        ("III", "cricoid_cartilage", {"III", "IV"}, "cricoid_cartilage"),
        ("IIA", "internal_jugular_vein_right", {"IIA", "IIB"}, "internal_jugular_vein_right"),
        ("IB", "digastric_right", {"IA", "IB"}, "digastric_right"),
        ("IV", "clavicula_right", {"IV", "supraclavicular"}, "clavicula_right"),
        ("IV", "anterior_scalene_right", {"IV", "VB"}, "anterior_scalene_right"),
        ("IIA", "parotid_gland_right", {"IIA", "parotid"}, "parotid_gland_right"),
        ("VII", "sternum", {"VI", "VII"}, "sternum"),
    ],
)
def test_a_missing_landmark_leaves_the_levels_open_that_it_parts(
    a_neck: BoxNeck, level: str, without: str, open_levels: set[str], missing: str
) -> None:
    proposal = level_at(a_neck, a_neck.landmarks({without}), CENTRES[level])

    assert proposal.level is None
    assert proposal.confidence is None
    assert set(proposal.alternatives) == open_levels
    assert proposal.missing == (missing,)
    assert f"not segmented: {missing}" in proposal.reason


def test_a_landmark_that_parts_nothing_here_is_not_asked_for(a_neck: BoxNeck) -> None:
    without = {"clavicula_right", "sternum", "anterior_scalene_right", "digastric_right"}
    assert level_at(a_neck, a_neck.landmarks(without), CENTRES["IIA"]).level == "IIA"
    assert level_at(a_neck, a_neck.landmarks(without), CENTRES["VI"]).level is None


def test_an_outer_limit_that_is_missing_is_said_and_does_not_hinder(a_neck: BoxNeck) -> None:
    proposal = level_at(a_neck, a_neck.landmarks({"trapezius_right"}), CENTRES["VA"])
    assert proposal.level == "VA"
    assert proposal.missing == ("trapezius_right",)
    assert "not checked: front of the trapezius" in proposal.reason


def test_the_other_side_does_not_stand_in_for_a_missing_landmark(a_neck: BoxNeck) -> None:
    landmarks = a_neck.landmarks({"internal_jugular_vein_left"})
    assert level_at(a_neck, landmarks, mirrored(CENTRES["IIA"])).level is None
    assert level_at(a_neck, landmarks, CENTRES["IIA"]).level == "IIA"


def test_a_gap_in_a_vein_is_bridged(a_neck: BoxNeck) -> None:
    segmentation = a_neck.segmentation()
    for segment in segmentation.segments:
        if segment.name == "internal_jugular_vein_right":
            segment.labels[(a_neck.body_places[..., 2] > 5) & (a_neck.body_places[..., 2] < 35)] = 0
    landmarks = neck_landmarks(segmentation, a_neck.plane)
    assert level_at(a_neck, landmarks, CENTRES["IIA"]).level == "IIA"
    assert level_at(a_neck, landmarks, CENTRES["IIB"]).level == "IIB"


def test_without_a_midline_only_heights_are_known(a_neck: BoxNeck) -> None:
    landmarks = neck_landmarks(a_neck.segmentation(), None)
    proposal = level_at(a_neck, landmarks, CENTRES["IV"])
    assert proposal.level is None
    assert "mid-sagittal plane" in proposal.missing
    assert NeckLevel.IV in proposal.alternatives
    assert not {"IA", "IB", "IIA", "IIB", "III", "VA"} & set(proposal.alternatives)


def test_without_any_landmark_nothing_is_proposed(a_neck: BoxNeck) -> None:
    names = {segment.name for segment in a_neck.segmentation().segments}
    proposal = level_at(a_neck, a_neck.landmarks(names), CENTRES["IV"])
    assert proposal.level is None
    assert proposal.alternatives == ()
    assert {"hyoid", "cricoid_cartilage", "clavicula_right"} <= set(proposal.missing)


def test_a_landmark_cut_off_by_the_edge_of_the_image_tells_no_border(a_neck: BoxNeck) -> None:
    height = a_neck.body_places[:, 0, 0, 2]
    first = int(np.argmax(height >= 2.0))  # inside the hyoid
    i, j, k = a_neck.geometry.size_ijk
    x, y, z = a_neck.geometry.origin_lps_mm
    upper = BoxNeck(
        type(a_neck.geometry)((i, j, k - first), (2.0, 2.0, 2.0), (x, y, z + 2.0 * first)),
    )

    lowest_seen = {"cricoid_cartilage", "sternum", "brachiocephalic_vein_left"}
    lowest_seen |= {
        f"{name}_{side}"
        for name in ("clavicula", "anterior_scalene", "common_carotid_artery")
        for side in ("left", "right")
    }
    proposal = level_at(upper, upper.landmarks(lowest_seen), CENTRES["IIA"])

    assert proposal.level is None
    assert "cut off by the edge of the image: hyoid" in proposal.reason


def test_a_node_beyond_every_level_is_left_to_the_reader(a_neck: BoxNeck, all_landmarks: NeckLandmarks) -> None:
    behind_the_trapezius = level_at(a_neck, all_landmarks, (30.0, -63.0, 5.0), 3.0)
    assert behind_the_trapezius.level is None
    assert "none of the levels fits" in behind_the_trapezius.reason


def test_one_voxel_is_enough_and_none_is_not(a_neck: BoxNeck, all_landmarks: NeckLandmarks) -> None:
    mask = np.zeros(a_neck.geometry.array_shape, bool)
    assert "mask is empty" in propose_level(mask, all_landmarks).reason
    mask[np.unravel_index(np.argmin(np.linalg.norm(a_neck.body_places - CENTRES["III"], axis=-1)), mask.shape)] = True
    assert propose_level(mask, all_landmarks).level == "III"


def test_a_node_on_another_grid_is_refused(all_landmarks: NeckLandmarks) -> None:
    with pytest.raises(InputError, match="give masks of one grid"):
        propose_level(np.ones((4, 4, 4), bool), all_landmarks)


@pytest.mark.parametrize("seed", range(4))
def test_the_sample_necks_have_the_levels_they_were_built_with(seed: int) -> None:
    neck = digital_neck(seed, spacing_mm=(1.2, 1.2, 1.5))
    segmentation = sample_segmentation(neck)
    landmarks = neck_landmarks(segmentation, mid_sagittal_plane(segmentation))

    for node in segmentation.nodes:
        proposal, truth = propose_level(node, landmarks), neck.truth.node(node.name).level
        if truth == "IV":  # the sample has no clavicles
            assert proposal.level is None
            assert set(proposal.alternatives[:2]) == {"IV", "supraclavicular"}
            assert proposal.alternatives[2:] == ("III",)  # its upper end lies above the border of the cricoid
            assert "% in III" in proposal.reason
            assert proposal.missing == ("clavicula_left",)
        else:
            assert proposal.level == truth, proposal.reason


def test_the_confidence_is_that_of_the_least_founded_border(a_neck: BoxNeck, all_landmarks: NeckLandmarks) -> None:
    assert level_at(a_neck, all_landmarks, CENTRES["III"]).confidence is Confidence.HIGH
    assert level_at(a_neck, all_landmarks, CENTRES["IIA"]).confidence is Confidence.MEDIUM
    assert level_at(a_neck, all_landmarks, CENTRES["IB"]).confidence is Confidence.LOW


def test_every_border_names_its_source_and_levels_on_a_side() -> None:
    borders = neck_borders()
    assert len({border.boundary for border in borders}) == len(borders)
    for border in borders:
        assert border.source
        assert border.first | border.second
        assert not border.first & border.second


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('above = ["IA", "IB",', 'above = ["I", "IB",', r"no levels \['I'\]"),
        ('landmark = "hyoid"', 'landmark = "hyoid_bone"', "there is no structure hyoid_bone_left"),
        ('edge = "lowest"', 'edge = "bottom"', "edge 'bottom'"),
        ('confidence = "high"', 'confidence = "sure"', "confidence 'sure'"),
        ('source = "som"', 'source = "rumour"', "source 'rumour'"),
        ('boundary = "lower border of the hyoid"\n', "", "a row without boundary: missing boundary"),
        ('edge = "lowest"', 'edge = "back"', "give the sides in_front and behind"),
        ("[[border]]", "[border]", r"rows \[\[border\]\]"),
        ("[sources]", "[sources", "cannot be read as TOML"),
    ],
)
def test_a_wrong_row_is_refused_with_its_fault(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    text = LEVELS_FILE.read_text(encoding="utf-8")
    start = text.index("\n[sources]")
    end = text.index("\n[[border]]", text.index("\n[[border]]") + 1)
    path = tmp_path / "neck_levels.toml"
    path.write_text(text[start:end].replace(old, new), encoding="utf-8")
    with pytest.raises(InputError, match=complaint):
        neck_borders(path)
