"""What can be taken away from a showcase: documents made in the background, cards, and a link."""

from functools import partial
from urllib.parse import urlsplit

import streamlit as st

from pages.ui import press, progress
from pages.ui.workbench import workbench
from pipeline.export import cards
from pipeline.export.brand import file_name
from pipeline.export.documents import DOCUMENTS, stored
from pipeline.orders import read
from pipeline.records import Design

_WORDS = {
    "archive": (
        "Everything as one file",
        ":material/inventory_2:",
        "loupe",
        "Every file with its manifest, a ZIP named .loupe; it can be imported again elsewhere and verified.",
    ),
    "page": (
        "One HTML page",
        ":material/html:",
        "html",
        "The showcase with sliders and 3D view inside; needs nothing but a browser.",
    ),
    "dossier": (
        "PDF dossier",
        ":material/picture_as_pdf:",
        "pdf",
        "Cover, master, close-ups with figures, sketches, 3D views and certificate.",
    ),
    "shop": (
        "Shop set",
        ":material/storefront:",
        "zip",
        "The piece cut out and framed for Amazon, Shopify, Etsy and Instagram: square, 4:5 and 9:16, on pure white, "
        "with a soft shadow and on its own ground; transparent PNG and WebP, close-ups, texts for those who listen, "
        "figures as CSV, and what each marketplace would refuse.",
    ),
}
GROUNDS = {
    "transparent": "Transparent",
    "white": "Pure white",
    "shadow": "White, soft shadow",
    "own": "Its own",
}
SHAPES = {"main": "Square", "portrait": "4:5", "story": "9:16"}
_FORMATS: dict[str, cards.Format] = {"JPEG": "image/jpeg", "PNG": "image/png", "WebP": "image/webp"}


def documents(design: Design) -> None:
    """A button for each document: made once on demand, with its progress, then there to be saved."""
    store, brand = workbench().store, workbench().brand
    for kind, (label, icon, suffix, words) in _WORDS.items():
        file = stored(store, design, kind, brand)
        if file is not None:
            st.download_button(
                f"Save · {label} · {file.stat().st_size / 1e6:.1f} MB",
                file.read_bytes,
                file_name=file_name(design, suffix),
                mime=DOCUMENTS[kind].media_type,
                type="primary",
                icon=":material/download:",
                key=f"save-{kind}",
                width="stretch",
                on_click="ignore",
                help=words,
            )
            continue
        verb = f"export-{kind}"
        busy = progress.running(design.id, verb)
        if press.button(
            label, key=f"make-{kind}", anyone=True, icon=icon, width="stretch", help=words, disabled=busy
        ):
            progress.submit(partial(read, {"design_id": design.id, "verb": verb}))
            st.rerun()
        progress.panel(design.id, verb)


def social(design: Design) -> None:
    """Cards for the networks, in the format asked for."""
    with st.popover("Cards for social media", icon=":material/photo_library:", width="stretch"):
        chosen = st.segmented_control(
            "Format", list(_FORMATS), default="JPEG", required=True, key="card-format"
        )
        for shape, (width, height) in cards.SIZES.items():
            st.download_button(
                f"{shape.capitalize()}, {width} x {height} px",
                partial(_card, design, shape, _FORMATS[chosen]),
                file_name=file_name(design, chosen.lower(), shape),
                mime=_FORMATS[chosen],
                key=f"card-{shape}-{chosen}",
                width="stretch",
                on_click="ignore",
            )


def cut_out(design: Design) -> None:
    """The piece alone on the ground of choice, as one picture."""
    with st.popover("The piece on a ground of choice", icon=":material/content_cut:", width="stretch"):
        ground = st.segmented_control(
            "Ground",
            list(GROUNDS),
            format_func=lambda name: GROUNDS[name],
            default="transparent",
            required=True,
            key="ground",
        )
        shape = st.segmented_control(
            "Shape",
            list(SHAPES),
            format_func=lambda name: SHAPES[name],
            default="main",
            required=True,
            key="ground-shape",
        )
        percent = st.slider("Shadow", 5, 60, 28, 1, "%d %%", key="shadow") if ground == "shadow" else 28
        suffix, mime = ("png", "image/png") if ground == "transparent" else ("jpg", "image/jpeg")
        st.download_button(
            "Save the picture",
            partial(_cut_out, design, ground, shape, percent / 100),
            file_name=file_name(design, suffix, f"{shape}-{ground}"),
            mime=mime,
            icon=":material/download:",
            key=f"cut-out-{shape}-{ground}-{percent}",
            width="stretch",
            on_click="ignore",
        )
        st.caption("Where the piece is seen wrongly, the brush on the Sketch page corrects its mask.")


def share(design: Design) -> None:
    """A link that opens the design, and who can do what with it."""
    with st.popover("Share a link", icon=":material/share:", width="stretch"):
        st.code(link(st.context.url or "", design), language=None, wrap_lines=True)
        if workbench().settings.read_only:
            st.caption(
                "It opens the showcase without the workshop around it. Who opens it looks and downloads."
            )
        else:
            st.caption(
                "It opens the showcase without the workshop around it. On this deployment everybody may also change "
                "designs; `LOUPE_READ_ONLY` makes it one for looking."
            )


def link(address: str, design: Design) -> str:
    """The design's showcase, presented, at the address this page was reached by."""
    place = urlsplit(address)
    return (
        f"{place.scheme or 'http'}://{place.netloc or 'localhost'}{place.path}?design={design.id}&present=1"
    )


def _cut_out(design: Design, ground: str, shape: str, depth: float) -> bytes:
    from pipeline.export import shop  # OpenCV loads when somebody saves

    bench = workbench()
    return shop.one(bench.store, design, ground, shape, depth=depth, by=bench.brand.credentials).data


def _card(design: Design, shape: cards.Shape, media_type: cards.Format) -> bytes:
    return cards.write(workbench().store, design, shape, media_type, workbench().brand)
