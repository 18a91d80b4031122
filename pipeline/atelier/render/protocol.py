"""Messages between the app and the renderer's process: a JSON header and raw arrays, never pickle."""

import json
import struct
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, BinaryIO

import numpy as np

from pipeline.atelier.camera import Camera, Orthographic
from pipeline.atelier.piece import Part, PartRole, Piece
from pipeline.atelier.render.film import Quality

LENGTH = struct.Struct("<Q")
# Nothing we send comes near; a larger length means the stream is out of step.
MAX_BYTES = 4 << 30
DTYPES = {"uint8", "int32", "float32", "float64"}


def send(stream: BinaryIO, header: dict[str, Any], arrays: Sequence[np.ndarray] = ()) -> None:
    """Write one message and flush it."""
    packed = [np.ascontiguousarray(array) for array in arrays]
    described = {**header, "arrays": [[array.dtype.name, list(array.shape)] for array in packed]}
    text = json.dumps(described).encode()
    pieces = [
        LENGTH.pack(len(text)),
        text,
        *(array.data.cast("B") if array.size else b"" for array in packed),
    ]
    for piece in pieces:
        view = memoryview(piece)
        while len(view):
            view = view[stream.write(view) :]
    stream.flush()


def receive(stream: BinaryIO) -> tuple[dict[str, Any], list[np.ndarray]]:
    """Read one message. Raises EOFError when the other side is gone, ValueError when it talks nonsense."""
    (length,) = LENGTH.unpack(_read(stream, LENGTH.size))
    if length > MAX_BYTES:
        raise ValueError("The renderer's messages are out of step.")
    header: dict[str, Any] = json.loads(_read(stream, length))
    arrays = []
    for dtype, shape in header.pop("arrays"):
        if dtype not in DTYPES:
            raise ValueError(f"An array of {dtype} was not expected.")
        count = int(np.prod(shape, dtype=np.int64))
        size = count * np.dtype(dtype).itemsize
        if size > MAX_BYTES:
            raise ValueError("The renderer's messages are out of step.")
        arrays.append(np.frombuffer(_read(stream, size), dtype=dtype).reshape(shape))
    return header, arrays


def pack_piece(piece: Piece) -> tuple[dict[str, Any], list[np.ndarray]]:
    """Turn a piece into JSON and arrays."""
    parts = [
        {
            "name": part.name,
            "material": part.material,
            "smooth": bool(part.smooth),
            "finish": part.finish,
            "role": part.role.value,
        }
        for part in piece.parts
    ]
    arrays: list[np.ndarray] = []
    for part in piece.parts:
        arrays += [np.asarray(part.vertices, dtype=np.float64), np.asarray(part.faces, dtype=np.int32)]
    return {"kind": piece.kind, "parts": parts, "framing": piece.framing}, arrays


def unpack_piece(header: dict[str, Any], arrays: list[np.ndarray]) -> Piece:
    """Inverse of `pack_piece`."""
    pairs = zip(header["parts"], arrays[::2], arrays[1::2], strict=True)
    return Piece(
        header["kind"],
        tuple(
            Part(
                row["name"],
                vertices,
                faces,
                row["material"],
                row["smooth"],
                row["finish"],
                role=PartRole(row["role"]),
            )
            for row, vertices, faces in pairs
        ),
        header["framing"],
    )


def pack_camera(camera: Camera | Orthographic) -> dict[str, Any]:
    """Turn a camera into JSON."""
    return {"type": type(camera).__name__, **asdict(camera)}


def unpack_camera(header: dict[str, Any]) -> Camera | Orthographic:
    """Inverse of `pack_camera`."""
    fields: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in header.items()
    }
    return Camera(**fields) if fields.pop("type") == "Camera" else Orthographic(**fields)


def pack_quality(quality: Quality) -> dict[str, Any]:
    """Turn a quality into JSON."""
    return asdict(quality)


def _read(stream: BinaryIO, size: int) -> bytearray:
    buffer = bytearray(size)
    view = memoryview(buffer)
    while len(view):
        got = stream.readinto(view)  # type: ignore[attr-defined]
        if not got:
            raise EOFError
        view = view[got:]
    return buffer
