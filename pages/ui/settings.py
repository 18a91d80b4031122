"""The settings dialog: who is ready, whose key is missing, what was spent, what the cache keeps."""

import csv
import io
from collections.abc import Iterable, Mapping
from itertools import groupby

import streamlit as st

from pages.ui import choose, dialogs, errors, orders, press, session
from pages.ui.workbench import workbench
from pipeline.errors import LoupeError
from pipeline.ledger import Entry, Ledger, Total, today
from pipeline.providers.registry import Row
from pipeline.providers.vendors.endpoint import EXAMPLE, EXAMPLE_OF_A_QUEUE, EXAMPLE_OF_A_READER
from pipeline.records import Detail, Role
from pipeline.settings import Settings, variables

_COLOURS = {
    Detail.RENDERED: "green",
    Detail.INTERPOLATED: "green",
    Detail.UPSCALED: "blue",
    Detail.REDRAWN: "orange",
}
_NEWEST = 200
"""Calls shown in the list; the download has them all."""


@dialogs.dialog("Settings", width="large")
def dialog() -> None:
    """The settings over the page."""
    draw()


def draw() -> None:
    """Providers, spending, cache."""
    bench = workbench()
    providers, spending, cache = st.tabs(["Providers", "Spending", "Cache"])
    with providers:
        _providers(bench.registry.rows(keys=session.own_keys()), bench.settings)
    with spending, errors.shown():
        if bench.editable:
            _spending(bench.spending(), bench.settings)
            orders.draw()
        else:
            st.caption("What this deployment spends is shown to those who sign in.")
    with cache, errors.shown():
        _cache(bench.settings)


def _providers(rows: Iterable[Row], settings: Settings) -> None:
    st.caption(
        "The built-in providers need nothing. A key given here lives in this browser tab's memory only: "
        "it is gone on reload and never written to disk."
    )
    if settings.demo_providers:
        st.info(
            "Demo: local stand-ins answer, and the money is play money.", icon=":material/theater_comedy:"
        )
    for vendor, group in groupby(rows, key=lambda row: row.vendor):
        lines = list(group)
        with st.expander(_headline(vendor, lines), key=f"vendor-{vendor or 'built-in'}"):
            for line in lines:
                _line(line)
            if any(line.missing in {"LOUPE_ENDPOINT_FILE", "LOUPE_MODELIA_FILE"} for line in lines):
                st.caption("The file describes the endpoints it has; all of this can be said in it:")
                st.code("\n".join((EXAMPLE, EXAMPLE_OF_A_QUEUE, EXAMPLE_OF_A_READER)), language="toml")
            if vendor:
                _account(vendor, lines)


def _headline(vendor: str, lines: list[Row]) -> str:
    if not vendor:
        return "**Built in** :green-badge[:material/check: ready] · no key, no cost"
    name = lines[0].name.removesuffix(" (demo)").partition(" · ")[0]
    ready = any(line.ready for line in lines)
    missing = ":gray-badge[:material/key: set " + lines[0].missing + "]"
    state = ":green-badge[:material/check: ready]" if ready else missing
    if any(line.trouble for line in lines):
        state = ":red-badge[:material/error: trouble]"
    roles = [role.value for role in Role if any(role in line.limits for line in lines)]
    jobs = f" · {', '.join(roles)}" if roles else ""
    return f"**{name}** {state}{jobs}{' · experimental' if lines[0].experimental else ''}"


def _line(row: Row) -> None:
    """One row of the registry: its jobs with their prices, what it does to a close-up, its models."""
    badge = ""
    if Role.ENHANCE in row.limits:
        detail = row.detail(Role.ENHANCE)
        badge = f" :{_COLOURS[detail]}-badge[{choose.BRIEFLY[detail]}]"
    st.markdown(f"**{row.name}**{badge}")
    lines = []
    for role in row.roles:
        price = row.price(role)
        rate = row.rates.get(role)
        cost = f"{'perhaps' if rate and rate.guess else 'about'} \\${price:.3f}" if price else "free"
        lines.append(f"{role.value}: {cost}, `{row.models[role]}`")
    bases = list(dict.fromkeys(rate.basis for rate in row.rates.values() if rate.basis))
    if bases:
        lines.append(f"prices: {'; '.join(bases)}")
    if lines:
        st.caption("  \n".join(lines))
    if row.trouble:
        st.caption(f":red[{errors.plain(row.trouble)}]")


def _account(vendor: str, lines: list[Row]) -> None:
    """What all rows of a vendor share: the key, where it is set, and whether it works."""
    names = variables(vendor)
    where = f"Key: {_code(names.key)}"
    where += f" · models: {_code(names.models)}" if names.models else ""
    where += f" · address: {_code(names.address)}" if names.address else ""
    st.caption(f"{where}, from the environment, `.env` or Streamlit's secrets.")
    ready = next((line for line in lines if line.ready), None)
    tested = next((line for line in lines if line.ready and line.checkable), None)
    _own_key(vendor, demo=bool(ready and ready.demo))
    if tested is not None:
        if workbench().editable and press.button(
            "Test the connection", icon=":material/wifi_tethering:", key=f"check-{vendor}"
        ):
            with errors.shown(), st.spinner("Asking …"):
                st.success(errors.plain(workbench().check_connection(tested.id, session.own_keys())))
    elif ready is not None:
        st.caption("This service has no call that is free; its key shows with the first order.")


def _own_key(vendor: str, *, demo: bool) -> None:
    """A visitor's own key: used, or typed in; a stand-in needs none."""
    if vendor in session.own_keys():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(":material/key: Your own key is used in this tab.")
            if press.button("Forget it", key=f"forget-{vendor}", anyone=True, type="tertiary"):
                session.forget_key(vendor)
                st.rerun()
    elif not demo:
        with (
            st.form(f"key-{vendor}", border=False, clear_on_submit=True),
            st.container(horizontal=True, vertical_alignment="bottom"),
        ):
            typed = st.text_input("Your own key", type="password", autocomplete="off", key=f"own-{vendor}")
            if press.submit("Use in this tab", key=f"use-own-{vendor}", anyone=True) and typed.strip():
                session.keep_key(vendor, typed.strip())
                st.rerun()


def _spending(ledger: Ledger, settings: Settings) -> None:
    entries = ledger.entries()
    here = session.design_id() or ""
    day = Total.of(e for e in entries if e.day == today())
    whole = Total.of(entries)
    _meter("Today (UTC)", day, settings.spend_cap_day_usd)
    if here:
        _meter(
            "This design",
            Total.of(e for e in entries if e.design_id == here),
            settings.spend_cap_design_usd,
        )
    with st.container(horizontal=True):
        st.metric("Spent in all", f"${whole.cost_usd:.2f}", width=140)
        st.metric("Saved by cache", f"${whole.saved_usd:.2f}", width=140)
        st.metric("Calls", whole.calls, width=140)
        st.metric("From the cache", whole.hits, width=140)
    st.caption(
        "Every call is priced before it is made, and refused when it would pass a cap. Caps are set with "
        "`LOUPE_SPEND_CAP_DAY_USD` and `LOUPE_SPEND_CAP_DESIGN_USD`. Prices are estimates: bills are the vendors'."
    )
    if not entries:
        st.caption("No call has been made yet.")
        return
    by = st.segmented_control("Totals by", ("provider", "day", "design"), default="provider", key="totals-by")
    st.dataframe(_totals(ledger, by or "provider"), hide_index=True, width="stretch")
    st.markdown("**Calls, the newest first**")
    names = _names(entries)
    listed = [_call(entry, names) for entry in reversed(entries)]
    st.dataframe(listed[:_NEWEST], hide_index=True, width="stretch")
    st.download_button(
        "Download the ledger",
        lambda: _csv(listed),
        file_name="ledger.csv",
        mime="text/csv",
        icon=":material/download:",
        key="download-ledger",
    )


def _meter(what: str, total: Total, cap: float) -> None:
    open_part = f", \\${total.open_usd:.2f} of it under way" if total.open_usd else ""
    st.progress(
        min(1.0, total.cost_usd / cap) if cap else 1.0,
        text=f"{what}: **\\${total.cost_usd:.2f}** of \\${cap:.2f}{open_part}",
    )


def _totals(ledger: Ledger, by: str) -> list[dict[str, object]]:
    totals = ledger.totals("design_id" if by == "design" else "day" if by == "day" else "provider")
    names = _names(ledger.entries()) if by == "design" else {}
    rows = [
        {
            by: names.get(name, name) or "no design",
            "calls": total.calls,
            "from cache": total.hits,
            "spent $": round(total.cost_usd, 3),
            "saved $": round(total.saved_usd, 3),
            "seconds": round(total.seconds, 1),
        }
        for name, total in totals.items()
    ]
    return rows[::-1] if by == "day" else sorted(rows, key=lambda row: -float(str(row["spent $"])))


def _call(entry: Entry, names: Mapping[str, str]) -> dict[str, object]:
    return {
        "time (UTC)": entry.time[:19].replace("T", " "),
        "design": names.get(entry.design_id, entry.design_id),
        "provider": entry.provider,
        "model": entry.model,
        "job": entry.role,
        "outcome": _OUTCOMES[entry.state],
        "seconds": entry.seconds,
        "cost $": round(entry.cost_usd, 4),
        "saved $": round(entry.saved_usd, 4),
    }


_OUTCOMES = {
    "placed": "under way",
    "done": "delivered",
    "failed": "failed, free",
    "charged": "failed, perhaps billed",
    "cached": "from the cache",
}


def _names(entries: Iterable[Entry]) -> dict[str, str]:
    """Design names by id; a deleted design keeps its id."""
    store = workbench().store
    names: dict[str, str] = {}
    for design_id in {entry.design_id for entry in entries if entry.design_id}:
        try:
            names[design_id] = store.load(design_id).name
        except LoupeError:
            names[design_id] = f"{design_id} (deleted)"
    return names


def _csv(rows: list[dict[str, object]]) -> str:
    text = io.StringIO()
    table = csv.DictWriter(text, list(rows[0]))
    table.writeheader()
    table.writerows({name: _inert(value) for name, value in row.items()} for row in rows)
    return text.getvalue()


def _inert(value: object) -> object:
    """A cell no spreadsheet takes for a formula: design names are the user's own words."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@")) else value


def _cache(settings: Settings) -> None:
    stats = workbench().cache.stats()
    with st.container(horizontal=True):
        st.metric("Answers kept", stats.answers, width=140)
        st.metric("Size", f"{stats.size_bytes / 1e6:.0f} MB", width=140)
        st.metric("Hits", stats.hits, width=140)
        st.metric("Misses", stats.misses, width=140)
        st.metric("Saved", f"${stats.saved_usd:.2f}", width=140)
    st.caption(
        f"Answers are kept for good in `{settings.data_dir}/cache`: the same question is never paid for twice. "
        "The sidebar's Cache clears them; designs stay as they are."
    )


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
