"""Two designs side by side: pictures, what is known of the pieces, and what was measured."""

import streamlit as st

from pages.ui import card, errors, fidelity, frame, press
from pages.ui.workbench import workbench
from pipeline.export import certificate, specification
from pipeline.records import Design
from pipeline.records.provenance import NOT_MEASURED
from pipeline.records.summary import Summary

HERE = card.COMPARE

frame.enter(HERE)
bench = workbench()
designs = {summary.id: summary for summary in bench.store.summaries() if not summary.damage}

st.title("Side by side", anchor=False)


def choose(place: str, others: tuple[str, ...]) -> Summary:
    """One of the two designs, from the address or the box above its column."""
    ids = [design_id for design_id in designs if design_id not in others]
    asked = st.query_params.get(place, "")
    picked = st.selectbox(
        "Design",
        ids,
        index=ids.index(asked) if asked in ids else 0,
        format_func=lambda design_id: designs[design_id].name,
        key=f"compare-{place}-{'-'.join(others)}",
        label_visibility="collapsed",
    )
    chosen = picked or ids[0]
    st.query_params[place] = chosen
    return designs[chosen]


def picture(design: Design) -> None:
    """The cover, and a way to open the design."""
    if design.cover:
        st.image(bench.store.thumbnail(design.cover, 900), width="stretch", alt=f"Master of {design.name}")
    if press.button("Open", key=f"open-{design.id}", anyone=True, icon=":material/open_in_full:"):
        card.open_design(design)


def spent(design: Design) -> dict[str, str]:
    """What it took, for those who work here, and for clients where the house tells them."""
    if not (bench.editable or bench.settings.client_details):
        return {}
    recipes = [asset.recipe for asset in design.assets()]
    usd, seconds = sum(r.cost_usd for r in recipes), sum(r.seconds for r in recipes)
    return {"Price": f"${usd:.2f}", "Work": certificate.spent(seconds)}


def facts(design: Design) -> dict[str, str]:
    """Everything that is told of a design, by its term."""
    close_ups = design.branch.chosen_close_ups if design.branch else ()
    same = sum(c.verdict != "fail" for c in close_ups)
    provenance = bench.store.provenance(design.id)
    rows = dict(specification.rows(design))
    if provenance and any(provenance.doubt(c.id) for c in close_ups):
        rows["Close-ups"] = f"{len(close_ups)}, imported"
        rows["Least agreement"] = NOT_MEASURED if provenance.state == "waiting" else "does not hold"
    elif close_ups:
        rows["Close-ups"] = f"{same} of {len(close_ups)} {'is' if same == 1 else 'are'} the same piece"
        least = min(c.fidelity.locked.lr_psnr_db for c in close_ups)
        rows["Least agreement"] = f"{least:.1f} dB (above 45 no eye sees a difference)"
    rows |= spent(design)
    rows["Tags"] = ", ".join(design.tags)
    return {term: value for term, value in rows.items() if value}


def table(left: Design, right: Design) -> None:
    """One row for each fact; those that differ stand out."""
    ours, theirs = facts(left), facts(right)
    for term in dict.fromkeys([*ours, *theirs]):
        one, other = ours.get(term, "–"), theirs.get(term, "–")
        bold = "**" if one != other else ""
        name, first, second = st.columns([1, 2, 2], gap="medium", vertical_alignment="top")
        name.caption(term)
        first.markdown(f"{bold}{errors.plain(one)}{bold}")
        second.markdown(f"{bold}{errors.plain(other)}{bold}")


def close_ups(design: Design) -> None:
    """Its close-ups, small, with their figures."""
    branch, provenance = design.branch, bench.store.provenance(design.id)
    places = st.columns(3, gap="small")
    for n, attempt in enumerate(branch.chosen_close_ups if branch else ()):
        with places[n % 3]:
            label = attempt.region.label
            st.image(bench.store.thumbnail(attempt.result, 384), width="stretch", alt=f"Close-up: {label}")
            st.caption(f"{errors.plain(label)} · {fidelity.seal(attempt, provenance)[0]}")


if len(designs) < 2:
    st.info("There is one design only; make a variation of it, or a second one, and compare them here.")
    st.page_link(frame.GALLERY, label="Open the gallery", icon=":material/grid_view:")
    st.stop()

first, second = st.columns(2, gap="large")
with first:
    left = bench.store.load(choose("left", ()).id)
    picture(left)
with second:
    right = bench.store.load(choose("right", (left.id,)).id)
    picture(right)
st.space("small")
table(left, right)
st.space("small")
first, second = st.columns(2, gap="large")
with first:
    close_ups(left)
with second:
    close_ups(right)
