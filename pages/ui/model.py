"""What is known of a 3D model, its sides as pictures, and its files."""

import io
import zipfile
from collections.abc import Callable

import streamlit as st
from pydantic import ValidationError

from pages.ui import errors, frame, press, progress, ranges, session
from pages.ui.components.viewer import Hotspot
from pages.ui.workbench import workbench
from pipeline import views
from pipeline.atelier.casting import DETAIL_MM, PRONG_MM, WALL_MM
from pipeline.atelier.ranges import Variant
from pipeline.atelier.spec import Spec
from pipeline.atelier.thickening import WORDS
from pipeline.export.manifest import slug
from pipeline.orders import TurntableOrder, ViewsOrder
from pipeline.providers.builtin.atelier import Atelier
from pipeline.records import Branch, Design, Detail, Model3D, Turntable, is_relief
from pipeline.solids.usdz import MEDIA_TYPE as USDZ
from pipeline.solids.usdz import to_usdz
from pipeline.stages import trace
from pipeline.stages.angles import geometry_of
from pipeline.turntable import SHAPES, posted

_OWNED = {Detail.RENDERED.value, Detail.INTERPOLATED.value}
_COLUMNS = 3


def facts(model: Model3D) -> None:
    """How far the model is known: the sentence, the score, and the model over the master."""
    st.markdown("**How far it is known**")
    st.markdown(errors.plain(model.known))
    if "iou" in model.figures:
        _agreement(model)
    if model.overlay:
        with st.popover("Over the master", icon=":material/compare:", width="stretch"):
            st.image(
                workbench().store.thumbnail(model.overlay, 900),
                width="stretch",
                alt="The model's silhouette over the master",
            )
            st.caption("Orange: only the master. Blue: only the model. Dark line: the model's outline.")


def _agreement(model: Model3D) -> None:
    """The silhouettes' agreement; of a relief it proves nothing, for it was raised from that very outline."""
    figures = model.figures
    if is_relief(model):
        st.metric(
            "Mesh follows its outline",
            f"{figures['iou']:.1%}",
            help="How closely the mesh keeps to the outline it was raised from.",
            border=True,
        )
        st.caption("Raised from the photograph's own outline: no proof of the piece.")
        return
    st.metric(
        "Outline match",
        f"{figures['iou']:.1%}",
        help="Seen through the master's camera: the area both silhouettes share, of the area either covers. "
        "Where the camera is not known, it is searched for.",
        border=True,
    )
    st.caption(
        f"Outlines {figures['edge_px']:.2f} px apart on a picture of 1024 px; "
        f"colours {figures['colour_delta_e']:.1f} apart (CIEDE2000, in another light)."
    )


def casting(design: Design, branch: Branch, model: Model3D) -> tuple[Hotspot, ...]:
    """What a caster would ask to be thicker, on wish, of a piece whose geometry is known; marked on the model."""
    origin = geometry_of(branch, model)
    if not origin or not st.toggle("What is too thin to cast", key="casting", help=_CASTING):
        return ()
    with errors.shown(), st.spinner("Measuring walls and prongs"):
        hotspots = _thin(workbench().atelier, origin)
        if not hotspots:
            st.markdown("Every wall, prong and grain can be cast.")
        for number, hotspot in enumerate(hotspots, 1):
            st.markdown(f"{number}. {errors.plain(hotspot.text)}")
        if (
            hotspots
            and workbench().editable
            and press.button(
                "Thicken to cast",
                icon=":material/line_weight:",
                key="thicken",
                help=_THICKEN,
                width="stretch",
            )
        ):
            _thicken(design, origin)
        return hotspots
    return ()


_THICKEN = (
    "Makes a design of its own beside this one, with every wall, prong and grain as thick as a caster asks for, and "
    "says what grew by how much and what the metal then weighs."
)


def _thicken(design: Design, origin: str) -> None:
    """Begin the thicker design, tell what changed, and go there."""
    thickened = workbench().atelier.thickened(origin)
    if not thickened.growths:
        for sentence in thickened.sentences:
            st.warning(errors.plain(sentence))
        return
    begun = ranges.begin(design, [Variant(WORDS, thickened.spec)], whole=False)
    if begun:
        session.set_notice(errors.plain(f"“{begun[0].name}” is being made. {' '.join(thickened.sentences)}"))
        st.switch_page(frame.STEPS[0].path, query_params={"design": begun[0].id})


_CASTING = (
    f"Lost-wax casting asks for walls of {WALL_MM:g} mm, prongs of {PRONG_MM:g} mm and grains of {DETAIL_MM:g} mm: "
    "figures of casters' guides (Gemwares; Stuller on CAD services); casters differ. Measured on the soldered body, as "
    "the largest ball that fits inside. Chains, clasps and findings are bought in and not measured; claws, seats and "
    "the walls of enamel's cells are the setter's and the enameller's."
)


@st.cache_data(max_entries=32, show_spinner=False)
def _thin(_atelier: Atelier, origin: str) -> tuple[Hotspot, ...]:
    return tuple(Hotspot(place.words, place.at) for place in _atelier.thin_places(origin))


def angles(design: Design, model: Model3D) -> None:
    """The six stills and the turntable, or the buttons that make them."""
    st.subheader("From every side", anchor=False)
    st.caption(f"{_from_where(model)} {_lens(design, model)}".strip())
    left = len(views.STILLS) - len(model.views)
    with st.container(horizontal=True):
        if left and press.button(
            "Make six views" if left == len(views.STILLS) else f"Make the other {left} views",
            icon=":material/grid_view:",
            key="make-views",
            disabled=progress.running(design.id, "views"),
        ):
            progress.submit(lambda: ViewsOrder(design_id=design.id))
            st.rerun()
        if model.turntable is None and press.button(
            "Make the turntable",
            icon=":material/360:",
            key="make-turntable",
            disabled=progress.running(design.id, "turntable"),
        ):
            progress.submit(lambda: TurntableOrder(design_id=design.id))
            st.rerun()
    progress.panel(design.id, "views")
    progress.panel(design.id, "turntable")
    _pictures(model)


def _from_where(model: Model3D) -> str:
    if model.glb.recipe.detail == Detail.RENDERED.value:
        return "Path-traced from the same geometry as the master."
    if trace.placement_of(model) is not None:
        return "Path-traced from the geometry modelled after the photograph; sides it does not show are the family's."
    return "Drawn from the model as it is: sides that were inferred stay inferred."


def _lens(design: Design, model: Model3D) -> str:
    """What is said of pictures that are taken with an open lens; empty where they are sharp throughout."""
    branch = next(branch for branch in design.branches if model in branch.models)
    try:
        stop = Spec.model_validate_json(geometry_of(branch, model)).aperture
    except ValidationError:  # there is no geometry, or it is of a later edition
        stop = None
    return f"Taken at {stop}, sharp at the head: what is soft is not measured, the master is." if stop else ""


def _pictures(model: Model3D) -> None:
    store = workbench().store
    for start in range(0, len(model.views), _COLUMNS):
        for column, view in zip(st.columns(_COLUMNS), model.views[start : start + _COLUMNS], strict=False):
            with column:
                st.image(
                    store.thumbnail(view.picture, 900),
                    width="stretch",
                    alt=f"The piece seen from: {view.name}",
                )
                st.caption(errors.plain(view.name.capitalize()))
    if model.turntable and model.turntable.film:
        with st.columns([1, 1])[0]:
            st.video(
                store.read(model.turntable.film), format="video/webm", loop=True, autoplay=True, muted=True
            )
            st.caption(f"Turntable, {model.turntable.frames} frames")


def downloads(design: Design, branch: Branch, model: Model3D) -> None:
    """Every file of the model that can be had; large ones are made on the click."""
    bench = workbench()
    name = slug(design.name)
    glb = model.glb
    detail = glb.recipe.detail
    with st.container(horizontal=True, key="model-files"):
        _file(
            "GLB",
            lambda: bench.store.read(glb),
            f"{name}.glb",
            "model/gltf-binary",
            "For any viewer and for the web",
        )
        origin = geometry_of(branch, model)
        if detail in _OWNED or origin:
            _file("USDZ", lambda: to_usdz(bench.store.read(glb)), f"{name}.usdz", USDZ, "For iPhone and iPad")
        if origin:
            _file(
                "STL", lambda: bench.atelier.stl(origin), f"{name}.stl", "model/stl",
                "The metal for the caster: watertight, millimetres, without stones",
            )  # fmt: skip
        if model.views:
            _file("Views", lambda: _zipped(model), f"{name}-views.zip", "application/zip", "All views as PNG")
        if model.turntable:
            _films(model.turntable, name)


def _films(turn: Turntable, name: str) -> None:
    """The turntable in the shapes that networks and shops show; a film is written on the click."""
    loop = turn.loop
    words = loop.recipe.model_dump(mode="json", exclude_defaults=True)
    with st.popover("Turntable", icon=":material/360:"):
        shape = st.radio("Shape of the film", SHAPES, horizontal=True, key="film-shape")
        stem = f"{name}-turntable-{shape.replace(':', 'x')}"
        _file(
            "MP4",
            lambda: posted(workbench().store.read(loop), shape, "mp4", recipe=words),
            f"{stem}.mp4",
            "video/mp4",
            "H.264, for posts and messages",
        )
        _file(
            "WebM",
            lambda: posted(workbench().store.read(loop), shape, "webm"),
            f"{stem}.webm",
            "video/webm",
            "VP9, for web pages",
        )
        _file(
            "Animated WebP",
            lambda: workbench().store.read(loop),
            f"{name}-turntable.webp",
            "image/webp",
            "A picture that moves, always square",
        )


def _file(label: str, data: Callable[[], bytes], file_name: str, mime: str, help_text: str) -> None:
    st.download_button(
        label,
        data,
        file_name=file_name,
        mime=mime,
        icon=":material/download:",
        key=f"download-{slug(label)}",
        help=help_text or None,
        on_click="ignore",
    )


def _zipped(model: Model3D) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for n, view in enumerate(model.views, 1):
            archive.writestr(f"{n:02d}-{slug(view.name)}.png", workbench().store.read(view.picture))
    return out.getvalue()
