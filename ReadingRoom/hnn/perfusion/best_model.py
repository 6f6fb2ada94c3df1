"""Which model explains each voxel best, as files: segments with the names of the models, and a table of shares."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from HeadNeckNodesLib.imaging.image import Image
from HeadNeckNodesLib.imaging.write import write_image
from iENEGraderLib.spectral.map_file import MAP, UNIT
from PWIProtocolLib.mapping import MODEL_TITLES

from hnn.perfusion.quality import MODEL_MAP

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from PWIProtocolLib.kinetics import Model
    from PWIProtocolLib.mapping import BestModels

    from hnn.perfusion.job import FittedStudy
    from hnn.perfusion.regions import Region

BEST_MODEL, MODEL_TABLE = "best-model.seg.nrrd", "models.csv"
ALL_VOXELS = "all voxels"
COLOURS = ("#2f86c1", "#d55e00", "#1a9a74", "#b0629a")
"""Of the models in the order in which they were compared: told apart with any colour vision."""


def model_name(model: Model) -> str:
    """Return the name of a model with a capital."""
    title = MODEL_TITLES[model]
    return f"{title[:1].upper()}{title[1:]}"


def write_best_models(study: FittedStudy, folder: Path) -> None:
    """Write the best models as a segmentation, with names and colours; models that are nowhere best are left out."""
    best = study.best_models
    if best is None:
        return
    geometry = study.inputs.dynamic.geometry
    extent = " ".join(f"0 {size - 1}" for size in geometry.size_ijk)
    attributes = {MAP: MODEL_MAP, UNIT: "1"}
    for n, one in enumerate(each for each in best.shares() if each.voxels):
        colour = COLOURS[one.label - 1]
        shares = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
        fields = {
            "ID": str(one.model),
            "Name": model_name(one.model),
            "LabelValue": str(one.label),
            "Layer": "0",
            "Color": " ".join(f"{share:.4f}" for share in shares),
            "Extent": extent,
        }
        attributes |= {f"Segment{n}_{name}": value for name, value in fields.items()}
    write_image(Image(study.on_grid(best.labels), geometry), folder / BEST_MODEL, attributes)


def model_table(best: BestModels, regions: Sequence[Region]) -> str:
    """Return how many voxels each model explains best as CSV: of all voxels, and of each segment."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["segment_id", "segment", "model", "label", "voxels", "share_of_compared"])
    parts = [("", ALL_VOXELS, None), *((one.segment.segment_id, one.segment.name, one.index) for one in regions)]
    for segment_id, name, index in parts:
        for each in best.shares(index):
            share = f"{each.share:.6g}" if best.compared(index) else ""
            writer.writerow([segment_id, name, str(each.model), each.label, each.voxels, share])
    return text.getvalue()
