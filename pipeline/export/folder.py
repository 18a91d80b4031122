"""The finished set as a plain folder: what the command line leaves behind."""

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

from pipeline.errors import StorageError
from pipeline.export import archive, manifest
from pipeline.export.manifest import File
from pipeline.images import content_id
from pipeline.records import AssetId, CloseUp, Design
from pipeline.store import Store


def write(store: Store, design: Design, out_dir: Path) -> tuple[Path, ...]:
    """Write what stands of a design and return the files written, the manifest last.

    `master.png`, `closeups/*.png`, `sketches/*.png`, `model.glb`; under `assets/` each crop and each raw
    answer, without which nobody could measure again; `showcase.html`, `dossier.pdf`, `design.loupe`.
    Files of other names in the folder are left alone. Raises StorageError.
    """
    kept = manifest.standing(design)
    derived = {asset.id for c in _close_ups(kept) for asset in (c.registered, c.locked, c.heatmap)}
    # an answer that lay over its crop at once is its own registered picture
    derived -= {asset.id for c in _close_ups(kept) for asset in (c.crop, c.raw)}
    table, contents = archive.contents_of(store, kept, leave_out=frozenset(derived))
    documents = _documents(store, kept)
    listed = tuple(
        File(path=path, id=AssetId(content_id(data)), size_bytes=len(data))
        for path, data in documents.items()
    )
    table = table.model_copy(update={"files": (*table.files, *listed)})
    try:
        written = [_save(out_dir / path, store.read(asset)) for path, asset in contents]
        written += [_save(out_dir / path, data) for path, data in documents.items()]
        written.append(_save(out_dir / manifest.NAME, manifest.encode(table)))
    except OSError as error:
        raise StorageError(f"The folder {out_dir} cannot be written ({error.strerror or error}).") from error
    return tuple(written)


def _documents(store: Store, design: Design) -> dict[str, bytes]:
    """The three documents. They follow from the design alone, so they are made once and kept beside it."""

    def showcase() -> bytes:
        from pipeline.export import page

        return page.write(store, design)

    def pdf() -> bytes:
        from pipeline.export import dossier

        return dossier.write(store, design)

    makers: dict[str, Callable[[], bytes]] = {
        "showcase.html": showcase,
        "dossier.pdf": pdf,
        f"design{archive.SUFFIX}": lambda: archive.write(store, design),
    }
    key = content_id(f"{_code()} {design.model_dump_json()}".encode())[:32]
    kept = store.folder / "exports" / design.id / key
    documents = {}
    try:
        for earlier in kept.parent.glob("*"):
            if earlier != kept:
                shutil.rmtree(earlier, ignore_errors=True)
        for name, make in makers.items():
            file = kept / name
            if not file.exists():
                _save(file.with_name(f".{name}"), make()).replace(file)
            documents[name] = file.read_bytes()
    except OSError as error:
        raise StorageError(
            f"The documents could not be kept in {kept} ({error.strerror or error})."
        ) from error
    return documents


@cache
def _code() -> str:
    """What the exporter's own files say, so that a changed exporter makes its documents afresh."""
    files = sorted(f for f in Path(__file__).parent.rglob("*") if f.suffix in {".py", ".j2", ".css", ".js"})
    return content_id(b"".join(f.read_bytes() for f in files))


def _close_ups(design: Design) -> tuple[CloseUp, ...]:
    return design.branch.close_ups if design.branch else ()


def _save(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
