"""Our own schematic drawings of the findings: what counts and what does not."""

from __future__ import annotations

from definition_drawings.coalescence import boundaries_merged, convexity_lost, fat_plane_lost
from definition_drawings.drawing import Drawing, figure
from definition_drawings.histology import pathological_ene
from definition_drawings.margins import fat_spikes, flare_sign
from definition_drawings.not_counted import capsular_thickening, central_necrosis, irregular_margin, smooth_margin
from definition_drawings.structures import (
    gland_invasion,
    muscle_invasion,
    nerve_invasion,
    other_structure,
    skin_invasion,
)
from definition_drawings.vessels import artery_encasement, jugular_obliteration, jugular_thrombus

__all__ = ["Drawing", "drawings", "figure"]


def drawings() -> tuple[Drawing, ...]:
    """Return a drawing for every finding."""
    return (
        fat_spikes(),
        flare_sign(),
        fat_plane_lost(),
        convexity_lost(),
        boundaries_merged(),
        artery_encasement(),
        jugular_obliteration(),
        jugular_thrombus(),
        muscle_invasion(),
        skin_invasion(),
        gland_invasion(),
        nerve_invasion(),
        other_structure(),
        smooth_margin(),
        irregular_margin(),
        central_necrosis(),
        capsular_thickening(),
        pathological_ene(),
    )
