"""Who may work on a shared deployment: whoever gives its access code, or signs in as one of its editors.

Both fail closed. A code is compared, in constant time, only when the brake lets the guess be heard; a right
one that comes too soon is refused like any other. An address counts only where its identity provider vouches
for it.
"""

import hmac
import logging
import math
import secrets
from collections.abc import Mapping
from hashlib import blake2s

import streamlit as st

from pages.ui import session
from pipeline import log
from pipeline.brake import Brake
from pipeline.settings import Settings

LONGEST_CODE = 200
_BRAKE = Brake()
_SELDOM = log.Seldom(most=30)
"""Whoever hammers costs that many lines a minute."""
_SALT = secrets.token_bytes(16)


def may_work(settings: Settings) -> bool:
    """Whether this session may change designs and start work."""
    return (
        not settings.read_only or session.admitted() or is_editor(settings.editors, _signed_in_as(settings))
    )


def is_editor(editors: str, email: str) -> bool:
    """Whether an address is one of `editors`: addresses and `@domain`s, separated by commas."""
    name, at, domain = email.strip().lower().rpartition("@")
    listed = {entry.strip().lower() for entry in editors.split(",")}
    return bool(name and at and domain) and bool({f"{name}@{domain}", f"@{domain}"} & listed)


def draw(settings: Settings) -> None:
    """Offer a visitor of a shared deployment to sign in, in the sidebar."""
    if not settings.read_only:
        return
    with st.sidebar:
        address = _signed_in_as(settings)
        if address:
            _account(settings, address)
        elif session.admitted():
            st.caption(":material/lock_open: Signed in with the access code")
        else:
            _sign_in(settings)


def _sign_in(settings: Settings) -> None:
    st.caption(":material/visibility: You are looking as a visitor.")
    if st.user.get("is_logged_in"):
        st.caption("Your sign-in does not count here: nobody vouches that the address is yours.")
        _sign_out()
    elif _can_log_in() and st.button("Sign in", icon=":material/login:", key="sign-in", width="stretch"):
        st.login()
    if settings.access_code is None:
        return
    with st.form("access", border=False):
        code = st.text_input(
            "Access code", type="password", key="access-code", autocomplete="off", max_chars=LONGEST_CODE
        )
        if st.form_submit_button("Work here", key="work-here", icon=":material/lock_open:", width="stretch"):
            refusal = _refusal(code, settings.access_code.get_secret_value())
            if not refusal:
                session.admit()
                st.rerun()
            st.error(refusal, icon=":material/lock:")


def _account(settings: Settings, address: str) -> None:
    st.text(address)
    works = is_editor(settings.editors, address)
    if session.first("signed-in"):
        log.event("access.signed_in", editor=works)
    if not works:
        st.caption("This address looks as a visitor; `LOUPE_EDITORS` names who works here.")
    _sign_out()


def _sign_out() -> None:
    if st.button("Sign out", icon=":material/logout:", key="sign-out"):
        st.logout()


def _refusal(sent: object, code: str) -> str:
    """Why what was sent for the code does not let in, in one sentence; empty when it does. A browser sends anything."""
    asked_from = st.context.ip_address  # none on the machine itself
    address = asked_from if isinstance(asked_from, str) else "here"
    wait_s = _BRAKE.refused_for_s(address)
    if wait_s:
        source = _source(address)
        _SELDOM.event("access.braked", logging.WARNING, kind=source, source=source, wait_s=math.ceil(wait_s))
        return f"Too many tries; try again in {math.ceil(wait_s)} s."
    typed = _bytes(sent.strip())[: 4 * LONGEST_CODE] if isinstance(sent, str) else None
    if typed is None or not hmac.compare_digest(typed, _bytes(code)):
        log.event("access.wrong", logging.WARNING, source=_source(address))
        return "This is not the access code."
    _BRAKE.trust(address)
    log.event("access.admitted", source=_source(address))
    return ""


def _bytes(text: str) -> bytes:
    """A code to compare; half a character, which JSON can bring, is none that UTF-8 knows."""
    return text.encode(errors="surrogatepass")


def _source(address: str) -> str:
    """A name for an address that means nothing outside this process: one source's tries can be told together."""
    return blake2s(address.encode(), key=_SALT, digest_size=4).hexdigest()


def _can_log_in() -> bool:
    """Whether `[auth]` in Streamlit's secrets names an identity provider."""
    return "is_logged_in" in st.user


def _signed_in_as(settings: Settings) -> str:
    """The address an identity provider vouches for; empty when nobody is signed in or nobody vouches."""
    return vouched_address(st.user, settings.sign_in_issuers)


def vouched_address(claims: Mapping[str, object], issuers: str) -> str:
    """The e-mail address of a signed-in person, or "" where nothing proves that it is theirs.

    `claims` are those of the identity token. `email_verified` must be true. `issuers`, when not empty, are the
    only ones whose word counts, separated by commas: an `iss` claim, or `iss=domain` for a tenant that owns the
    domain. Such a tenant counts for that domain alone, there also without the claim, which some never send.
    """
    address = str(claims.get("email") or "").strip().lower()
    verified = claims.get("email_verified")
    if claims.get("is_logged_in") is not True or (verified is not None and not _is_true(verified)):
        return ""
    named = [entry.strip() for entry in issuers.split(",") if entry.strip()]
    if not named:
        return address if _is_true(verified) else ""
    issuer = str(claims.get("iss") or "").rstrip("/")
    vouched = any(_vouches(entry, issuer, address, verified=_is_true(verified)) for entry in named)
    return address if vouched else ""


def _vouches(entry: str, issuer: str, address: str, *, verified: bool) -> bool:
    """Whether one entry of the setting lets an issuer's word count for an address."""
    known, bound, domain = entry.partition("=")
    if not issuer or known.strip().rstrip("/") != issuer:
        return False
    return address.rpartition("@")[2] == domain.strip().lower().lstrip("@") if bound else verified


def _is_true(claim: object) -> bool:
    """Whether a claim says true; some providers write it as a word."""
    return claim is True or (isinstance(claim, str) and claim.lower() == "true")
