"""The candidates as step 1 shows them: what tells them apart, the side they are seen from, the piece as a form."""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from pages.ui import dialogs, errors, press, price, progress, session
from pages.ui.spec_form import spec_form
from pages.ui.workbench import workbench
from pipeline.atelier.differences import differences
from pipeline.atelier.spec import Spec, View
from pipeline.orders import EditOrder, MasterOrder
from pipeline.records import Asset, Design, Kind, Role

_A_ROW = 4
_USUAL = "as usual"
_SIDES: dict[str, View | None] = {
    _USUAL: None, "three-quarter": "three-quarter", "front": "front", "side": "side", "top": "top",
}  # fmt: skip
# A ring's master looks down on its head; the lower side, from which more of the hoop shows, is its front.
_SIDES_OF_RINGS = _SIDES | {_USUAL: "raised", "front": None}
Ask = Callable[[str, Kind, int, int, str], None]
"""Orders candidates: prompt, kind, size in pixels, seed, provider id."""


def show(design: Design, size: int, ask: Ask) -> None:
    """The candidates, and which one becomes the master, `size` px on a side; `ask` orders others."""
    st.subheader("Candidates", anchor=False)
    _understood(design.candidates)
    busy = any(progress.running(design.id, verb) for verb in ("master", "edit"))
    _pictures(design, size, busy=busy)
    standing = _standing(design)
    if standing is not None:
        _sides(design, standing, busy=busy)
        with st.expander("Edit the piece", icon=":material/tune:"):
            _edit(design, standing, busy=busy)
    first = design.candidates[-1].recipe
    others = f"Make others{price.candidates_by(first.provider, size, 4)}"
    if press.button(others, icon=":material/casino:", key="others", disabled=busy):
        seed = int(first.options.get("seed", 0)) + len(design.candidates)
        with errors.shown():
            ask(design.prompt, design.kind, size, seed, first.provider)


def _understood(candidates: Sequence[Asset]) -> None:
    """What the prompt was read as; a draft of an edited piece was read from no prompt."""
    readings = (candidate.recipe.options for candidate in candidates)
    reading = next((each for each in readings if each.get("understood")), candidates[0].recipe.options)
    if reading.get("reader"):
        st.caption(f"Read by {errors.plain(str(reading['reader']))}, not by the atelier itself.")
    if reading.get("understood"):
        with st.container(horizontal=True, gap="xsmall", key="understood"):
            understood = str(reading["understood"])
            # Older designs keep their chips in one line.
            for chip in understood.split("\n" if "\n" in understood else ", "):
                st.badge(errors.plain(chip), color="gray")
    for title, name in (
        ("Told" if reading.get("reader") else "Assumed", "assumed"),
        ("Not understood", "unknown"),
    ):
        if reading.get(name):
            st.caption(f"{title}: {errors.plain(str(reading[name]))}")
    if reading.get("nouns"):
        _nouns([line.split("\t") for line in str(reading["nouns"]).split("\n")])


def _nouns(rows: Sequence[Sequence[str]]) -> None:
    """What became of each noun of the prompt: made, made as the nearest, or left out, and why."""
    counts = Counter(end for _, end, _ in rows)
    heading = ", ".join(f"{counts[end]} {end}" for end in ("made", "made as", "left out") if counts[end])
    with st.expander(f"Word by word: {heading}", icon=":material/checklist:", key="nouns"):
        for word, end, because in rows:
            reason = f" · {errors.plain(because)}" if because else ""
            st.caption(f"**{errors.plain(word)}** · {end}{reason}")


def _pictures(design: Design, size: int, *, busy: bool) -> None:
    """Each candidate with what tells it from the first."""
    number_of_rows = range(0, len(design.candidates), _A_ROW)
    places = [place for _ in number_of_rows for place in st.columns(_A_ROW)]
    first = _spec(design.candidates[0])
    for number, (place, asset) in enumerate(zip(places, design.candidates, strict=False)):
        with place:
            st.image(workbench().store.thumbnail(asset, 384), width="stretch", alt=f"Candidate {number + 1}")
            spec = _spec(asset)
            if number and first and spec:
                st.caption(errors.plain(" · ".join(differences(first, spec)[:3]) or "the same piece"))
            elif first:
                st.caption("as edited" if _is_edited(asset) else "as described")
            if press.button(
                "Make this the master", key=f"choose-{number}", width="stretch", disabled=busy, type="primary"
            ):
                _make_master(design, asset, size)
                st.rerun()
            if press.button(
                "Look closer",
                key=f"closer-{number}",
                anyone=True,
                width="stretch",
                type="tertiary",
                icon=":material/zoom_in:",
            ):
                _closer(design, number, size, busy=busy)


@dialogs.dialog("The candidate, before it becomes the master", width="large")
def _closer(design: Design, number: int, size: int, *, busy: bool) -> None:
    """A candidate large, beside what it is and what changes with it."""
    asset = design.candidates[number]
    picture, facts = st.columns([3, 2], gap="medium")
    with picture:
        st.image(workbench().store.thumbnail(asset, 900), width="stretch", alt=f"Candidate {number + 1}")
    with facts:
        first, spec = _spec(design.candidates[0]), _spec(asset)
        if first and spec:
            st.markdown("**Against the first candidate**" if number else "**The first candidate**")
            for words in differences(first, spec) or ("as edited" if _is_edited(asset) else "as described",):
                st.markdown(f"- {errors.plain(words)}")
        st.markdown("**What changes**")
        for words in changes(design, asset, size):
            st.markdown(f"- {errors.plain(words)}")
        press.button(
            "Make this the master",
            key="choose-closer",
            type="primary",
            disabled=busy,
            on_click=_make_master_and_close,
            args=(design, asset, size),
        )


def changes(design: Design, candidate: Asset, size: int) -> list[str]:
    """What making a candidate the master does, in sentences."""
    if _is_refined(candidate):
        sentences = [f"The same piece is rendered anew, {size} x {size} px, by its maker."]
    else:
        sentences = [f"The picture is taken as it is, {candidate.width} x {candidate.height} px."]
    asked = candidate.recipe.options.get("asked")
    if asked:
        sentences.append(f"{asked} was asked for; its maker gave less.")
    masters = [branch.master for branch in design.branches]
    if design.branch is None:
        sentences.append("Five regions are suggested on it for the close-ups.")
    elif any(candidate.id in (master.id, *master.recipe.parents) for master in masters):
        sentences.append("A master was made of it before; its close-ups, sheets and 3D view are kept.")
    else:
        sentences.append("The master that stands now is kept with all its work; you can go back to it.")
    return sentences


def _is_refined(candidate: Asset) -> bool:
    """Whether its maker renders it again at the master's size."""
    rows = workbench().registry.rows(Role.GENERATE, keys=session.own_keys())
    row = next((row for row in rows if row.id == candidate.recipe.provider), None)
    return row is not None and row.limits[Role.GENERATE].refines


@errors.guarded
def _make_master(design: Design, candidate: Asset, size: int) -> None:
    order = partial(MasterOrder, design_id=design.id, provider=candidate.recipe.provider)
    progress.submit(partial(order, candidate=candidate.id, size=size))


@errors.guarded
def _make_master_and_close(design: Design, candidate: Asset, size: int) -> None:
    _make_master(design, candidate, size)
    dialogs.close()


def _standing(design: Design) -> Asset | None:
    """The piece that stands and can be changed: an edited draft, else the master, else the first candidate."""
    first = design.candidates[0]
    if design.branch is not None and not _is_edited(first) and _spec(design.branch.master):
        return design.branch.master
    return first if _spec(first) else None


def _sides(design: Design, standing: Asset, *, busy: bool) -> None:
    """Another side for the master, seen as a draft before it is fixed."""
    spec = _spec(standing)
    if spec is None:
        return
    sides = _SIDES_OF_RINGS if spec.kind == "ring" else _SIDES
    now = next((name for name, view in sides.items() if view == spec.view), "front")
    with st.container(horizontal=True, vertical_alignment="bottom", key="sides"):
        chosen = st.segmented_control(
            "Seen from",
            list(sides),
            default=now,
            required=True,
            key=f"side-{standing.id[:12]}",
            help="The master, and all that is made of it, shows this side. See a draft first, then make it the master.",
        )
        if press.button(
            "See it from there", icon=":material/visibility:", key="see-side", disabled=busy or chosen == now
        ):
            seen = spec.model_copy(update={"view": sides[chosen]})
            _draft(design, seen.model_dump_json(exclude_none=True))


def _edit(design: Design, standing: Asset, *, busy: bool) -> None:
    """Every parameter of the standing piece."""
    is_master = design.branch is not None and design.branch.master.id == standing.id
    which = "the master" if is_master else "the first candidate"
    st.caption(f"Every parameter of {which}. Change what you like and see a draft of it.")
    changed = spec_form(standing.recipe.origin, key=f"spec-{standing.id[:12]}", busy=busy)
    if changed is not None:
        _draft(design, changed)


def _draft(design: Design, origin: str) -> None:
    progress.submit(partial(EditOrder, design_id=design.id, provider="atelier", origin=origin))
    st.rerun()


def _is_edited(asset: Asset) -> bool:
    return bool(asset.recipe.options.get("edited"))


def _spec(asset: Asset) -> Spec | None:
    """The piece an atelier's picture shows."""
    recipe = asset.recipe
    if recipe.provider != "atelier" or not recipe.origin:
        return None
    try:
        return Spec.model_validate_json(recipe.origin)
    except ValueError:  # a design of a later edition, or one changed by hand
        return None
