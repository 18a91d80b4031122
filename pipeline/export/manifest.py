"""The table of contents of every export: the design's record, and which file holds which asset.

A manifest is written in one canonical form and ends with the digest of its own contents, so that a change
of a single byte is seen, in the files it names and in itself.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from pipeline import images
from pipeline.atelier.spec import Spec
from pipeline.errors import BadArchive
from pipeline.export.numbers import Numbers
from pipeline.records import MAX_REGIONS, SCHEMA, Asset, AssetId, Branch, CloseUp, Design, Model3D, Record
from pipeline.records.fidelity import PERFECT_DB
from pipeline.records.migration import migrated

NAME = "manifest.json"
FORMAT_VERSION = 1
MAX_BYTES = 16_000_000
"""A design with a thousand attempts stays far below."""
PLATE = "application/json"
"""A drawing whose lines are kept as lines."""
PICTURES = ("image/png", "image/jpeg", "image/webp")
EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "model/gltf-binary": "glb",
    "video/webm": "webm",
    "application/json": "json",
}


_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters but tab and line ends, marks that turn the order of what is read, and halves of characters."""


class File(Record):
    """One file of the export, named by a path inside it."""

    path: str = Field(min_length=1, max_length=160)
    id: AssetId
    """The sha256 of its bytes."""
    size_bytes: int = Field(ge=0)


class Proof(Record):
    """All close-ups laid back into the master: how far the two differ where they overlap."""

    psnr_db: float = Field(le=PERFECT_DB)
    largest_level: int = Field(ge=0, le=255)
    """The largest difference of any covered pixel and channel, grey levels."""
    covered: float = Field(ge=0, le=1)
    """Share of the pixels of the master, and of its whole view where there is one, that a close-up stands for, 0..1."""


class _Place(BaseModel):
    """A region as the maker of a master tells it: fractions of the frame."""

    label: str = Field(min_length=1, max_length=40)
    x: float = Field(ge=0, le=1)
    y: float = Field(ge=0, le=1)
    width: float = Field(gt=0, le=1)
    height: float = Field(gt=0, le=1)


_Places: TypeAdapter[list[_Place]] = TypeAdapter(Annotated[list[_Place], Field(max_length=MAX_REGIONS)])


class Manifest(Record):
    """What an export holds."""

    format: Literal["loupe"] = "loupe"
    format_version: int = Field(default=FORMAT_VERSION, ge=1)
    made_by: str = Field(default="Loupe 1", max_length=80)
    design: Design
    proof: Proof | None = None
    numbers: Numbers | None = None
    """Carats, grams and millimetres, where the geometry or a length is known."""
    files: tuple[File, ...]

    def paths(self) -> dict[AssetId, str]:
        """Where each asset's bytes are; the first place, when there are two."""
        places: dict[AssetId, str] = {}
        for file in self.files:
            places.setdefault(file.id, file.path)
        return places


def standing(design: Design) -> Design:
    """Keep what stands: the current branch, one close-up per region, the newest sheets, the newest model."""
    branch = design.branch
    if branch is None:
        return design.model_copy(update={"candidates": ()})
    standing_branch = branch.model_copy(
        update={
            "close_ups": branch.chosen_close_ups,
            "sketches": branch.latest_sketches,
            "models": branch.models[-1:],
        }
    )
    return design.model_copy(update={"candidates": (), "branches": (standing_branch,), "current": 0})


def show_files(branch: Branch) -> tuple[tuple[str, Asset], ...]:
    """List the files people look for, under names they can read: (path, asset)."""
    files = [(f"master.{EXTENSIONS[branch.master.media_type]}", branch.master)]
    if branch.whole is not None:
        files.append((f"whole-view.{EXTENSIONS[branch.whole.media_type]}", branch.whole))
    for n, close_up in enumerate(branch.chosen_close_ups, 1):
        result = close_up.result
        files.append(
            (f"closeups/{n:02d}-{slug(close_up.region.label)}.{EXTENSIONS[result.media_type]}", result)
        )
    for n, sketch in enumerate(branch.latest_sketches, 1):
        files.append(
            (f"sketches/{n:02d}-{slug(sketch.title)}.{EXTENSIONS[sketch.sheet.media_type]}", sketch.sheet)
        )
    if branch.model:
        files += _model_files(branch.model)
    return tuple(files)


def _model_files(model: Model3D) -> Iterator[tuple[str, Asset]]:
    yield "model.glb", model.glb
    if model.overlay:
        yield f"model-over-master.{EXTENSIONS[model.overlay.media_type]}", model.overlay
    for n, view in enumerate(model.views, 1):
        yield f"views/{n:02d}-{slug(view.name)}.{EXTENSIONS[view.picture.media_type]}", view.picture
    if model.turntable:
        yield "turntable.webp", model.turntable.loop
        if model.turntable.film:
            yield "turntable.webm", model.turntable.film


def asset_path(asset: Asset) -> str:
    """Where an asset lies that has no readable name."""
    return f"assets/{asset.id}.{EXTENSIONS[asset.media_type]}"


def encode(manifest: Manifest) -> bytes:
    """Write the canonical form, closed by the digest of everything before it."""
    body: dict[str, Any] = _printable(manifest.model_dump(mode="json"))
    if manifest.numbers is None:  # as manifests were written before there were any
        del body["numbers"]
    return sealed(body)


def decode(data: bytes) -> Manifest:
    """Read a manifest and check it: form, digest, and everything later code relies on. Raises BadArchive."""
    if len(data) > MAX_BYTES:
        raise BadArchive("The manifest of this file is far too large; export the design again.")
    try:
        body = json.loads(data, parse_constant=_no_constant)
        newer = body["format_version"] > FORMAT_VERSION or body["design"]["schema_version"] > SCHEMA
        digest = body.pop("digest")
        untouched = digest == images.content_id(_canonical(body)) and sealed(body) == data
        today = body if newer else {**body, "design": migrated(body["design"])}
        manifest = None if newer else Manifest.model_validate_json(json.dumps(today))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise BadArchive(
            f"The manifest of this file is not as Loupe writes it ({place[:120]}: {first['msg'][:160]}); "
            "export the design again."
        ) from error
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise BadArchive("The manifest of this file is damaged; export the design again.") from error
    if manifest is None:
        raise BadArchive("This file was written by a newer Loupe; update Loupe to open it.")
    if not untouched:
        raise BadArchive("The manifest was edited after it was written; export the design again.")
    if any(_UNPRINTABLE.search(text) for text in _texts(body)):
        raise BadArchive("This file holds words with hidden control characters and is not opened.")
    for fault in _faults(manifest.design):
        raise BadArchive(f"The manifest of this file contradicts itself: {fault}.")
    return manifest


def slug(text: str, longest: int = 40) -> str:
    """Make a file name of letters, digits and dashes in any script; `view` when nothing is left."""
    letters = (c if c.isalnum() else "-" for c in unicodedata.normalize("NFKC", text).lower())
    return "-".join(part for part in "".join(letters).split("-") if part)[:longest].strip("-") or "view"


def sealed(body: dict[str, Any]) -> bytes:
    """The canonical form of a manifest's JSON without its digest, closed by that."""
    return _canonical({**body, "digest": images.content_id(_canonical(body))})


def _canonical(body: dict[str, Any]) -> bytes:
    return (json.dumps(body, indent=1, sort_keys=True, ensure_ascii=True, allow_nan=False) + "\n").encode()


def _texts(value: Any) -> Iterator[str]:
    """Every text in a JSON value, names of fields included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def _printable(value: Any) -> Any:
    """The same JSON value without what `decode` refuses: a name typed with such characters travels without them."""
    if isinstance(value, str):
        return _UNPRINTABLE.sub("", value)
    if isinstance(value, dict):
        return {_UNPRINTABLE.sub("", name): _printable(part) for name, part in value.items()}
    return [_printable(part) for part in value] if isinstance(value, list) else value


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _faults(design: Design) -> Iterator[str]:
    """Find what the record's own types cannot say, in words that follow a colon."""
    for asset in design.candidates:
        yield from _origin_faults(asset, "a candidate")
    for branch in design.branches:
        yield from _origin_faults(branch.master, "the master")
        yield from _region_faults(branch)
        for close_up in branch.close_ups:
            yield from _close_up_faults(close_up)
        for sketch in branch.sketches:
            yield from _picture_faults(sketch.sheet, "a sketch")
            if sketch.drawing is not None and sketch.drawing.media_type != PLATE:
                yield from _picture_faults(sketch.drawing, "a drawing")
        for model in branch.models:
            yield from _model_faults(model)
    yield from _asset_faults(design)


def _region_faults(branch: Branch) -> Iterator[str]:
    master, whole = branch.master, branch.whole
    if whole is not None:
        yield from _origin_faults(whole, "the whole view")
        if (whole.width, whole.height) != (master.width, master.height):
            yield "the whole view is not as large as the master"
    for region in (*branch.regions, *(c.region for c in branch.close_ups)):
        if region.x + region.width > master.width or region.y + region.height > master.height:
            yield "a region lies outside the master"
        if region.shot and whole is None:
            yield "a region lies on a picture that is not there"


def _asset_faults(design: Design) -> Iterator[str]:
    shapes: dict[AssetId, tuple[str, int, int, int]] = {}
    for asset in _mentions(design):
        shape = (asset.media_type, asset.size_bytes, asset.width, asset.height)
        if shapes.setdefault(asset.id, shape) != shape:
            yield "an asset is described twice, differently"


def _mentions(design: Design) -> Iterator[Asset]:
    """Every asset, as often as the design names it: two places may tell of the same bytes differently."""
    yield from design.candidates
    for branch in design.branches:
        yield from branch.pictures
        for close_up in branch.close_ups:
            yield from (close_up.crop, close_up.raw, close_up.registered, close_up.locked, close_up.heatmap)
        yield from (asset for model in branch.models for asset in model.assets)
        yield from (a for s in branch.sketches for a in (s.sheet, s.drawing) if a is not None)


def _origin_faults(asset: Asset, what: str) -> Iterator[str]:
    """Check a picture that a piece begins with, and what its maker told: later work is made from both."""
    yield from _picture_faults(asset, what)
    recipe = asset.recipe
    if not isinstance(recipe.options.get("seed", 0), int):
        yield f"the seed of {what} is no number"
    try:
        if recipe.provider == "atelier" and recipe.origin:
            Spec.model_validate_json(recipe.origin)
        _Places.validate_json(str(recipe.options.get("regions", "[]")))
    except ValidationError:
        yield f"what {what} was made from cannot be read"


def _picture_faults(asset: Asset, what: str) -> Iterator[str]:
    if asset.media_type not in PICTURES or asset.width < 1 or asset.height < 1:
        yield f"{what} is no picture"


def _model_faults(model: Model3D) -> Iterator[str]:
    if model.glb.media_type != "model/gltf-binary":
        yield "a 3D model is no GLB"
    for view in model.views:
        yield from _picture_faults(view.picture, "a view of the model")
    if model.overlay:
        yield from _picture_faults(model.overlay, "the model over the master")
    if turn := model.turntable:
        if turn.loop.media_type != "image/webp":
            yield "the turntable is no WebP"
        yield from _picture_faults(turn.loop, "the turntable")
        if turn.film and turn.film.media_type != "video/webm":
            yield "the turntable's film is no WebM"


def _close_up_faults(close_up: CloseUp) -> Iterator[str]:
    for asset in (close_up.crop, close_up.raw, close_up.registered, close_up.locked, close_up.heatmap):
        yield from _picture_faults(asset, "a close-up")
    if (close_up.crop.width, close_up.crop.height) != (close_up.region.width, close_up.region.height):
        yield "a crop does not have its region's size"
