"""The finished set as a plain folder: what the command line leaves behind."""

from pathlib import Path

from pipeline.errors import StorageError
from pipeline.export import archive, documents, manifest
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
    standing = manifest.standing(design)
    derived = {asset.id for c in _close_ups(standing) for asset in (c.registered, c.locked, c.heatmap)}
    # an answer that lay over its crop at once is its own registered picture
    derived -= {asset.id for c in _close_ups(standing) for asset in (c.crop, c.raw)}
    table, contents = archive.contents_of(store, standing, leave_out=frozenset(derived))
    handed_out = _documents(store, standing)
    listed = tuple(
        File(path=path, id=AssetId(content_id(data)), size_bytes=len(data))
        for path, data in handed_out.items()
    )
    table = table.model_copy(update={"files": (*table.files, *listed)})
    try:
        written = [_save(out_dir / path, store.read(asset)) for path, asset in contents]
        written += [_save(out_dir / path, data) for path, data in handed_out.items()]
        written.append(_save(out_dir / manifest.NAME, manifest.encode(table)))
    except OSError as error:
        raise StorageError(f"The folder {out_dir} cannot be written ({error.strerror or error}).") from error
    return tuple(written)


def _documents(store: Store, design: Design) -> dict[str, bytes]:
    return {
        document.name: documents.make(store, design, kind, lambda *_: None).read_bytes()
        for kind, document in documents.DOCUMENTS.items()
    }


def _close_ups(design: Design) -> tuple[CloseUp, ...]:
    return design.branch.close_ups if design.branch else ()


def _save(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
