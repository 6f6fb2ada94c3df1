"""Whether a volume of the scene is of a patient or computed; a saved scene keeps it."""

from __future__ import annotations

from typing import Any

from iENEGraderLib.export.report_content import ImageOrigin

ORIGIN_ATTRIBUTE = "HeadNeckNodes.ImageOrigin"


def state_origin(volume: Any, origin: ImageOrigin) -> None:
    """Write into a volume node where its image comes from."""
    volume.SetAttribute(ORIGIN_ATTRIBUTE, origin.value)


def stated_origin(volume: Any) -> ImageOrigin:
    """Return where the image of a volume node comes from; not stated when nobody has said so."""
    said = volume.GetAttribute(ORIGIN_ATTRIBUTE)
    return ImageOrigin(said) if said in tuple(ImageOrigin) else ImageOrigin.NOT_STATED
