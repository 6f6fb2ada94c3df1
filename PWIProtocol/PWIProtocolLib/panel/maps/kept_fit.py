"""A fit and its maps in the scene, as they were made or as a loaded scene brings them. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain, count
from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.scene.subject_hierarchy import put_into
from HeadNeckNodesLib.scene.volumes import geometry_of_volume

from PWIProtocolLib.dynamic import require_same_grid
from PWIProtocolLib.mapping import MappedStudy, fitter_of
from PWIProtocolLib.panel.maps.fit_inputs import inputs_of
from PWIProtocolLib.panel.maps.fit_record import (
    FitRecord,
    RegionRecord,
    VolumeRecord,
    record_of,
    record_of_text,
    text_of_record,
)
from PWIProtocolLib.scene.maps.fit_node import add_fit_node, fit_nodes, keep_fit, text_of_fit
from PWIProtocolLib.scene.maps.map_volumes import ANATOMY, STATUS, MapVolumes, incomplete, model_words
from PWIProtocolLib.scene.maps.maps_back import described_of_volumes, folder_of, kinetic_of_volumes

if TYPE_CHECKING:
    from PWIProtocolLib.panel.maps.fit_choices import FitChoices, StudyPlace
    from PWIProtocolLib.panel.maps.fit_inputs import ReadStudy

FIT_OF = "Fit of "


@dataclass(frozen=True, eq=False)
class KeptFit:
    """A fit.

    Attributes
    ----------
    node : holds its record (vtkMRMLTextNode).
    study : with its data; None after loading, until they are read again.
    """

    node: Any
    record: FitRecord
    volumes: MapVolumes
    study: MappedStudy | None = None

    @property
    def is_present(self) -> bool:
        """Whether it is still in the scene, with what the maps are shown by."""
        needed = (self.node, self.volumes.anatomy, self.volumes.status)
        maps = self.volumes.maps.values()
        present = slicer.mrmlScene.IsNodePresent
        return all(map(present, needed)) and any(map(present, maps))

    def without_removed(self) -> KeptFit:
        """Return the fit without maps that the user has deleted."""
        maps = {name: node for name, node in self.volumes.maps.items() if slicer.mrmlScene.IsNodePresent(node)}
        return self if len(maps) == len(self.volumes.maps) else replace(self, volumes=replace(self.volumes, maps=maps))


def title_of(study: MappedStudy, choices: FitChoices) -> str:
    """Return words that tell a fit from those in the scene: its study and model, if need be its artery and a number."""
    words = model_words(study)
    artery = f"{words}, AIF {choices.arterial.choice}"
    taken = {node.GetName().removeprefix(FIT_OF) for node in fit_nodes()}
    numbered = (f"{artery}, {number}" for number in count(2))
    titles = (f"{each}{incomplete(study)}" for each in chain((words, artery), numbered))
    return next(title for title in titles if title not in taken)


def keep(study: MappedStudy, volumes: MapVolumes, place: StudyPlace, choices: FitChoices, title: str) -> KeptFit:
    """Keep a fit that was just made in a node beside its maps."""
    named = {ANATOMY: volumes.anatomy, STATUS: volumes.status, **volumes.maps}
    listed = tuple(VolumeRecord(name, node.GetID()) for name, node in named.items())
    record = record_of(study, place, choices, listed)
    node = add_fit_node(f"{FIT_OF}{title}", text_of_record(record))
    put_into(volumes.folder, [node])
    return KeptFit(node, record, volumes, study)


def kept_in(node: Any) -> KeptFit | None:
    """Return the fit that a node of a loaded scene holds; None when its maps are not there any more.

    Raises
    ------
    InputError
        When the node cannot be read.
    """
    record = record_of_text(text_of_fit(node), node.GetName())
    nodes = {each.name: slicer.mrmlScene.GetNodeByID(each.node_id) for each in record.volumes}
    present = {name: found for name, found in nodes.items() if found is not None}
    if STATUS not in present or ANATOMY not in present or len(present) < 3:
        return None
    anatomy, status = present.pop(ANATOMY), present.pop(STATUS)
    return KeptFit(node, record, MapVolumes(folder_of(status), present, status, anatomy))


def with_regions(fit: KeptFit, regions: tuple[RegionRecord, ...]) -> KeptFit:
    """Keep values of regions with a fit."""
    found = replace(fit, record=replace(fit.record, regions=regions))
    keep_fit(fit.node, text_of_record(found.record))
    return found


def with_data(fit: KeptFit, read: ReadStudy) -> KeptFit:
    """Return a loaded fit with its data: curves can be drawn and regions measured again.

    Raises
    ------
    InputError
        When something that the fit was made of is missing, or is not what it was.
    """
    record = fit.record
    dynamic, grid = read.dynamic, geometry_of_volume(fit.volumes.status)
    require_same_grid("dynamic study", dynamic.geometry, "maps", grid)
    if not np.array_equal(dynamic.time_s, np.array(record.time_s)):
        raise InputError(
            f"{dynamic.source}: {len(dynamic.time_s)} frames at other times than the {len(record.time_s)} that were "
            "fitted; choose the study of these maps, or fit again"
        )
    settings, inputs = record.choices.settings(), inputs_of(read, record.choices)
    fitter = fitter_of(settings, inputs, record.arterial)
    kinetic = kinetic_of_volumes(fit.volumes, settings.model)
    described = described_of_volumes(fit.volumes)
    baseline = record.choices.baseline or 1
    return replace(fit, study=MappedStudy(settings, inputs, baseline, record.arterial, fitter, kinetic, described))
