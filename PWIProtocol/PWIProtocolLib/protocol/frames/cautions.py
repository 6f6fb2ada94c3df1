"""What a reader of frame times should know about them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class TimeCautionKind(StrEnum):
    """Irregularities of frames and their times."""

    DOUBLED_FILES = "doubled_files"
    OTHER_IMAGES = "other_images"
    FIRST_FRAME_WITHOUT_TIME = "first_frame_without_time"
    MIDNIGHT = "midnight"
    DROPPED_FRAMES = "dropped_frames"
    INCOMPLETE_FRAMES = "incomplete_frames"
    FEWER_THAN_PLANNED = "fewer_than_planned"
    JITTER = "jitter"
    PAUSE = "pause"
    ORDER = "order"
    SOURCES_DISAGREE = "sources_disagree"
    DURATION = "duration"


@dataclass(frozen=True)
class TimeCaution:
    """One irregularity, in one plain sentence with numbers."""

    kind: TimeCautionKind
    text: str
