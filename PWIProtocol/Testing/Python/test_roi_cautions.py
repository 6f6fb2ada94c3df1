from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from PWIProtocolLib.preferences import Confidence, read_preferences
from PWIProtocolLib.roi.cautions import CautionKind, Finding, RegionCaution, RegionMaps, region_cautions
from PWIProtocolLib.roi.change import LIMITS, ChangeVerdict, change_between_visits

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

VOXELS = 100


def a_level(value: float, other: float = 0.0, others: int = 0) -> NDArray[np.float64]:
    """Map with one value, and another in the first few voxels."""
    return np.where(np.arange(VOXELS) < others, other, value)


def a_healthy_region(**changed: NDArray[np.float64] | NDArray[np.bool_] | None) -> RegionMaps:
    """Node that enhances evenly and late, with plausible vp and T1."""
    maps = {
        "relative_enhancement": a_level(1.2),
        "time_to_peak_s": a_level(60.0),
        "vp": a_level(0.05),
        "t1_s": a_level(1.1),
        "has_value": np.ones(VOXELS, dtype=bool),
    }
    return RegionMaps(**{**maps, **changed})  # type: ignore[arg-type]


def caution(maps: RegionMaps, kind: CautionKind) -> RegionCaution:
    return next(one for one in region_cautions(maps) if one.kind is kind)


def test_a_healthy_region_is_clear_of_everything() -> None:
    findings = [one.finding for one in region_cautions(a_healthy_region())]
    assert findings == [Finding.CLEAR] * 4


def test_unenhancing_voxels_are_taken_for_necrosis_or_a_cyst() -> None:
    maps = a_healthy_region(relative_enhancement=a_level(1.2, 0.02, others=12))
    one = caution(maps, CautionKind.NECROSIS_OR_CYST)
    assert (one.finding, one.voxels, one.share) == (Finding.SUSPECTED, 12, 0.12)
    assert "12 of 100 voxels (12%) do not enhance" in one.sentence
    assert one.where is not None
    assert np.flatnonzero(one.where).tolist() == list(range(12))


def test_fluid_is_taken_for_a_cyst_by_its_t1() -> None:
    one = caution(a_healthy_region(t1_s=a_level(1.1, 4.0, others=9)), CautionKind.NECROSIS_OR_CYST)
    assert (one.finding, one.voxels) == (Finding.SUSPECTED, 9)


def test_a_high_plasma_volume_is_taken_for_a_vessel() -> None:
    one = caution(a_healthy_region(vp=a_level(0.05, 0.5, others=4)), CautionKind.VESSEL)
    assert (one.finding, one.voxels) == (Finding.SUSPECTED, 4)
    assert "vp above 0.3" in one.sentence


def test_early_and_strong_enhancement_is_taken_for_a_vessel_without_vp() -> None:
    maps = a_healthy_region(
        vp=None, relative_enhancement=a_level(1.2, 5.0, others=6), time_to_peak_s=a_level(60.0, 5.0, others=3)
    )
    one = caution(maps, CautionKind.VESSEL)
    assert (one.finding, one.voxels) == (Finding.SUSPECTED, 3)


def test_a_short_t1_before_contrast_is_taken_for_hemorrhage() -> None:
    one = caution(a_healthy_region(t1_s=a_level(1.1, 0.3, others=5)), CautionKind.HEMORRHAGE)
    assert (one.finding, one.voxels) == (Finding.SUSPECTED, 5)
    assert "blood products or fat" in one.sentence


def test_voxels_without_a_value_are_told() -> None:
    one = caution(a_healthy_region(has_value=np.arange(VOXELS) > 40), CautionKind.NO_VALUE)
    assert (one.finding, one.voxels) == (Finding.SUSPECTED, 41)


def test_a_few_voxels_do_not_raise_a_caution() -> None:
    one = caution(a_healthy_region(t1_s=a_level(1.1, 0.3, others=1)), CautionKind.HEMORRHAGE)
    assert one.finding is Finding.CLEAR
    assert one.sentence == "hemorrhage: no sign of it (1 of 100 voxels)"


def test_nothing_is_passed_without_its_map() -> None:
    cautions = region_cautions(RegionMaps())
    assert [one.finding for one in cautions] == [Finding.NOT_CHECKED] * 4
    assert all("not checked" in one.sentence for one in cautions)


def test_nothing_is_passed_by_voxels_without_a_value() -> None:
    maps = a_healthy_region(t1_s=a_level(float("nan")))
    assert caution(maps, CautionKind.HEMORRHAGE).finding is Finding.NOT_CHECKED


def test_the_share_is_that_of_the_voxels_that_can_be_judged() -> None:
    t1_s = a_level(float("nan"))
    t1_s[:10] = [0.3, *[1.1] * 9]
    one = caution(a_healthy_region(t1_s=t1_s), CautionKind.HEMORRHAGE)
    assert (one.finding, one.share) == (Finding.SUSPECTED, 0.1)


def test_maps_of_different_sizes_are_refused() -> None:
    with pytest.raises(InputError, match=r"cover \[3, 100\] voxels"):
        region_cautions(a_healthy_region(vp=np.zeros(3)))


def test_a_large_change_of_ktrans_exceeds_the_repeatability_with_its_source() -> None:
    change = change_between_visits("ktrans_per_min", 0.2, 0.02)
    assert change.difference == pytest.approx(-0.18)
    assert change.relative == pytest.approx(-0.9)
    assert change.verdict is ChangeVerdict.BEYOND_REPEATABILITY
    assert change.sentence.startswith("Ktrans changed from 0.2 to 0.02 /min (-90%); more than the repeatability of 83%")
    assert "Peled" in change.sentence


def test_a_small_change_is_within_the_repeatability() -> None:
    assert change_between_visits("ve", 0.4, 0.5).verdict is ChangeVerdict.WITHIN_REPEATABILITY


def test_a_map_without_a_published_limit_has_no_verdict() -> None:
    change = change_between_visits("vp", 0.04, 0.09)
    assert (change.verdict, change.limit) == (ChangeVerdict.NO_LIMIT_KNOWN, None)


def test_a_first_value_of_zero_has_no_relative_change() -> None:
    change = change_between_visits("ktrans_per_min", 0.0, 0.1)
    assert (change.relative, change.verdict) == (None, ChangeVerdict.NO_LIMIT_KNOWN)


def test_a_visit_without_a_value_is_refused() -> None:
    with pytest.raises(InputError, match=r"Ktrans: values nan and 0\.2"):
        change_between_visits("ktrans_per_min", float("nan"), 0.2)


@examples(max_examples=30)
@given(st.floats(0.01, 2.0), st.floats(0.01, 2.0), st.floats(0.5, 4.0))
def test_the_verdict_does_not_depend_on_the_scale(before: float, after: float, scale: float) -> None:
    limit = read_preferences(LIMITS).value("ktrans_per_min")
    if abs(abs(after - before) / before - limit) > 1e-9:
        one, other = (change_between_visits("ktrans_per_min", f * before, f * after) for f in (1.0, scale))
        assert one.verdict is other.verdict


def test_every_limit_states_source_and_confidence() -> None:
    tables = [LIMITS, *LIMITS.parent.glob("c*.toml"), *(LIMITS.parents[1] / "kinetics").glob("aif_[dl]*.toml")]
    rows = [row for table in tables for row in read_preferences(table).rows]
    assert len(rows) > 30
    assert all(row.source and row.meaning and row.confidence in Confidence for row in rows)
    assert str(rows[0]).endswith("confidence moderate)")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[x]\nvalue = 1\n", r"t\.toml: x has \['value'\]; it needs"),
        ('[x]\nvalue = true\nunit = "1"\nmeaning = "m"\nsource = "s"\nconfidence = "high"\n', "the value True"),
        ('[x]\nvalue = 1\nunit = "1"\nmeaning = " "\nsource = "s"\nconfidence = "high"\n', "needs unit, meaning"),
        ('[x]\nvalue = 1\nunit = "1"\nmeaning = "m"\nsource = "s"\nconfidence = "sure"\n', "high, moderate, low"),
        ("x = ", "cannot be read as TOML"),
    ],
)
def test_a_wrong_row_of_limits_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "t.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=complaint):
        read_preferences(tmp_path / "t.toml")
