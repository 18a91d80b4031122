"""A 3D model one can turn: model-viewer, served by the app itself, with a jeweler's few controls."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass

import streamlit as st

from pages.ui.components.parcel import address, script, style
from pipeline.atelier.files.viewing import tracing_script, viewing
from pipeline.errors import BadModel
from pipeline.solids.light import studio_light

# Served by Streamlit's static file server; relative, so that it also works under a base path.
LIBRARY_URL = "./app/static/vendor/model-viewer.min.js"

_VIEWER = st.components.v2.component(
    "loupe_viewer",
    html="<figure class='component viewer'></figure>\n",
    css=style("viewer"),
    js=f"{tracing_script()}\n{script('viewer')}",
)


@dataclass(frozen=True)
class Hotspot:
    """A numbered place on the model, with what is to be said of it."""

    text: str
    at: tuple[float, float, float]
    """In the GLB's own space, metres."""


def viewer(
    glb: bytes,
    *,
    poster: bytes | None,
    alt: str,
    key: str,
    environment: bytes | None = None,
    height: int = 480,
    turning: bool = False,
    hotspots: Sequence[Hotspot] = (),
) -> None:
    """Show a GLB with drag, pinch and key control, view presets, full screen and a PNG snapshot.

    `poster` is an encoded picture shown while the model loads and where the browser has no WebGL 2.
    `environment` is an equirectangular Radiance HDR file that lights the model; without it the studio of
    its master does, or the built-in light box where there is none. A model that knows its master's camera
    can be shown from there, the poster blinked over it, and lit ray by ray as the master was. `hotspots`
    stand on the model, numbered from 1.
    `height` is the stage's, in CSS pixels. `turning` starts the turntable, which stays still for people who
    asked their system for less motion. The camera keeps its place over reruns as long as the bytes are the same.
    """
    # A file that cannot be read is told by the viewer, which tries it.
    known = None
    with suppress(BadModel):
        known = viewing(glb)
    master = known and {"orbit": known.orbit, "target": known.target, "fieldOfView": known.field_of_view}
    tracing = known.tracing if known and environment is None else None
    header = {
        "alt": alt, "height": height, "turning": turning, "library": LIBRARY_URL, "master": master,
        "studio": tracing.studio if tracing else None, "hotspots": [asdict(each) for each in hotspots],
    }  # fmt: skip
    light = environment or (known.environment if known else studio_light())
    blobs = {
        "glb": glb,
        "poster": poster,
        "environment": light,
        "tables": tracing.tables if tracing else None,
    }
    _VIEWER(data=address(header, blobs, key=key), key=key)
