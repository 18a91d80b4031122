"""A tiny app that shows one component at a time: what the browser tests of the components open."""

import io
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image, ImageDraw

from pages.ui.components import boxes
from pages.ui.components.compare import Mark, compare
from pages.ui.components.plates import Plate, is_narrow, showcase
from pages.ui.components.viewer import Hotspot, viewer
from pipeline.records import Asset, Recipe, Region


def encode(pixels: np.ndarray) -> bytes:
    """Encode pixels as PNG."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def flat(size: int, colour: tuple[int, int, int]) -> bytes:
    """Encode a square of one colour."""
    return encode(np.full((size, size, 3), colour, np.uint8))


def checkers(size: int) -> bytes:
    """Encode a one-pixel chessboard of blue and black: nothing survives resampling of it."""
    board = np.indices((size, size)).sum(0) % 2
    return encode((board[..., None] * np.array([0, 0, 255])).astype(np.uint8))


st.set_page_config(layout="wide")
st.title("Components")
count = st.session_state.get("count", 0)
if st.button("Rerun"):
    count = st.session_state["count"] = count + 1
st.write(f"Run {count}")
shown = st.query_params.get("show")

if shown == "compare":
    heat = np.zeros((32, 32), np.uint8)
    heat[8:16, 8:16] = 255
    heat[20:28, 20:28] = 100
    compare(
        flat(64, (200, 30, 30)),
        flat(256, (30, 30, 200)),
        labels=("Crop", '<img src=x onerror="window.hit=1">'),
        alt="Two squares",
        height=400,
        heatmap=encode(heat),
        boxes=[
            Mark("<b>stone</b>", 0.25, 0.25, 0.25, 0.25),
            Mark("a bead too many", 0.6, 0.1, 0.1, 0.1, "after"),
        ],
        key="compare",
    )
elif shown == "pixels":
    compare(
        flat(4, (200, 30, 30)), checkers(200), labels=("Crop", "Enhanced"), alt="", height=400, key="pixels"
    )
elif shown == "start":
    compare(
        flat(200, (200, 30, 30)),
        flat(3000, (30, 30, 200)),
        labels=("Crop", "Enhanced"),
        alt="",
        height=400,
        start=(0.8, 0.3),
        key="start",
    )
elif shown == "viewer":
    picture = Image.new("RGB", (300, 300), "white")
    ImageDraw.Draw(picture).ellipse((60, 60, 240, 240), outline=(200, 160, 60), width=20)
    viewer(
        Path(st.query_params["glb"]).read_bytes(),
        poster=encode(np.asarray(picture)),
        alt="A ring",
        height=360,
        key="viewer",
        hotspots=[Hotspot("thin here", (0.0, 0.012, 0.0))] if "marked" in st.query_params else (),
    )
elif shown == "showcase":
    regions = {
        "Stone": (0.4, 0.05, 0.2, 0.15),
        "Shank": (0.1, 0.4, 0.2, 0.2),
        "Side": (0.7, 0.4, 0.2, 0.2),
        "Profile": (0.3, 0.8, 0.2, 0.15),
        "<i>Setting</i>": (0.5, 0.2, 0.2, 0.1),
    }
    reads = st.session_state.setdefault("reads", [])

    def read_full(name: str) -> bytes:
        """Read the full-size picture, and remember that it was read."""
        reads.append(name)
        return flat(777, (40, 90, 160))

    close_ups = [
        Plate(
            flat(200, (120, 140, 160)),
            name,
            f"{name} of the ring",
            caption="Re-rendered from geometry",
            seal="58.2 dB",
            verdict="pass",
            box=box,
            full=lambda name=name: read_full(name),
        )
        for name, box in regions.items()
    ]
    sketches = [Plate(flat(120, (250, 250, 250)), f"Sheet {i}", f"Sketch {i}") for i in range(6)]
    showcase(
        Plate(flat(300, (240, 235, 220)), "A ring", "The ring"),
        close_ups,
        sketches,
        key="showcase",
        narrow=is_narrow("showcase"),  # else the page is drawn anew for ever on a telephone
    )
    st.caption(f"Read before this run: {len(reads)}")
elif shown == "boxes":
    regions = st.session_state.setdefault(
        "regions", (Region(id="first", label="stone", x=200, y=200, width=200, height=200),)
    )

    def placed() -> None:
        """Do to the regions what the hand did."""
        st.session_state["regions"] = boxes.placed("boxes").onto(st.session_state["regions"])

    def undone() -> None:
        """Remember that undo was pressed."""
        st.session_state["undone"] = True

    boxes.boxes(
        flat(400, (200, 190, 170)),
        regions,
        master=Asset(
            id="0" * 64,
            media_type="image/png",
            size_bytes=1,
            width=1000,
            height=1000,
            recipe=Recipe(role="upload", provider="upload"),
        ),
        full=lambda: checkers(1000),
        next_label="detail 1",
        alt="A ring",
        key="boxes",
        on_change=placed,
        on_undo=undone,
    )
    for region in regions:
        st.text(f"{region.label}: {' '.join(str(side) for side in region.box)}")
    st.text(f"undo pressed: {st.session_state.get('undone', False)}")
    st.html("<div style='height: 1500px'></div>")
