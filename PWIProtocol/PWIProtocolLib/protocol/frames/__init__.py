"""When the frames of a dynamic study were acquired, and how that is known."""

from PWIProtocolLib.protocol.frames.frame_times import FrameTimes, frame_times

__all__ = ["FrameTimes", "frame_times"]
