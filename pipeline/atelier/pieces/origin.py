"""A piece by its origin, the spec as JSON that all of its pictures are made from: built once for all who look at it."""

from functools import lru_cache

from pipeline.atelier.camera import Camera, master_camera, whole_camera
from pipeline.atelier.piece import Piece
from pipeline.atelier.pieces.build import build
from pipeline.atelier.spec import Spec
from pipeline.records.words import Shot


@lru_cache(maxsize=4)
def piece_of(origin: str) -> tuple[Spec, Piece]:
    """The spec of an origin, and its piece. Raises ValidationError where it is no spec, and as `build`."""
    spec = Spec.model_validate_json(origin)
    return spec, build(spec)


@lru_cache(maxsize=4)
def camera_of(origin: str, shot: Shot = "") -> Camera:
    """The camera of a piece's master, or of its other shot. Raises as `piece_of`."""
    piece = piece_of(origin)[1]
    return whole_camera(piece) if shot else master_camera(piece)
