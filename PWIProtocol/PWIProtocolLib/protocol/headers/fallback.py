"""The same undecoded header through pydicom: slower, and at home with every transfer syntax and structure."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.protocol.headers.raw import MACROS, SIZE_OF, TEXT_TYPES, Raw, WrongType, fits, is_enhanced
from PWIProtocolLib.protocol.headers.tags import Tag

if TYPE_CHECKING:
    from pathlib import Path

    from pydicom import Dataset

TAGS = {int(tag): tag for tag in Tag}
GROUPS = (Tag.SharedFunctionalGroupsSequence, Tag.PerFrameFunctionalGroupsSequence)


def read_with_pydicom(path: Path) -> Raw:
    """Return the wanted elements of a DICOM file, in the form of the fast walk.

    Raises
    ------
    InputError
        when the file is not DICOM, or its header is damaged or cut short.
    """
    data = dataset_of(path)
    try:
        out: Raw = {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _collect(data, out)
        if not is_enhanced(out):
            for tag in GROUPS:
                out.pop(tag, None)
    except Exception as error:
        raise InputError(f"{path.name}: its DICOM header is damaged; export or copy the file again") from error
    return out


def dataset_of(path: Path) -> Dataset:
    """Read a header with pydicom, or refuse the file with its name.

    Raises
    ------
    InputError
        when the file is not DICOM, or its header is damaged or cut short.
    """
    import pydicom

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they may repeat what stands in the file
            data = pydicom.dcmread(path, stop_before_pixels=True)
            cut = _is_cut_short(data, path)
    except pydicom.errors.InvalidDicomError as error:
        raise InputError(f"{path.name}: not a DICOM file; give the files as the scanner exported them") from error
    except OSError as error:
        raise InputError(f"{path.name}: the file cannot be read; check that it is there and open to you") from error
    except Exception as error:
        # pydicom raises errors of many kinds on damaged files.
        raise InputError(f"{path.name}: its DICOM header is damaged; export or copy the file again") from error
    if cut:
        raise InputError(f"{path.name}: the file is cut short inside its header; export or copy the file again")
    return data


def raw_bytes(element: Any) -> bytes | WrongType:
    """Return the bytes of an element as pydicom holds it, in little-endian order."""
    from pydicom.dataelem import RawDataElement

    if not isinstance(element, RawDataElement):
        value = element.value
        parts = [value] if isinstance(value, str) or not hasattr(value, "__iter__") else value
        return "\\".join("" if part is None else str(part) for part in parts).encode("latin-1", "replace")
    content = element.value or b""
    size = SIZE_OF.get(element.VR or "", 1)
    if element.is_little_endian or element.VR in TEXT_TYPES or not content:
        return content
    if element.VR == "UN" or len(content) % size:
        return WrongType(element.VR or "UN")
    return b"".join(content[n : n + size][::-1] for n in range(0, len(content), size))


def _is_cut_short(data: Dataset, path: Path) -> bool:
    from pydicom.dataelem import RawDataElement
    from pydicom.uid import DeflatedExplicitVRLittleEndian

    if data.file_meta.get("TransferSyntaxUID") == DeflatedExplicitVRLittleEndian:
        return False
    size = path.stat().st_size
    elements = [data.get_item(number) for number in data.keys()]  # noqa: SIM118
    return any(isinstance(e, RawDataElement) and e.value_tell + e.length > size for e in elements if e is not None)


def _collect(data: Dataset, out: Raw) -> None:
    """Put the wanted elements of one item into ``out``."""
    for number in data.keys():  # noqa: SIM118 (iterating a data set itself decodes its elements)
        tag = TAGS.get(int(number))
        if tag is None:
            continue
        if tag.vr != "SQ":
            element = data.get_item(number)
            stated = element.VR or tag.vr
            out.setdefault(int(tag), raw_bytes(element) if fits(stated, tag.vr) else WrongType(stated))
            continue
        items = data[number].value or ()
        if tag in MACROS:
            for item in items:
                _collect(item, out)
            continue
        found: list[Raw] = [{} for _ in items]
        out.setdefault(int(tag), found)
        for item, target in zip(items, found, strict=True):
            _collect(item, target)
