"""Which cases ``hnn export`` is asked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from hnn.export.case_files import CaseBundle, CaseFiles
    from hnn.export.map_files import MapChoice

OWN_FILES = ("--image", "--segmentation", "--reading")


def cases_of(arguments: argparse.Namespace) -> Sequence[Path | CaseFiles | CaseBundle]:
    """Return the cases of a call.

    Raises
    ------
    InputError
        When the options do not say which cases, or say of several what belongs to one.
    """
    from hnn.export.case_files import CaseFiles, case_at, places_in

    maps, teaching = _maps(arguments), Path(arguments.teaching) if arguments.teaching else None
    given = [arguments.image, arguments.segmentation, arguments.reading]
    if any(given):
        _require_all(arguments, given)
        image, segmentation, reading = (Path(name) for name in given)
        return [CaseFiles(image, segmentation, reading, maps, teaching)]
    if not arguments.cases:
        raise InputError(f"say which case: CASE, or {', '.join(OWN_FILES)}; see hnn export --help")
    places = [place for case in arguments.cases for place in places_in(Path(case))]
    if not maps and teaching is None:
        return places
    if len(places) > 1:
        raise InputError(
            f"--map, --perfusion and --teaching belong to one case, found {len(places)}; put the files into the folder "
            "of each case instead"
        )
    case = case_at(places[0])
    return [replace(case, maps=(*case.maps, *maps), teaching=teaching or case.teaching)]


def _maps(arguments: argparse.Namespace) -> tuple[MapChoice, ...]:
    from hnn.export.map_files import MapChoice, map_choice
    from hnn.export.perfusion_results import map_files

    fitted = map_files(Path(arguments.perfusion)) if arguments.perfusion else ()
    return (*(map_choice(text) for text in arguments.map), *(MapChoice(path) for path in fitted))


def _require_all(arguments: argparse.Namespace, given: Sequence[str | None]) -> None:
    if all(given) and not arguments.cases:
        return
    missing = ", ".join(name for name, value in zip(OWN_FILES, given, strict=True) if not value)
    raise InputError(
        f"{', '.join(OWN_FILES)} go together and without CASE; "
        f"{f'missing: {missing}' if missing else f'found also {arguments.cases[0]}'}"
    )
