"""What the renderer is asked, as the headers and arrays of `pipeline.child`: pieces, cameras, qualities."""

from dataclasses import asdict
from typing import Any

import numpy as np

from pipeline.atelier.camera import Camera, Orthographic
from pipeline.atelier.piece import Part, PartRole, Piece, Repeat, SetStone
from pipeline.atelier.render.film import Quality


def pack_piece(piece: Piece) -> tuple[dict[str, Any], list[np.ndarray]]:
    """Turn a piece into JSON and arrays."""
    parts = [
        {
            "name": part.name,
            "material": part.material,
            "smooth": bool(part.smooth),
            "finish": part.finish,
            "role": part.role.value,
            "stone": asdict(part.stone) if part.stone is not None else None,
            "row": bool(part.repeats),
            "included": part.included,
        }
        for part in piece.parts
    ]
    arrays: list[np.ndarray] = []
    for part in piece.parts:
        arrays += [np.asarray(part.vertices, dtype=np.float64), np.asarray(part.faces, dtype=np.int32)]
        # Of what stands in a row the first body tells how large and which way each is.
        for copies in part.repeats[:1]:
            arrays += [
                np.asarray(copies.vertices, dtype=np.float64),
                np.asarray(copies.faces, dtype=np.int32),
            ]
            arrays.append(np.asarray(copies.poses[:1], dtype=np.float64))
    whole = {
        "kind": piece.kind,
        "framing": piece.framing,
        "fineness": piece.fineness,
        "worn": piece.worn,
        "filleted": piece.filleted,
        "tinted": piece.tinted,
    }
    return {**whole, "parts": parts}, arrays


def unpack_piece(header: dict[str, Any], arrays: list[np.ndarray]) -> Piece:
    """Inverse of `pack_piece`."""
    following = iter(arrays)
    return Piece(
        header["kind"],
        tuple(
            Part(
                row["name"],
                next(following),
                next(following),
                row["material"],
                row["smooth"],
                row["finish"],
                repeats=(Repeat(next(following), next(following), next(following)),) if row["row"] else (),
                role=PartRole(row["role"]),
                stone=SetStone(**row["stone"]) if row["stone"] is not None else None,
                included=row["included"],
            )
            for row in header["parts"]
        ),
        header["framing"],
        fineness=header["fineness"],
        worn=header["worn"],
        filleted=header["filleted"],
        tinted=header["tinted"],
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
