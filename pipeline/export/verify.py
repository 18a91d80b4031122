"""Recompute every hash and every figure of an export from its files alone, without the app's data folder."""

import math
import zipfile
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline import fidelity, images
from pipeline.errors import BadArchive, LoupeError
from pipeline.export import archive, entries, manifest
from pipeline.export.manifest import Manifest
from pipeline.export.proof import lay_back, side_by_side
from pipeline.fidelity.gate_version import is_older, judges_alike, measures_alike
from pipeline.records import Asset, AssetId, Branch, CloseUp
from pipeline.records.fidelity import PERFECT_DB, Fidelity

_FIGURES = (("lr_psnr_db", "dB"), ("worst_window_db", "dB"), ("delta_e_max", "ΔE"))
_TOLERANCE = 0.05
"""dB and ΔE. The figures are deterministic on one machine; another processor's arithmetic may turn the
rounding of a few 8-bit pixels, which moves a figure by less than a hundredth."""
_DRIFT_TOLERANCE = 0.01
_EDITIONS_APART = 1.0
"""dB and ΔE between two editions of the gate: they may lay an answer over its crop a little differently, but what
they measure then, agreement in pixels, is the same."""

Read = Callable[[str], bytes | None]


@dataclass(frozen=True)
class Line:
    """One thing that was checked."""

    ok: bool
    text: str

    def __str__(self) -> str:
        """As the command line prints it."""
        return f"{'ok  ' if self.ok else 'FAIL'} {self.text}"


@dataclass(frozen=True)
class Verification:
    """All that was checked; `ok` only when every line is."""

    ok: bool
    lines: tuple[Line, ...]


def verify(path: Path) -> Verification:
    """Check an exported folder or a .loupe file. Raises nothing: what cannot be read is a failed line."""
    try:
        lines = tuple(_lines(path))
    except LoupeError as error:
        lines = (Line(ok=False, text=str(error)),)
    except OSError as error:
        lines = (Line(ok=False, text=f"{path} cannot be read ({error.strerror or error})."),)
    return Verification(all(line.ok for line in lines), lines)


def _lines(path: Path) -> Iterator[Line]:
    if path.is_dir():
        yield from _check(_from_folder(path))
        return
    with archive.opened(path.read_bytes()) as packed:
        table = yield from _check(_from_archive(packed))
        if table:
            extra = set(packed.namelist()) - {file.path for file in table.files} - {manifest.NAME}
            if extra:
                yield Line(ok=False, text=f"{len(extra)} entries are not named in the manifest")


def _from_folder(folder: Path) -> Read:
    def read(name: str) -> bytes | None:
        place = folder / name
        if not archive.is_safe(name) or not place.resolve().is_relative_to(folder.resolve()):
            raise BadArchive(f"The manifest names a file outside its folder: {name[:80]}.")
        return place.read_bytes() if place.is_file() else None

    return read


def _from_archive(packed: zipfile.ZipFile) -> Read:
    names = set(packed.namelist())
    limit = max(manifest.MAX_BYTES, images.MAX_BYTES)
    return lambda name: entries.read(packed, name, limit=limit) if name in names else None


def _check(read: Read) -> Generator[Line, None, Manifest | None]:
    data = read(manifest.NAME)
    if data is None:
        yield Line(ok=False, text="there is no manifest.json")
        return None
    table = manifest.decode(data)
    yield Line(ok=True, text="manifest.json matches its own digest")
    whole = yield from _check_files(table, read)
    if whole:
        pictures = _Pictures(table, read)
        for number, branch in enumerate(table.design.branches, 1):
            prefix = f"branch {number}, " if len(table.design.branches) > 1 else ""
            for close_up in branch.close_ups:
                yield from check_close_up(pictures, branch, close_up, prefix)
        yield from _check_proof(table, pictures)
    return table


def _check_files(table: Manifest, read: Read) -> Generator[Line, None, bool]:
    assets = {asset.id: asset for asset in table.design.assets()}
    faults = 0
    for file in table.files:
        data = read(file.path)
        fault = "it is missing" if data is None else archive.check_file(data, file, assets.get(file.id))
        if fault:
            faults += 1
            yield Line(ok=False, text=f"{file.path}: {fault}")
    if not faults:
        size = sum(file.size_bytes for file in table.files) / 1e6
        yield Line(ok=True, text=f"{len(table.files)} files, {size:.1f} MB, match their sha256")
    missing = {asset_id for asset_id in _needed(table) if asset_id not in table.paths()}
    if missing:
        faults += 1
        yield Line(ok=False, text=f"{len(missing)} files that the figures rest on are not included")
    return faults == 0


def _needed(table: Manifest) -> Iterator[AssetId]:
    for branch in table.design.branches:
        yield from (picture.id for picture in branch.pictures)
        for close_up in branch.close_ups:
            yield from (close_up.crop.id, close_up.raw.id, close_up.result.id)
        yield from (a.id for s in branch.sketches for a in (s.sheet, s.drawing) if a is not None)
        yield from (asset.id for model in branch.models for asset in model.assets)


class Pictures(Protocol):
    """Where a design's files are read from."""

    def pixels(self, asset: Asset) -> images.Pixels:
        """A picture asset, decoded."""


class _Pictures:
    """The export's files by asset."""

    def __init__(self, table: Manifest, read: Read) -> None:
        self._paths = table.paths()
        self._read = read

    def pixels(self, asset: Asset) -> images.Pixels:
        data = self._read(self._paths[asset.id])
        if data is None:
            raise BadArchive(f"The file {self._paths[asset.id]} went away while it was read.")
        return images.decode(data)


def check_close_up(pictures: Pictures, branch: Branch, close_up: CloseUp, prefix: str = "") -> Iterator[Line]:
    """Measure one close-up again: its crop against the master, its answer and its file against the crop."""
    name = f"{prefix}close-up “{close_up.region.label}”"
    crop, picture = pictures.pixels(close_up.crop), branch.pictured(close_up.region.shot)
    exact = np.array_equal(crop, images.crop(pictures.pixels(picture), close_up.region.box))
    owner = "the whole view's" if close_up.region.shot else "the master's"
    yield Line(exact, f"{name}: the crop {'is' if exact else 'is NOT'} {owner} own pixels")
    yield _check_judgement(pictures, picture, close_up, crop, name)
    yield _check_result(pictures, close_up, crop, name)


def _check_judgement(
    pictures: Pictures, picture: Asset, close_up: CloseUp, crop: images.Pixels, name: str
) -> Line:
    from pipeline.visible import places_in  # builds the piece, with everything that takes

    recorded = close_up.fidelity
    judged_by = recorded.judged_by
    counted = recorded.counts is not None
    measured = fidelity.compare(
        crop,
        pictures.pixels(close_up.raw),
        dial=close_up.dial,
        thresholds=judged_by.thresholds if judged_by else None,
        places=places_in(picture, close_up.region.box, lambda: pictures.pixels(picture)) if counted else None,
    )
    if judged_by is None or not judges_alike(judged_by.gate):
        # other code judges otherwise; what it must not do is to find a failure that was not told
        ok = measured.verdict != "fail" or recorded.verdict == "fail"
        alike = judged_by is not None and measures_alike(judged_by.gate)
        # it repaired by other rules, so its repair is measured on the very file it left
        repaired = fidelity.agreement(crop, pictures.pixels(close_up.result))
        again = measured.model_copy(update={"locked": repaired})
        wrong = list(_figures_apart(recorded, again, _TOLERANCE if alike else _EDITIONS_APART))
        older = judged_by is None or is_older(judged_by.gate)
        return Line(
            ok and not wrong,
            f"{name}: {recorded.verdict} by another{', older' if older else ''} edition of the gate; "
            f"this one says {measured.verdict}, "
            f"drift {measured.drift:.2f}{''.join(f'; {fault}' for fault in wrong)}",
        )
    wrong = list(_differences(recorded, measured))
    if wrong:
        return Line(ok=False, text=f"{name}: measured again, {'; '.join(wrong)}")
    figures = f"drift {measured.drift:.2f}, {measured.locked.lr_psnr_db:.1f} dB"
    return Line(ok=True, text=f"{name}: {measured.verdict}, {figures}, as recorded")


def _check_result(pictures: Pictures, close_up: CloseUp, crop: images.Pixels, name: str) -> Line:
    """Measure the very file people see, without the gate's own code."""
    result = pictures.pixels(close_up.result)
    height, width = crop.shape[:2]
    measured = _psnr(_average(result, width, height) - crop)
    recorded = close_up.shown.lr_psnr_db
    ok = math.isclose(measured, recorded, abs_tol=_TOLERANCE)
    return Line(ok, f"{name}: its file agrees with the crop at {measured:.1f} dB, recorded {recorded:.1f}")


def _differences(recorded: Fidelity, measured: Fidelity) -> Iterator[str]:
    if recorded.verdict != measured.verdict:
        yield f"verdict is {measured.verdict}, recorded {recorded.verdict}"
    if recorded.raw_verdict != measured.raw_verdict:
        yield f"raw verdict is {measured.raw_verdict}, recorded {recorded.raw_verdict}"
    if not math.isclose(recorded.drift, measured.drift, abs_tol=_DRIFT_TOLERANCE):
        yield f"drift is {measured.drift:.3f}, recorded {recorded.drift:.3f}"
    yield from _figures_apart(recorded, measured, _TOLERANCE)
    if [reason.name for reason in recorded.reasons] != [reason.name for reason in measured.reasons]:
        yield "the reasons are others"
    if recorded.counts != measured.counts:
        yield "stones and prongs are counted otherwise"
    bends = [0.0 if of.straightened is None else of.straightened.worst_px for of in (recorded, measured)]
    if not math.isclose(*bends, abs_tol=_TOLERANCE):
        yield f"it was straightened by up to {bends[1]:.2f} px, recorded {bends[0]:.2f}"


def _figures_apart(recorded: Fidelity, measured: Fidelity, tolerance: float) -> Iterator[str]:
    stages = (("raw", recorded.raw, measured.raw), ("locked", recorded.locked, measured.locked))
    for stage, before, again in stages:
        for figure, unit in _FIGURES:
            was, is_now = getattr(before, figure), getattr(again, figure)
            if not math.isclose(was, is_now, abs_tol=tolerance):
                yield f"{stage} {figure} is {is_now:.2f} {unit}, recorded {was:.2f}"


def _check_proof(table: Manifest, pictures: _Pictures) -> Iterator[Line]:
    branch = table.design.branch
    if branch is None or not branch.chosen_close_ups:
        return
    proof = lay_back(*side_by_side(branch, pictures.pixels)).proof
    stated = table.proof
    ok = (
        stated is not None
        and math.isclose(proof.psnr_db, stated.psnr_db, abs_tol=_TOLERANCE)
        and abs(proof.largest_level - stated.largest_level) <= 1
    )
    recorded = f"recorded {stated.psnr_db:.1f}" if stated else "not recorded"
    yield Line(ok, f"composite-back: all close-ups in the master agree at {proof.psnr_db:.1f} dB, {recorded}")


def _average(pixels: images.Pixels, width: int, height: int) -> NDArray[np.float64]:
    """Area average of a picture down to (width, height), as floats in 0..255."""
    if pixels.shape[0] % height == 0 and pixels.shape[1] % width == 0:
        rows, columns = pixels.shape[0] // height, pixels.shape[1] // width
        summed: NDArray[np.float64] = np.add.reduceat(
            np.add.reduceat(pixels, np.arange(0, pixels.shape[0], rows), axis=0, dtype=np.uint32),
            np.arange(0, pixels.shape[1], columns),
            axis=1,
        ) / (rows * columns)
        return summed
    return images.resize(pixels, width, height).astype(np.float64)


def _psnr(difference: NDArray[np.generic]) -> float:
    """Peak signal-to-noise ratio of a difference of 8-bit pictures, dB, at most 100."""
    if not difference.size:
        return PERFECT_DB
    squared = float(np.mean(np.square(difference, dtype=np.float64)))
    return PERFECT_DB if squared <= 0 else min(PERFECT_DB, float(10 * np.log10(255.0**2 / squared)))
