"""Do the steps of Docs/tutorial.md on the sample case, and draw what a reader sees at each of them."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tutorial_steps import Tutorial

    Picture = NDArray[np.uint8]

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "Docs" / "screenshots"
PARTS = ("iENEGrader", "iENEGrader/Testing/Python", "PWIProtocol", "ReadingRoom", "Testing/Harness")
SCALE = 1.5
PANEL_SIZE = (400, 824)
VIEW_SIZE = (594, 594)
GAP = 12
BITS = 5
"""Of each colour; with all eight the noise would make the files several times as large."""
MOST_COLOURS = 256
WAIT_MS = 100


def main() -> None:
    """Draw all pictures."""
    os.environ["QT_SCALE_FACTOR"] = str(SCALE)
    sys.path[:0] = [str(ROOT / part) for part in PARTS]
    import slicer
    import slicer_harness

    application = slicer_harness.start()
    from make_screenshots import LIGHT, use_palette
    from panel_fixtures import PanelUser
    from tutorial_steps import STEPS, Tutorial

    use_palette(LIGHT)
    FOLDER.mkdir(parents=True, exist_ok=True)
    module = application.loadModule(ROOT / "iENEGrader" / "iENEGrader.py")
    slicer.util.selectModule("iENEGrader")
    slicer.util.mainWindow().resize(*PANEL_SIZE)
    slicer.util.mainWindow().show()
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        tutorial = Tutorial(PanelUser(application, module.widgetRepresentation()), the_neck(), Path(), VIEW_SIZE)
        try:
            for step in STEPS:
                step.do(tutorial)
                application.processEvents()
                save(PICTURES[step.name](tutorial), step.number, step.name)
        finally:
            tutorial.close()
    if application.uncaughtErrors:
        raise SystemExit(f"a step failed: {application.uncaughtErrors}")
    save(results_without_slicer(), len(STEPS) + 1, "hnn")


def the_neck() -> Any:
    """Make the sample case once: for the button of Sample Data, and for the places of things in it."""
    from iENEGraderLib.panel import sample_case
    from iENEGraderLib.sample import digital_neck

    neck = digital_neck()
    sample_case.digital_neck = lambda: neck
    return neck


# What is in the pictures


def planes_beside_panel(tutorial: Tutorial) -> Picture:
    """The panel, and the axial and the coronal plane."""
    return side_by_side(
        grabbed(tutorial.user.widget),
        stacked(titled(tutorial.axial.image(), "Red: axial"), titled(tutorial.coronal.image(), "Green: coronal")),
    )


def panel_alone(tutorial: Tutorial) -> Picture:
    """The panel."""
    return grabbed(tutorial.user.widget)


def locked_panel(tutorial: Tutorial) -> Picture:
    """The panel from its upper end."""
    scroll_to(tutorial, tutorial.panel.caseSection)
    return grabbed(tutorial.user.widget)


def finding_beside_panel(tutorial: Tutorial) -> Picture:
    """The finding folded out, and its mark in both planes."""
    scroll_to(tutorial, tutorial.panel.findingsSection)
    return planes_beside_panel(tutorial)


def contact_beside_panel(tutorial: Tutorial) -> Picture:
    """The section of coalescence, and the planes that it has turned."""
    for key in "zzzz":  # the views as they are when the reader decides, without marks that hide what is seen
        tutorial.user.press(key, control=True)
    axial, coronal = tutorial.axial.image(), tutorial.coronal.image()
    for key in "yyyy":
        tutorial.user.press(key, control=True)
    tutorial.user.bring_into_sight(tutorial.panel.coalescenceSection)
    views = stacked(titled(axial, "Red: along the contact"), titled(coronal, "Green: through both nodes"))
    return side_by_side(grabbed(tutorial.user.widget), views)


def vessel_beside_panel(tutorial: Tutorial) -> Picture:
    """The section of the vessel, the view across it, and the plot along it."""
    tutorial.user.bring_into_sight(tutorial.panel.vesselSection)
    across = titled(tutorial.across.image(), "Vessel: across the artery")
    return side_by_side(grabbed(tutorial.user.widget), stacked(across, plot()))


def details_side_by_side(tutorial: Tutorial) -> Picture:
    """The strip below the panel with each of its three folds."""
    from PySide6.QtTest import QTest

    strip = tutorial.panel.resultStrip
    parts = []
    for button in strip.foldButtons:
        if not button.checked:
            button.click()
        width, height = tutorial.user.panel.window().size.width(), tutorial.user.panel.window().size.height()
        for more in (1, 0):  # lines are broken anew beside a scroll bar that has just come
            tutorial.user.panel.window().resize(width + more, height)
            QTest.qWait(WAIT_MS)
        parts.append(grabbed(strip))
    return side_by_side(*parts)


def results_without_slicer() -> Picture:
    """Two of the pictures that ``hnn demo`` writes."""
    from hnn.cli.main import main as hnn
    from vtkmodules.vtkIOImage import vtkPNGReader

    pictures = []
    with tempfile.TemporaryDirectory() as folder:
        hnn(["demo", "--out", f"{folder}/demo"])
        for name in ("key-N5.png", "overview-3d.png"):
            reader = vtkPNGReader()
            reader.SetFileName(f"{folder}/demo/{name}")
            reader.Update()
            pictures.append(pixels_of(reader.GetOutput()))
    return stacked(*pictures)


def plot() -> Picture:
    """The plot in the scene, drawn as Slicer's plot view does."""
    import slicer
    import vtkmodules.vtkRenderingContextOpenGL2  # noqa: F401 - registers the classes that draw
    from vtkmodules.vtkChartsCore import vtkChart, vtkChartXY
    from vtkmodules.vtkRenderingCore import vtkRenderWindow, vtkWindowToImageFilter
    from vtkmodules.vtkViewsContext2D import vtkContextView

    (node,) = slicer.util.getNodesByClass("vtkMRMLPlotChartNode")
    window = vtkRenderWindow()
    window.SetOffScreenRendering(1)
    window.SetMultiSamples(0)
    view = vtkContextView()
    view.SetRenderWindow(window)
    window.SetSize(*VIEW_SIZE)
    view.GetRenderer().SetBackground(1.0, 1.0, 1.0)
    chart = vtkChartXY()
    chart.SetTitle(node.GetTitle())
    chart.SetShowLegend(True)
    for at in range(node.GetNumberOfPlotSeriesNodes()):
        series = node.GetNthPlotSeriesNode(at)
        line = chart.AddPlot(vtkChart.LINE)
        line.SetInputData(series.GetTableNode().GetTable(), series.GetXColumnName(), series.GetYColumnName())
        line.SetColorF(*series.GetColor())
        line.GetPen().SetLineType(series.GetLineStyle())
        line.SetWidth(2.0)
        line.SetLabel(series.GetName())
    for axis, title in ((1, node.GetXAxisTitle()), (0, node.GetYAxisTitle())):
        chart.GetAxis(axis).SetTitle(title)
    chart.GetAxis(0).SetBehavior(1)
    chart.GetAxis(0).SetRange(0.0, 360.0)
    view.GetScene().AddItem(chart)
    window.Render()
    grabber = vtkWindowToImageFilter()
    grabber.SetInput(window)
    grabber.ReadFrontBufferOff()
    grabber.Update()
    return pixels_of(grabber.GetOutput())


PICTURES = {
    "load": planes_beside_panel,
    "case": panel_alone,
    "nodes": planes_beside_panel,
    "measure": panel_alone,
    "certainty": planes_beside_panel,
    "spike": finding_beside_panel,
    "coalescence": contact_beside_panel,
    "vessel": vessel_beside_panel,
    "invasion": finding_beside_panel,
    "result": details_side_by_side,
    "save": locked_panel,
}


# Pictures


def scroll_to(tutorial: Tutorial, widget: Any) -> None:
    """Scroll the panel until a widget stands at its upper end."""
    area = tutorial.user.scroll_area
    area.verticalScrollBar().value = widget.pos.y()
    tutorial.user.application.processEvents()


def grabbed(widget: Any) -> Picture:
    """Return what a widget looks like."""
    from PySide6.QtGui import QImage

    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    lines = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return lines[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def pixels_of(image: Any) -> Picture:
    """Return the pixels of VTK's image (vtkImageData), first row on top."""
    from vtkmodules.util.numpy_support import vtk_to_numpy

    columns, rows, _ = image.GetDimensions()
    pixels = vtk_to_numpy(image.GetPointData().GetScalars()).reshape(rows, columns, -1)
    return np.ascontiguousarray(pixels[::-1, :, :3])


def titled(picture: Picture, title: str) -> Picture:
    """Return a view with its name in the corner."""
    from HeadNeckNodesLib.scene.picture import draw_text

    named = picture.copy()
    draw_text(named, title, (8, 10), size=18)
    return named


def side_by_side(*pictures: Picture) -> Picture:
    """Return pictures in one line, aligned at their upper ends."""
    return np.swapaxes(stacked(*(np.swapaxes(each, 0, 1) for each in pictures)), 0, 1)


def stacked(*pictures: Picture) -> Picture:
    """Return pictures one below the other, aligned at their left ends."""
    columns = max(each.shape[1] for each in pictures)
    parts = []
    for each in pictures:
        part = np.full((each.shape[0] + GAP, columns, 3), 255, np.uint8)
        part[: each.shape[0], : each.shape[1]] = each
        parts.append(part)
    return np.concatenate(parts)[:-GAP]


def save(picture: Picture, number: int, name: str) -> None:
    """Write a picture, with few colours, under the name by which the tutorial shows it."""
    from PySide6.QtGui import QImage, qRgb

    indices, colours = with_few_colours(picture)
    rows, columns = indices.shape
    image = QImage(indices.tobytes(), columns, rows, columns, QImage.Format.Format_Indexed8)
    image.setColorTable([qRgb(*colour) for colour in colours.tolist()])
    path = FOLDER / f"tutorial-{number:02d}-{name}.png"
    image.save(str(path), quality=0)
    print(f"{path.relative_to(ROOT)}: {columns} x {rows}, {path.stat().st_size // 1000} kB")


def with_few_colours(picture: Picture) -> tuple[Picture, Picture]:
    """Return the number of each pixel's colour, shape (rows, columns), and the colours, shape (n, 3)."""
    top = 2**BITS - 1
    levels = np.rint(picture * (top / 255)).astype(np.int64)
    codes = levels @ np.array([4**BITS, 2**BITS, 1])
    found, numbers, counts = np.unique(codes, return_inverse=True, return_counts=True)
    colours = np.stack([found >> 2 * BITS, found >> BITS & top, found & top], axis=1)
    kept = np.argsort(-counts, kind="stable")[:MOST_COLOURS]
    nearest = np.argmin(np.square(colours[:, None] - colours[kept][None]).sum(axis=2), axis=1)
    indices = nearest[numbers].reshape(codes.shape).astype(np.uint8)
    return indices, np.rint(colours[kept] * (255 / top)).astype(np.uint8)


if __name__ == "__main__":
    main()
