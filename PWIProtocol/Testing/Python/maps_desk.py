"""The maps section in the harness, a user at it, and the reference object as a sequence of the scene."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PWIProtocolLib.sample.reference_object import ReferenceObject, reference_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    from numpy.typing import NDArray

WINDOW_SIZE = (400, 1200)
MAP_NAMES = {"ktrans_per_min": "Ktrans (1/min)", "ve": "ve (share)", "vp": "vp (share)"}


class MapsUser:
    """A radiologist at the maps: does what a hand can do, sees what an eye can see."""

    def __init__(self, application: Any, host: Any) -> None:
        self.application = application
        self.host = host
        self.section = host.section

    def choose(self, box: Any, text: str) -> None:
        """Choose an item of a combo box, as a click on it does."""
        index = box.findText(text)
        assert index >= 0, f"{text!r} is not offered; there are {[box.itemText(at) for at in range(box.count)]}"
        assert box.isVisible()
        box.setCurrentIndex(index)
        box.activated.emit(index)

    def type_into(self, box: Any, text: str) -> None:
        """Replace what stands in a box, and press Return."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        assert box.isVisible()
        box.setFocus()
        box.selectAll()
        QTest.keyClick(box, Qt.Key.Key_Delete)
        QTest.keyClicks(box, text)
        QTest.keyClick(box, Qt.Key.Key_Return)

    def fit_reference(self, node: Any) -> None:
        """Choose the sequence, enter T1 of its tissue, and fit with all other defaults."""
        self.section.refresh()
        self.choose(self.section.dynamicPart.sourceBox, node.GetName())
        self.type_into(self.section.precontrastPart.numberField.box, "1.2")
        self.section.fitButton.click()

    def wait(self) -> None:
        """Wait until the panel has followed the scene."""
        from PySide6.QtTest import QTest

        QTest.qWait(250)

    def point_at(self, ras_mm: Any) -> None:
        """Move the mouse over a place of a slice view."""
        import slicer

        crosshair = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLCrosshairNode")
        crosshair.SetCursorPositionRAS([float(x) for x in ras_mm])

    def save_and_load(self, bundle: Path, *, beside: bool = False) -> None:
        """Save the scene, close it, and load it again; beside other nodes if wanted, so that all IDs change."""
        import slicer

        assert slicer.util.saveScene(str(bundle))
        slicer.mrmlScene.Clear(0)
        self.wait()
        if beside:
            for class_name in ("vtkMRMLScalarVolumeNode", "vtkMRMLSequenceNode", "vtkMRMLSegmentationNode"):
                slicer.mrmlScene.AddNewNodeByClass(class_name, "another")
        slicer.util.loadScene(str(bundle))
        self.wait()

    @property
    def message(self) -> str:
        """What the message bar says; empty when it is hidden."""
        bar = self.host.messageBar
        return "" if bar.isHidden() else str(bar.text.text)

    @property
    def cells(self) -> list[tuple[str, ...]]:
        """The lines of the table of regions."""
        table = self.section.resultsPart.regions.table
        columns = range(table.columnCount)
        return [tuple(table.item(row, column).text() for column in columns) for row in range(table.rowCount)]

    def values_of(self, name: str) -> NDArray[Any]:
        """The voxels of a map that was added, [k, j, i]."""
        import slicer

        voxels: NDArray[Any] = slicer.util.arrayFromVolume(slicer.util.getNode(name))
        return voxels


@pytest.fixture(scope="session")
def the_reference() -> ReferenceObject:
    """The digital reference object; nobody changes it."""
    return reference_object()


@pytest.fixture
def an_empty_scene() -> Iterator[Any]:
    """The harness with an empty scene; at the end no slot may have failed."""
    import slicer_harness

    application = slicer_harness.start()
    application.mrmlScene().Clear(0)
    application.uncaughtErrors.clear()
    yield application
    application.mrmlScene().Clear(0)
    assert application.uncaughtErrors == []


@pytest.fixture
def a_reference_sequence(an_empty_scene: Any, the_reference: ReferenceObject) -> Any:
    """The reference object as a sequence of the scene."""
    from PWIProtocolLib.scene.maps.dynamic_nodes import add_dynamic

    assert an_empty_scene.uncaughtErrors == []
    return add_dynamic(the_reference.dynamic, "reference object")


@pytest.fixture
def a_maps_user(an_empty_scene: Any) -> Iterator[MapsUser]:
    """A user who sees the section in a window of its own."""
    host = _host()
    host.resize(*WINDOW_SIZE)
    host.show()
    yield MapsUser(an_empty_scene, host)
    host.section.close()
    host.hide()
    host.deleteLater()


@pytest.fixture
def a_fitted_user(a_maps_user: MapsUser, a_reference_sequence: Any) -> MapsUser:
    """A user who has fitted the reference object."""
    a_maps_user.fit_reference(a_reference_sequence)
    assert a_maps_user.message == ""
    return a_maps_user


@pytest.fixture
def a_segment(the_reference: ReferenceObject) -> Callable[..., Any]:
    """A segmentation with one segment, drawn on the grid of the reference object or on that of a volume."""
    import slicer
    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.scene.volumes import add_volume

    def made(name: str, mask: NDArray[np.bool_], drawn_on: Any = None) -> Any:
        node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", f"drawn {name}")
        node.CreateDefaultDisplayNodes()
        segment_id = node.GetSegmentation().AddEmptySegment("", name)
        grid = drawn_on or add_volume(Image(mask.astype("uint8"), the_reference.dynamic.geometry, "", ""), "grid")
        node.SetReferenceImageGeometryParameterFromVolumeNode(grid)
        slicer.util.updateSegmentBinaryLabelmapFromArray(mask.astype("uint8"), node, segment_id, grid)
        if drawn_on is None:
            slicer.mrmlScene.RemoveNode(grid)
        return node

    return made


def _host() -> Any:
    import qt
    from HeadNeckNodesLib.errors import InputError
    from HeadNeckNodesLib.widgets.attempts import Attempts
    from HeadNeckNodesLib.widgets.message_bar import MessageBar
    from PWIProtocolLib.panel.maps.maps_section import MapsSection
    from PWIProtocolLib.panel.progress_row import ProgressRow
    from PWIProtocolLib.protocol.study import ReadingCancelledError

    def refused() -> tuple[Path, ...]:
        raise InputError("no study was chosen")

    class Host(qt.QWidget):
        """What the panel of the module is to the section."""

        def __init__(self) -> None:
            super().__init__()
            self.messageBar = MessageBar()
            self.attempt = Attempts(self.messageBar)
            self.progressRow = ProgressRow(lambda running: setattr(self.section, "enabled", not running))
            self.studyFolder = ""
            self.section = MapsSection(
                self.run,
                self.messageBar.showInformation,
                lambda: (Path(self.studyFolder),) if self.studyFolder else refused(),
            )
            layout = qt.QVBoxLayout(self)
            for widget in (self.messageBar, self.progressRow, self.section):
                layout.addWidget(widget)
            layout.addStretch(1)

        def run(self, work: Any) -> None:
            self.messageBar.clear()
            with self.attempt.shown():
                try:
                    self.progressRow.run(work)
                except ReadingCancelledError:
                    self.messageBar.showInformation("Stopped: nothing was changed")

    return Host()
