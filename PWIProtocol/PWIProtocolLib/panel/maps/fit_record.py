"""A fit as the scene keeps it: what it was made of, how it came out, and values of regions. No Qt, no Slicer."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.kinetics import aif_quality
from PWIProtocolLib.mapping import AifSource, Arterial
from PWIProtocolLib.mapping.arterial_curve import AifOrigin
from PWIProtocolLib.panel.maps.choices_text import choices_of, choices_record, place_of
from PWIProtocolLib.panel.maps.map_words import columns_of, quartiles_of, region_note, status_words

if TYPE_CHECKING:
    from PWIProtocolLib.mapping import MappedStudy, Region
    from PWIProtocolLib.panel.maps.fit_choices import FitChoices, StudyPlace
    from PWIProtocolLib.scene.maps.map_volumes import MapExtras

SCHEMA = "hnn-pwi-maps/1"


@dataclass(frozen=True)
class MedianRecord:
    """Median and quartiles of a map in a region, None where no voxel has a value."""

    name: str
    median: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class RegionRecord:
    """What a fit says of a region.

    Attributes
    ----------
    note : all that is known of it, in lines.
    suspected : what it may hold and should not.
    placing : that it was brought from another grid; empty when it was not.
    """

    name: str
    medians: tuple[MedianRecord, ...]
    note: str
    suspected: tuple[str, ...]
    placing: str = ""

    def of(self, name: str) -> MedianRecord | None:
        """Return the values of one map; None when the fit has none."""
        return next((each for each in self.medians if each.name == name), None)


@dataclass(frozen=True)
class VolumeRecord:
    """Which volume of the scene a map is."""

    name: str
    node_id: str


@dataclass(frozen=True)
class FitRecord:
    """A fit.

    Attributes
    ----------
    choices : with all numbers that were used.
    time_s : of the frames.
    arterial : the curve that was used.
    done : share of the voxels that were worked on.
    outcome, cautions : sentences.
    columns : maps that the table of regions shows.
    volumes : the maps, the status map and the mean image.
    """

    source: str
    place: StudyPlace
    choices: FitChoices
    time_s: tuple[float, ...]
    arterial: Arterial
    done: float
    outcome: tuple[str, ...]
    cautions: tuple[str, ...]
    columns: tuple[str, ...]
    volumes: tuple[VolumeRecord, ...]
    regions: tuple[RegionRecord, ...] = ()


def record_of(
    study: MappedStudy, place: StudyPlace, choices: FitChoices, volumes: tuple[VolumeRecord, ...]
) -> FitRecord:
    """Return the record of a fit that was just made with some choices."""
    return FitRecord(
        source=study.inputs.dynamic.source,
        place=place,
        choices=replace(choices, baseline=study.baseline),
        time_s=tuple(map(float, study.inputs.dynamic.time_s)),
        arterial=study.arterial,
        done=study.done,
        outcome=status_words(study),
        # Those of the arterial curve stand beside it.
        cautions=tuple(each for each in study.cautions if each not in study.arterial.cautions),
        columns=columns_of(study),
        volumes=volumes,
    )


def record_of_region(region: Region, extras: MapExtras) -> RegionRecord:
    """Return what stays of a region."""
    medians = tuple(MedianRecord(each.kind.name, each.median, *quartiles_of(each)) for each in region.statistics)
    suspected = tuple(each.sentence for each in region.suspected)
    return RegionRecord(region.name, medians, region_note(region, extras), suspected)


def text_of_record(record: FitRecord) -> str:
    """Return a record as JSON."""
    plain = {name: getattr(record, name) for name in ("source", "time_s", "done", "outcome", "cautions", "columns")}
    return json.dumps(
        {
            "schema": SCHEMA,
            **plain,
            "place": asdict(record.place),
            "choices": choices_record(record.choices),
            "arterial": _of_arterial(record.arterial),
            "volumes": [asdict(each) for each in record.volumes],
            "regions": [asdict(each) for each in record.regions],
        }
    )


def record_of_text(text: str, name: str) -> FitRecord:
    """Return the record that a text holds.

    Parameters
    ----------
    name : where the text stands, for messages.

    Raises
    ------
    InputError
        When it holds none, or one of a newer version.
    """
    try:
        found = json.loads(text)
        if found.pop("schema") != SCHEMA:
            raise ValueError("another form")
        return FitRecord(
            source=found["source"],
            place=place_of(found["place"]),
            choices=choices_of(found["choices"]),
            time_s=tuple(map(float, found["time_s"])),
            arterial=_arterial(found["arterial"]),
            done=float(found["done"]),
            outcome=tuple(map(str, found["outcome"])),
            cautions=tuple(map(str, found["cautions"])),
            columns=tuple(map(str, found["columns"])),
            volumes=tuple(VolumeRecord(**each) for each in found["volumes"]),
            regions=tuple(map(_region, found["regions"])),
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        problem = f"{type(error).__name__}: {error}"
        raise InputError(
            f"{name}: cannot be read ({problem}); the maps are in the scene, fit again for the rest"
        ) from error


def _region(row: Any) -> RegionRecord:
    medians = tuple(MedianRecord(**each) for each in row["medians"])
    return RegionRecord(**row | {"medians": medians, "suspected": tuple(row["suspected"])})


def _of_arterial(curve: Arterial) -> dict[str, Any]:
    return {
        "source": curve.source,
        "words": curve.words,
        "time_s": curve.time_s.tolist(),
        "aif_mM": curve.aif_mM.tolist(),
        "arrival_s": float(curve.arrival_s),
        "hematocrit": float(curve.origin.hematocrit),
        "sampled_s": None if curve.sampled_s is None else curve.sampled_s.tolist(),
        "sampled_mM": None if curve.sampled_mM is None else curve.sampled_mM.tolist(),
        "cautions": curve.cautions,
    }


def _arterial(row: Any) -> Arterial:
    """Return the curve as it was used; what it was made of is not kept."""
    time_s, aif = np.array(row["time_s"]), np.array(row["aif_mM"])
    sampled_s, sampled = (None if row[name] is None else np.array(row[name]) for name in ("sampled_s", "sampled_mM"))
    source, words, arrival_s = AifSource(row["source"]), str(row["words"]), float(row["arrival_s"])
    origin = AifOrigin(source, words, time_s, aif, float(row["hematocrit"]), arrival_s)
    cautions = tuple(map(str, row["cautions"]))
    return Arterial(
        source, words, time_s, aif, arrival_s, aif_quality(time_s, aif), origin,
        sampled_s=sampled_s, sampled_mM=sampled, cautions=cautions,
    )  # fmt: skip
