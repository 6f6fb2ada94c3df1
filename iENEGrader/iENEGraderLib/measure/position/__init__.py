"""Where a node lies: side, height, neck level."""

from iENEGraderLib.measure.position.cricoid import BelowCricoid, CricoidRelation, below_cricoid, lowest_point_ras
from iENEGraderLib.measure.position.laterality import SideProposal, side_of, side_of_segment
from iENEGraderLib.measure.position.midsagittal import Plane, mid_sagittal_plane
from iENEGraderLib.measure.position.neck_landmarks import NeckLandmarks, landmarks_of, neck_landmarks
from iENEGraderLib.measure.position.neck_level import LevelProposal, propose_level

__all__ = [
    "BelowCricoid",
    "CricoidRelation",
    "LevelProposal",
    "NeckLandmarks",
    "Plane",
    "SideProposal",
    "below_cricoid",
    "landmarks_of",
    "lowest_point_ras",
    "mid_sagittal_plane",
    "neck_landmarks",
    "propose_level",
    "side_of",
    "side_of_segment",
]
