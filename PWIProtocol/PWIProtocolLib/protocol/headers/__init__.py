"""Headers of DICOM files: read fast, decoded on demand, never guessed."""

from PWIProtocolLib.protocol.headers.header import Header, HeaderItem, read_header

__all__ = ["Header", "HeaderItem", "read_header"]
