"""The whole job on one case: build the scene, measure, grade, stage, draw key images, write the results."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import slicer
from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.export.report import report_html, write_report
from iENEGraderLib.export.report_content import MeasuredBy, Provenance
from iENEGraderLib.measure.case.document.document import document_text
from iENEGraderLib.measure.case.measure_case import measure_case
from iENEGraderLib.measure.case.measured_reading import reading_with_measurements
from iENEGraderLib.measure.case.node_measurement import SHORT_AXIS_METHOD, SIZE_METHOD
from iENEGraderLib.reading import save_reading
from iENEGraderLib.rules import assess
from iENEGraderLib.scene.bundle import save_bundle
from iENEGraderLib.scene.case_scene import add_case
from iENEGraderLib.scene.image_origin import state_origin

from hnn.figures import NamedFigure, case_figures
from hnn.headless.application import HeadlessSlicer
from hnn.pictures import CasePictures, SpikedNode, case_pictures
from hnn.result_folder import filled_when_complete
from hnn.software import software

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from iENEGraderLib.measure.case.measurements import CaseMeasurements
    from iENEGraderLib.reading import Reading
    from iENEGraderLib.rules import Assessment
    from iENEGraderLib.scene.case_scene import CaseScene

    from hnn.case import Case

READING_FILE = "reading.json"
MEASUREMENTS_FILE = "measurements.json"
SCENE_FILE = "case.mrb"
SEGMENTATION_FILE = "nodes.seg.nrrd"
REPORT_FILE = "report.html"
OVERVIEW_FILE = "overview-3d.png"
KEY_IMAGE_PATTERN = "key-*.png"
MEASURED = (("Greatest dimension", SIZE_METHOD), ("Short axis", SHORT_AXIS_METHOD))
RESULT_FILES = (READING_FILE, MEASUREMENTS_FILE, SCENE_FILE, SEGMENTATION_FILE, REPORT_FILE, OVERVIEW_FILE)


@dataclass(frozen=True)
class DemoResult:
    """What a demo gave.

    Attributes
    ----------
    files : written to `folder`, the report first.
    """

    folder: Path
    files: tuple[str, ...]
    reading: Reading
    assessment: Assessment


def run_demo(case: Case, folder: Path, say: Callable[[str], None]) -> DemoResult:
    """Do the whole job and write the results into a folder; on failure nothing is written.

    Parameters
    ----------
    say : told in a few words what is being done.

    Raises
    ------
    InputError
        When the reading cannot be staged, a node cannot be measured, or the folder cannot be written to.
    """
    say("measuring the nodes")
    segments = case.segments
    found = measure_case(case.image, segments.segmentation, nodes=segments.segment_of, progress=say)
    measured = reading_with_measurements(case.reading, segments, found, sides_entered=case.sides_entered)
    assessment = assess(measured.reading)
    if assessment.refusals:
        raise InputError(assessment.refusals[0])
    assessment = replace(assessment, warnings=(*assessment.warnings, *measured.warnings))
    say("building the scene")
    HeadlessSlicer.start()
    slicer.mrmlScene.Clear(0)
    sizes = {node_id: each.size for node_id, each in measured.measurements.items()}
    with filled_when_complete(folder, outdated=[KEY_IMAGE_PATTERN]) as work:
        scene = add_case(case.image, segments.nodes, segments.anatomy, measured.reading, measured.dimension_ends_ras_mm)
        state_origin(scene.volume, case.origin)
        say("drawing the key images")
        pictures = case_pictures(
            scene,
            measured.reading,
            assessment,
            sizes=sizes,
            spiked=_spiked(found),
            when_views_are_set=lambda: _save_scene(scene, work),
        )
        for picture in pictures.all:
            (work / picture.file_name).write_bytes(picture.image.png)
        save_reading(measured.reading, work / READING_FILE)
        (work / MEASUREMENTS_FILE).write_text(document_text(found.to_json(software())), encoding="utf-8")
        write_report(work / REPORT_FILE, _report(case, measured.reading, assessment, pictures, case_figures(found)))
        files = tuple(sorted((file.name for file in work.iterdir()), key=_report_first))
    return DemoResult(folder, files, measured.reading, assessment)


def _spiked(found: CaseMeasurements) -> list[SpikedNode]:
    surveys = [(record, record.spikes.result) for record in found.nodes]
    return [
        SpikedNode(record.node_id, record.segment, found.segmentation.geometry, survey.spikes)
        for record, survey in surveys
        if survey is not None and survey.spikes
    ]


def _save_scene(scene: CaseScene, work: Path) -> None:
    if not slicer.util.saveNode(scene.nodes, str(work / SEGMENTATION_FILE)):
        raise InputError(f"{work}: the segmentation could not be written; check that the disk has room")
    save_bundle(work / SCENE_FILE)


def _report(
    case: Case, reading: Reading, assessment: Assessment, pictures: CasePictures, figures: Sequence[NamedFigure]
) -> str:
    provenance = Provenance(
        software=software(),
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        image_origin=case.origin,
        image=f"{case.image.modality}, {case.image.geometry.describe()}",
        measured=tuple(MeasuredBy(quantity, method) for quantity, method in MEASURED),
    )
    images = [picture.image for picture in pictures.all]
    return report_html(reading, assessment, images, provenance, [each.figure for each in figures])


def _report_first(name: str) -> tuple[bool, str]:
    return name != REPORT_FILE, name
