"""Qt objects behave as PythonQt shows them, not as PySide6 does."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("an_application")


@pytest.fixture
def a_label() -> Any:
    import qt

    return qt.QLabel("N2")


def test_a_property_is_a_value(a_label: Any) -> None:
    assert a_label.text == "N2"
    a_label.text = "N3"
    assert a_label.text == "N3"
    a_label.setText("N1")
    assert a_label.text == "N1"


def test_calling_a_property_is_a_type_error(a_label: Any) -> None:
    with pytest.raises(TypeError, match="not callable"):
        a_label.text()


@pytest.mark.parametrize("name", ["txet", "colour", "_remembered"])
def test_an_unknown_attribute_is_refused(a_label: Any, name: str) -> None:
    with pytest.raises(AttributeError, match=name):
        setattr(a_label, name, 1)
    with pytest.raises(AttributeError, match=name):
        getattr(a_label, name)


def test_a_read_only_property_is_refused() -> None:
    import qt

    with pytest.raises(AttributeError, match="not writable"):
        qt.QComboBox().count = 3


def test_a_class_written_in_python_may_have_attributes_of_its_own() -> None:
    import qt

    class Row(qt.QWidget):
        def __init__(self) -> None:
            super().__init__()
            self.node = "N1"

    row = Row()
    row.other = 2
    assert (row.node, row.other) == ("N1", 2)


def test_a_dynamic_property_and_a_child_are_found_by_name(a_label: Any) -> None:
    import qt

    a_label.setProperty("SlicerParameterName", "comment")
    assert a_label.SlicerParameterName == "comment"
    group = qt.QGroupBox()
    a_label.setParent(group)
    a_label.name = "node"
    assert a_label.objectName == "node"
    assert group.node is a_label


def test_a_signal_is_connected_by_its_signature() -> None:
    import qt

    spin, button, received = qt.QSpinBox(), qt.QPushButton(), []
    assert spin.connect("valueChanged(int)", received.append)
    spin.value = 7
    button.connect("clicked()", lambda: received.append("pressed"))
    button.click()
    assert received == [7, "pressed"]
    assert spin.disconnect("valueChanged(int)", received.append)
    spin.value = 8
    assert received == [7, "pressed"]


def test_a_signal_can_be_connected_to_a_slot_by_name(a_label: Any) -> None:
    import qt

    line = qt.QLineEdit()
    line.connect("textChanged(QString)", a_label, "setText(QString)")
    line.text = "left level III"
    assert a_label.text == "left level III"


def test_a_signal_that_does_not_exist_is_refused() -> None:
    import qt

    with pytest.raises(ValueError, match="no signal 'pushed"):
        qt.QPushButton().connect("pushed()", print)


def test_an_enumerator_is_a_number() -> None:
    import qt

    assert qt.Qt.AlignLeft == 1
    assert int(qt.QMessageBox.Ok) == 0x400
    assert qt.Qt.Key_N == ord("N")
    assert qt.Qt.Horizontal != qt.Qt.Vertical


def test_names_that_only_pyside_has_are_not_offered() -> None:
    import qt

    assert not [name for name in ("Signal", "Slot", "Property") if hasattr(qt, name)]


def test_a_shortcut_of_the_main_window_calls_the_panel() -> None:
    import qt
    import slicer

    pressed = []
    shortcut = qt.QShortcut(qt.QKeySequence("N"), slicer.util.mainWindow())
    shortcut.connect("activated()", lambda: pressed.append(True))
    shortcut.activated.emit()
    assert pressed == [True]
    shortcut.setParent(None)


def test_a_table_and_a_button_group_work_as_usual() -> None:
    import qt

    table, group = qt.QTableWidget(2, 3), qt.QButtonGroup()
    table.setItem(0, 1, qt.QTableWidgetItem("IIA"))
    assert (table.rowCount, table.columnCount, table.item(0, 1).text()) == (2, 3, "IIA")
    buttons = [qt.QRadioButton(text) for text in ("absent", "equivocal", "unequivocal")]
    for index, button in enumerate(buttons):
        group.addButton(button, index)
    buttons[2].checked = True
    assert group.checkedId() == 2
    assert group.exclusive is True


def test_settings_are_written_to_a_temporary_folder(an_application: Any) -> None:
    import qt
    import slicer

    qt.QSettings().setValue("HeadNeckNodes/keV", 40)
    assert qt.QSettings().fileName().startswith(an_application.temporaryPath)
    assert slicer.util.settingsValue("HeadNeckNodes/keV", 70, converter=int) == 40


def test_a_single_shot_timer_calls_back(an_application: Any) -> None:
    import qt

    called = []
    qt.QTimer.singleShot(0, lambda: called.append(True))
    an_application.processEvents()
    assert called == [True]
