"""Designs that were made once and are put into each test's own data folder."""

import shutil

from pipeline.records import Design
from pipeline.store import Store


def take_in(store: Store, shelf: Store, design: Design, name: str) -> Design:
    """Put a design of another store into this one, under an id and a name of its own, with all its files."""
    begun = store.create(name, kind=design.kind)
    shutil.copytree(shelf.folder / "assets", store.folder / "assets", dirs_exist_ok=True)
    names = {"id": begun.id, "name": begun.name, "created_at": begun.created_at}
    return store.update(begun.id, lambda _: design.model_copy(update=names))
