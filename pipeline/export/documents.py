"""The documents of a design: made once for each state of it and kept, so that asking again costs nothing."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline import files
from pipeline.errors import DiskFull, StorageError
from pipeline.export.brand import Brand
from pipeline.images import content_id
from pipeline.records import Design
from pipeline.store import Store

Tell = Callable[[float, str], None]
"""Takes progress, 0..1, and a few words about it."""

PLAIN = Brand()


@dataclass(frozen=True)
class Document:
    """Something a design is handed out as."""

    name: str
    media_type: str
    write: Callable[[Store, Design, Tell, Brand], bytes]


def _page(store: Store, design: Design, tell: Tell, brand: Brand) -> bytes:
    from pipeline.export import page

    return page.write(store, design, tell, brand=brand)


def _dossier(store: Store, design: Design, tell: Tell, brand: Brand) -> bytes:
    from pipeline.export import dossier

    return dossier.write(store, design, tell, brand=brand)


def _archive(store: Store, design: Design, tell: Tell, _: Brand) -> bytes:
    from pipeline.export import archive

    return archive.write(store, design, tell=tell)


def _shop(store: Store, design: Design, tell: Tell, brand: Brand) -> bytes:
    from pipeline.export import shop

    return shop.write(store, design, tell, brand.credentials)


DOCUMENTS = {
    "page": Document("showcase.html", "text/html", _page),
    "dossier": Document("dossier.pdf", "application/pdf", _dossier),
    "archive": Document("design.loupe", "application/zip", _archive),
    "shop": Document("shop.zip", "application/zip", _shop),
}
OF_A_FOLDER = ("page", "dossier", "archive")
"""What is written beside the files of a set; the shop set is asked for by itself."""


def stored(store: Store, design: Design, kind: str, brand: Brand = PLAIN) -> Path | None:
    """Where a document of the design as it is now lies; None while it has not been made."""
    file = _folder(store, design, brand) / DOCUMENTS[kind].name
    return file if file.is_file() else None


def make(store: Store, design: Design, kind: str, tell: Tell, brand: Brand = PLAIN) -> Path:
    """Make a document, or find it made, and say where it lies. Raises StorageError."""
    present = stored(store, design, kind, brand)
    if present:
        return present
    document, folder = DOCUMENTS[kind], _folder(store, design, brand)
    data = document.write(store, design, tell, brand)
    try:
        _forget_earlier(folder)
        files.write(folder / document.name, data)
    except OSError as error:
        trouble = files.storage_error(error, store.folder)
        if isinstance(trouble, DiskFull):
            raise trouble from error
        raise StorageError(
            f"The document could not be kept in {folder} ({error.strerror or error})."
        ) from error
    return folder / document.name


def _folder(store: Store, design: Design, brand: Brand) -> Path:
    provenance = store.provenance(design.id)
    vouched = provenance.model_dump_json() if provenance else ""
    key = content_id(f"{_code()} {brand.key} {design.model_dump_json()}{vouched}".encode())[:32]
    return store.folder / "exports" / design.id / key


def _forget_earlier(folder: Path) -> None:
    """Drop what was made of other states of the design; the two newest may still be on their way out."""
    others = sorted(
        (f for f in folder.parent.glob("*") if f != folder), key=lambda f: f.stat().st_mtime, reverse=True
    )
    for earlier in others[1:]:
        shutil.rmtree(earlier, ignore_errors=True)


@cache
def _code() -> str:
    """What the exporter's own files say, so that a changed exporter makes its documents afresh."""
    files = sorted(f for f in Path(__file__).parent.rglob("*") if f.suffix in {".py", ".j2", ".css", ".js"})
    return content_id(b"".join(f.read_bytes() for f in files))
