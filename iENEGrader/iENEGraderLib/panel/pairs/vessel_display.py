"""The layout along a vessel: a view across it that steps, and the plot of the angle with a moving line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import slicer

from iENEGraderLib.panel.choices import spaced
from iENEGraderLib.scene.contact_plot import add_contact_plot
from iENEGraderLib.scene.layouts import PLOT_VIEW, VESSEL_VIEW, Layout, show_layout
from iENEGraderLib.scene.segmented_scene import volume_of_segments
from iENEGraderLib.scene.slice_background import show_volume
from iENEGraderLib.scene.vessel_view import VesselView

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from iENEGraderLib.measure.contact import SectionArc
    from iENEGraderLib.panel.pairs.contact_study import ContactStudy
    from iENEGraderLib.scene.contact_plot import ContactPlot


class VesselDisplay:
    """Shows one contact.

    Parameters
    ----------
    study : a contact with sections.
    volume_name : name of the volume that was segmented.
    on_stepped : called when another section is shown.
    """

    def __init__(self, study: ContactStudy, volume_name: str, on_stepped: Callable[[], None]) -> None:
        self._study = study
        self._on_stepped = on_stepped
        self._plot: ContactPlot | None = None
        self._plotted = -1
        if not show_layout(Layout.ALONG_VESSEL):
            slicer.mrmlScene.AddNode(_slice_node())
        show_volume(VESSEL_VIEW, volume_of_segments(volume_name))
        slice_node = slicer.mrmlScene.GetSingletonNode(VESSEL_VIEW, "vtkMRMLSliceNode")
        self._view = VesselView(study.profile, study.model.geometry, slice_node, self._show)

    @property
    def section(self) -> int:
        """Number of the section in sight."""
        return self._view.section

    @property
    def number(self) -> int:
        """How many sections there are."""
        return len(self._view)

    @property
    def along_mm(self) -> float:
        """Place of the section along its branch."""
        return self._view.along_mm

    @property
    def branch(self) -> int:
        """Branch of the section."""
        return self._view.branch

    @property
    def arc_deg(self) -> float | None:
        """Angle of the section; None where there is none."""
        return self._view.arc_deg

    @property
    def centre_ras_mm(self) -> tuple[float, float, float]:
        """Middle of the section."""
        return self._view.centre_ras_mm

    def begin(self, at_ras_mm: Sequence[float] | None) -> None:
        """Show the greatest contact, or the section nearest to a place."""
        if at_ras_mm is None:
            self.go_to_greatest()
        else:
            self._view.go_near(at_ras_mm)

    def go_to(self, section: int) -> None:
        """Show a section."""
        self._view.go_to(section)

    def go_to_greatest(self) -> None:
        """Show the section with the longest arc."""
        self._view.go_to_greatest()

    def show_arc(self, arc: SectionArc) -> None:
        """Draw what was measured in this section just now."""
        self._view.show_arc(arc)

    def close(self) -> None:
        """Take arc and plot out of the scene; the layout stays until the user chooses another."""
        self._view.close()
        if self._plot is not None:
            self._plot.remove()

    def _show(self) -> None:
        if self._plot is None or self._plotted != self.branch:
            self._add_plot()
        assert self._plot is not None
        self._plot.show_section(self.along_mm)
        self._on_stepped()

    def _add_plot(self) -> None:
        if self._plot is not None:
            self._plot.remove()
        title = f"{self._study.node_id}, {spaced(self._study.record.structure)}"
        self._plot, self._plotted = add_contact_plot(self._study.profile, title, self.branch), self.branch
        view = slicer.mrmlScene.GetSingletonNode(PLOT_VIEW, "vtkMRMLPlotViewNode")
        if view is not None:
            view.SetPlotChartNodeID(self._plot.chart.GetID())


def _slice_node() -> object:
    """Return a slice view of that name for applications without layouts, which draw it themselves."""
    node = slicer.mrmlScene.CreateNodeByClass("vtkMRMLSliceNode")
    node.UnRegister(None)
    node.SetSingletonTag(VESSEL_VIEW)
    node.SetLayoutName(VESSEL_VIEW)
    node.SetName(VESSEL_VIEW)
    return node
