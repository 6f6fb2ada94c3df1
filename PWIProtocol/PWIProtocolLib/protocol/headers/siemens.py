"""What Siemens scanners write into their own header: the measurement protocol as text (``key = value`` lines)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PWIProtocolLib.protocol.headers.tags import PrivateTag
from PWIProtocolLib.protocol.series import Vendor, vendor_of

if TYPE_CHECKING:
    from PWIProtocolLib.protocol.headers import Header
    from PWIProtocolLib.protocol.verdict import Evidence

BEGIN, END = b"### ASCCONV BEGIN", b"### ASCCONV END"
LINE = re.compile(rb"^\s*([\w.\[\]]+)\s*=\s*(.*?)\s*$", re.MULTILINE)
RECEIVE_COIL = re.compile(r"^(?!.*TxCoil).*tCoilID$")
FAT_SATURATION_ON, FAT_SATURATION_OFF = 1, 4


@dataclass(frozen=True)
class SiemensProtocol:
    """Facts of the measurement protocol; None or empty where it does not state them.

    Attributes
    ----------
    fat_saturation : code of ``sPrepPulses.ucFatSat``; 1 is on, 4 is off, others are not interpreted.
    coil_names : names of the receive coils, without repeats.
    repetitions : ``lRepetitions``, frames after the first.
    evidence : attribute and file that hold the protocol.
    """

    fat_saturation: int | None
    coil_names: tuple[str, ...]
    repetitions: int | None
    evidence: Evidence


def siemens_protocol(header: Header) -> SiemensProtocol | None:
    """Return the measurement protocol of a Siemens file; None for other makers or when the file lacks it."""
    if vendor_of(header) is not Vendor.SIEMENS:
        return None
    block = header.private_bytes(PrivateTag.SIEMENS_CSA_SERIES)
    start = -1 if block is None else block.rfind(BEGIN)
    if block is None or start < 0:
        return None
    end = block.find(END, start)
    lines = [(key.decode("latin-1"), value.decode("latin-1")) for key, value in LINE.findall(block[start:end])]
    facts = dict(lines)
    coils = (value.strip('" ') for key, value in lines if RECEIVE_COIL.match(key))
    return SiemensProtocol(
        fat_saturation=_whole(facts.get("sPrepPulses.ucFatSat", "")),
        coil_names=tuple(dict.fromkeys(coil for coil in coils if coil)),
        repetitions=_whole(facts.get("lRepetitions", "")),
        evidence=header.evidence(PrivateTag.SIEMENS_CSA_SERIES),
    )


def _whole(text: str) -> int | None:
    """Return a count written as a decimal or hexadecimal number; None for anything else."""
    try:
        value = int(text, 0)
    except ValueError:
        return None
    return value if 0 <= value < 1_000_000 else None
