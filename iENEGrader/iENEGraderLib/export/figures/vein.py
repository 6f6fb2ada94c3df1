"""The calibre of a vein along its length."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.drawing import svg
from HeadNeckNodesLib.drawing.plot import Axis, Level, Mark, Series, line_plot

from iENEGraderLib.export.figures.plane import direction_letters
from iENEGraderLib.export.figures.statement import statement_figure

if TYPE_CHECKING:
    from HeadNeckNodesLib.html.markup import Markup

    from iENEGraderLib.measure.veins.status import VeinStatus

LEVEL_NAMES = ("veins.compressed_area_share", "veins.obliterated_area_share")


def vein_profile_figure(status: VeinStatus, title: str) -> Markup:
    """Plot the area of a vein against its length, with the reference area and the shares that count as narrow or none.

    The other side is dashed where it was labelled, and the narrowest place, the gap or the defect is marked.

    Parameters
    ----------
    status : from :mod:`iENEGraderLib.measure.veins`.
    title : names the vein.
    """
    profile, reference = status.profile, status.reference_area_mm2
    if profile is None or reference is None:
        return statement_figure(title, f"Not assessable: {status.reason}.")
    series = [Series(profile.along_mm, profile.area_mm2, "this side", svg.BLUE)]
    if np.isfinite(profile.other_side_area_mm2).any():
        series.append(Series(profile.along_mm, profile.other_side_area_mm2, "other side", svg.GREY, Mark.DASHED))
    if status.place_ras_mm is not None:
        away = np.linalg.norm(profile.centre_ras_mm - np.array(status.place_ras_mm), axis=1)
        at = int(np.argmin(away))
        words = f"finding: {status.status.value}".replace("_", " ")
        series.append(Series([profile.along_mm[at]], [profile.area_mm2[at]], words, svg.ORANGE, Mark.POINTS))
    limits = [each for each in status.preferences if each.name in LEVEL_NAMES]
    levels = [Level(each.value * reference, f"{100 * each.value:g} %") for each in limits]
    levels.append(Level(reference, "reference"))
    towards = direction_letters(profile.centre_ras_mm[-1] - profile.centre_ras_mm[0])
    x, y = Axis(f"mm along the vein, towards {towards}"), Axis("area of the lumen, mm²", low=0)
    return line_plot(series, x, y, title, levels=levels)
