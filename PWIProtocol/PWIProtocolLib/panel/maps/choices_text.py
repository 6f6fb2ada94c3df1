"""What the user chose for a fit as text, for the scene. No Qt, no Slicer."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.kinetics import Model
from PWIProtocolLib.kinetics.aif_detection import InputKind
from PWIProtocolLib.mapping.aif_edits_text import edits_of_text, text_of_edits
from PWIProtocolLib.panel.maps.fit_choices import (
    AngleVolume,
    ArterialSettings,
    DelayChoice,
    FitChoices,
    PlaceKind,
    StudyPlace,
    T1Choice,
    T1Settings,
)

VERSION = 1


@dataclass(frozen=True)
class PanelChoices:
    """What stands in the panel.

    Attributes
    ----------
    choices : as entered; None for numbers that the data tell.
    """

    place: StudyPlace = field(default_factory=StudyPlace)
    choices: FitChoices = field(default_factory=FitChoices)


def text_of_choices(choices: PanelChoices) -> str:
    """Return what stands in the panel as JSON."""
    place, asked = asdict(choices.place), choices_record(choices.choices)
    return json.dumps({"version": VERSION, "place": place, "choices": asked})


def choices_of_text(text: str) -> PanelChoices:
    """Return what stood in the panel.

    Raises
    ------
    InputError
        When it was written by a newer version, or is nothing of the kind.
    """
    try:
        record = json.loads(text)
        if record["version"] != VERSION:
            raise ValueError(f"version {record['version']}, expected {VERSION}")
        return PanelChoices(place_of(record["place"]), choices_of(record["choices"]))
    except (ValueError, TypeError, KeyError) as error:
        problem = f"{type(error).__name__}: {error}"
        raise InputError(
            f"the choices for maps in this scene cannot be read ({problem}); choose anew, and they are replaced"
        ) from error


def choices_record(choices: FitChoices) -> dict[str, Any]:
    """Return choices as JSON can hold them."""
    arterial = asdict(choices.arterial) | {"edits": text_of_edits(choices.arterial.edits)}
    return asdict(choices) | {"arterial": arterial}


def choices_of(record: Any) -> FitChoices:
    """Return choices out of JSON; ValueError, TypeError or KeyError when they are none."""
    t1, arterial = record["t1"], record["arterial"]
    volumes = tuple(AngleVolume(**each) for each in t1["volumes"])
    known = {
        "t1": T1Settings(**t1 | {"choice": T1Choice(t1["choice"]), "volumes": volumes}),
        "arterial": ArterialSettings(**arterial | {"edits": edits_of_text(arterial["edits"])}),
        "model": Model(record["model"]),
        "delay": DelayChoice(record["delay"]),
        "holds": InputKind(record["holds"]),
    }
    return FitChoices(**record | known)


def place_of(record: Any) -> StudyPlace:
    """Return a place out of JSON; ValueError, TypeError or KeyError when it is none."""
    return StudyPlace(**record | {"kind": PlaceKind(record["kind"])})
