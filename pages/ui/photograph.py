"""A photograph brought as the master: seen large, next to what it becomes, before anything is changed."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from pages.ui import errors, press, progress, session, uploads
from pages.ui.workbench import workbench
from pipeline import decoder, images
from pipeline.blank import refuse_blank
from pipeline.decoding import MASTER_SIDES, MIN_SIDE_PX
from pipeline.records import KINDS, Design, Kind
from pipeline.stages import generate

_SHOWN_PX = 900

Fill = Callable[[str, Kind], Design]
"""The design to fill, by the name and kind of a new one."""


@dataclass(frozen=True)
class _Seen:
    """An upload as it will stand: a small JPEG, its own sides in pixels, upright, and what is said of its file."""

    picture: bytes
    width: int
    height: int
    words: tuple[str, ...]


def form(design: Design | None, fill: Fill) -> None:
    """The upload form."""
    bench = workbench()
    file = st.file_uploader(
        "A photograph of the piece, on a plain light background",
        type=["png", "jpg", "jpeg", "webp", "tif", "tiff", "heic", "heif", "avif", "jxl"],
        help="At least 512 px on the shorter side, at most 150 megapixels. Larger ones are reduced.",
        key="upload",
        on_change=_guess_kind,
        disabled=not bench.editable,
    )
    if not session.has("upload-kind"):
        session.keep("upload-kind", design.kind if design else KINDS[0])
    with st.container(horizontal=True):
        kind = st.selectbox("Kind", KINDS, key="upload-kind", width=200)
        longest = st.selectbox(
            "Longest side, at most",
            MASTER_SIDES,
            index=len(MASTER_SIDES) - 1,
            format_func=lambda side: f"{side} px",
            key="upload-side",
            width=200,
            help="A larger photograph is reduced to this before it becomes the master. Close-ups gain from each pixel; "
            "smaller masters are quicker to work with.",
        )
    readable = False
    if file is not None:
        with errors.shown():
            _preview(file, longest, design)
            readable = True
    with st.container(horizontal=True):
        whole = press.button(
            "Make the whole set",
            type="primary",
            icon=":material/diamond:",
            disabled=not readable,
            key="whole-upload",
            help="The photograph becomes the master; close-ups, sheets and the 3D view follow without a press.",
        )
        used = press.button("Use as master", disabled=not readable, key="use-upload")
    if (used or whole) and file is not None:
        _use(file, kind, longest, fill, whole=whole)


def _use(file: UploadedFile, kind: Kind, longest: int, fill: Fill, *, whole: bool) -> None:
    bench = workbench()
    with errors.shown():
        with st.spinner("Reading the picture and measuring it …"):
            filled = fill(uploads.short_name(file.name).rsplit(".", 1)[0], kind)
            filled = bench.upload_master(filled.id, file.getvalue(), kind, longest)
        uploads.used(session.session_id(), file.file_id)
        session.open_design(filled.id)
        session.set_notice("The photograph is the master now.")
        if whole:
            progress.submit(lambda: bench.whole_set(filled))
        st.rerun()


def _preview(file: UploadedFile, longest: int, design: Design | None) -> None:
    """The photograph large, and beside it what becomes of it."""
    with st.spinner("Reading the picture …"):
        seen = _seen((file.file_id, file.name, file.size), file)
    with st.container(border=True, key="photo-preview"):
        picture, facts = st.columns([3, 2], gap="medium")
        with picture:
            st.image(seen.picture, width="stretch", alt="The photograph as it will stand")
        with facts:
            st.markdown("**What becomes of it**")
            for words in changes(seen.width, seen.height, longest, seen.words, replaces=_has_master(design)):
                st.markdown(f"- {errors.plain(words)}")


def changes(width: int, height: int, longest: int, words: tuple[str, ...], *, replaces: bool) -> list[str]:
    """What a photograph of this many pixels becomes as a master, in sentences."""
    share = min(1.0, longest / max(width, height))
    size = f"{round(width * share)} x {round(height * share)} px"
    reduced = f"The master has {size}, reduced from {width} x {height}."
    sentences = [reduced if share < 1 else f"The master has its own {size}."]
    sentences.extend(words)
    sentences.append("Five regions are suggested on it; you may change them.")
    if replaces:
        sentences.append("The master that stands now is kept with all its work; you can go back to it.")
    return sentences


def _has_master(design: Design | None) -> bool:
    return design is not None and design.branch is not None


@st.cache_data(max_entries=8, show_spinner=False)
def _seen(origin: tuple[str, str, int], _file: UploadedFile) -> _Seen:  # noqa: ARG001 - this is the cache's key
    """Decode an upload once, small, in the process for strangers' bytes. Raises BadImage, also where it is empty."""
    data = _file.getvalue()
    width, height = images.dimensions(data)
    aspect = max(width, height) / max(1, min(width, height))
    # A very long picture is still held to the shortest side a master may have.
    picture = decoder.decode_master(
        data, workbench().store.folder, max(_SHOWN_PX, round((MIN_SIDE_PX + 8) * aspect))
    )
    refuse_blank(picture.pixels)
    tall, wide = picture.pixels.shape[:2]
    if (wide > tall) != (width > height):  # it lies on its side in the file
        width, height = height, width
    if abs(width * tall / wide - height) > 0.02 * height:  # rows are missing at its end
        height = round(width * tall / wide)
    words = [f"Its colours are brought from {picture.profile} to sRGB."] if picture.profile else []
    # What the preview alone was reduced to is nothing to tell.
    words += [note for note in picture.notes if "was reduced to" not in note]
    return _Seen(images.thumbnail(picture.pixels, _SHOWN_PX), width, height, tuple(words))


@errors.guarded
def _guess_kind() -> None:
    """A file's name often says what it shows."""
    name = uploads.short_name(getattr(session.value("upload"), "name", ""))
    kind = generate.named_kind(name.rsplit(".", 1)[0])
    if kind:
        session.keep("upload-kind", kind)
