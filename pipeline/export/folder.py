"""The finished set as a plain folder: what the command line leaves behind."""

from pathlib import Path

from pipeline.errors import LoupeError, StorageError
from pipeline.export import archive, bench_files, documents, manifest, numbers
from pipeline.export.manifest import File
from pipeline.images import content_id
from pipeline.records import AssetId, CloseUp, Design
from pipeline.store import Store


def write(store: Store, design: Design, out_dir: Path) -> tuple[Path, ...]:
    """Write what stands of a design and return the files written, the manifest last.

    `master.png`, `closeups/*.png`, `sketches/*.png`, `model.glb`; under `assets/` each crop and each raw
    answer, without which nobody could measure again; `showcase.html`, `dossier.pdf`, `design.loupe`; `numbers.csv` and
    `gems.csv` of a piece that can be counted.
    Files of other names in the folder are left alone, but what an earlier writing of the same design left there, as
    its manifest says, goes with it. Raises StorageError.
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
    table = table.model_copy(update={"files": (*table.files, *listed), "numbers": numbers.numbers(standing)})
    earlier = _earlier(out_dir, design)
    try:
        written = [_save(out_dir / path, store.read(asset)) for path, asset in contents]
        written += [_save(out_dir / path, data) for path, data in handed_out.items()]
        written.append(_save(out_dir / manifest.NAME, manifest.encode(table)))
        for file in earlier:
            if out_dir / file.path not in written:
                _drop(out_dir, file)
    except OSError as error:
        raise StorageError(f"The folder {out_dir} cannot be written ({error.strerror or error}).") from error
    return tuple(written)


def _documents(store: Store, design: Design) -> dict[str, bytes]:
    figures = {name: bench_files.table(rows) for name, rows in numbers.tables(design).items()}
    return figures | {
        documents.DOCUMENTS[kind].name: documents.make(store, design, kind, lambda *_: None).read_bytes()
        for kind in documents.OF_A_FOLDER
    }


def _close_ups(design: Design) -> tuple[CloseUp, ...]:
    return design.branch.close_ups if design.branch else ()


def _earlier(out_dir: Path, design: Design) -> tuple[File, ...]:
    """What an earlier writing of this design listed; nothing where there was none that can be read."""
    try:
        table = manifest.decode((out_dir / manifest.NAME).read_bytes())
    except (OSError, LoupeError):
        return ()
    return table.files if table.design.id == design.id else ()


def _drop(out_dir: Path, file: File) -> None:
    """Remove a file that is still the one that was written there; a changed one is somebody's own."""
    path = (out_dir / file.path).resolve()
    if path.is_relative_to(out_dir.resolve()) and path.is_file() and content_id(path.read_bytes()) == file.id:
        path.unlink()


def _save(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
