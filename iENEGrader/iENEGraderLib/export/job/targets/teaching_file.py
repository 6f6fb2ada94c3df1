"""A teaching file: page with quiz and stacks, MIRC document, and the surfaces of the segments."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from iENEGraderLib.export.job.target import Target
from iENEGraderLib.export.teaching.build import teaching_case
from iENEGraderLib.export.teaching.mesh import glb_bytes, stl_bytes
from iENEGraderLib.export.teaching.mirc import write_mirc
from iENEGraderLib.export.teaching.notes import NO_NOTES, read_notes
from iENEGraderLib.export.teaching.page import write_teaching_page
from iENEGraderLib.export.teaching.segment_file import write_segments

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from iENEGraderLib.export.job.work import CaseWork
    from iENEGraderLib.export.teaching.mesh import Mesh

FOLDER, PAGE_FILE, MIRC_FILE, SURFACES_FILE = "teaching", "index.html", "mirc.zip", "surfaces.glb"
SEGMENTS_FILE = "segments.seg.nrrd"


def _write(work: CaseWork) -> None:
    case = work.case
    folder = work.folder / FOLDER
    folder.mkdir()
    teaching = teaching_case(
        case.reading,
        case.assessment,
        work.provenance,
        notes=NO_NOTES if case.teaching_notes is None else read_notes(case.teaching_notes),
        image=case.image,
        nodes=case.segments.segment_of,
        anatomy=case.segments.anatomy,
        maps=case.maps,
        figures=work.figures,
        surfaces=case.surfaces,
    )
    write_teaching_page(folder / PAGE_FILE, teaching)
    write_mirc(folder / MIRC_FILE, teaching)
    _write_surfaces(folder, teaching.surfaces)
    # Nodes first: they stay whole where another segment overlaps them.
    ordered = replace(case.segments.segmentation, segments=(*case.segments.nodes, *case.segments.anatomy))
    if cut := write_segments(ordered, folder / SEGMENTS_FILE):
        names = ", ".join(each.name for each in cut)
        work.notes.append(f"{SEGMENTS_FILE}: {names} lost the voxels that an earlier segment has as well")


def _write_surfaces(folder: Path, surfaces: Sequence[Mesh]) -> None:
    if not surfaces:
        return
    (folder / SURFACES_FILE).write_bytes(glb_bytes(surfaces))
    for number, mesh in enumerate(surfaces, start=1):
        (folder / f"surface-{number}-{mesh.file_stem}.stl").write_bytes(stl_bytes(mesh))


TEACHING_FILE = Target(
    "teaching-file", "teaching file to share: page with quiz, MIRC document, surfaces", _write, is_for_sharing=True
)
