"""Who may work on a shared deployment: whoever gives its access code, or signs in as one of its editors."""

import hmac
import threading
import time

import streamlit as st

from pages.ui import session
from pipeline.settings import Settings

_WRONG_S = 1.0
"""One guess a second for everybody together: eight random letters stand for thousands of years."""
_ONE_AT_A_TIME = threading.Lock()


def may_work(settings: Settings) -> bool:
    """Whether this session may change designs and start work."""
    return not settings.read_only or session.admitted() or is_editor(settings.editors, _signed_in_as())


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
        address = _signed_in_as()
        if address:
            _account(settings, address)
        elif session.admitted():
            st.caption(":material/lock_open: Signed in with the access code")
        else:
            _sign_in(settings)


def _sign_in(settings: Settings) -> None:
    st.caption(":material/visibility: You are looking as a visitor.")
    if _can_log_in() and st.button("Sign in", icon=":material/login:", key="sign-in", width="stretch"):
        st.login()
    if settings.access_code is None:
        return
    with st.form("access", border=False):
        code = st.text_input("Access code", type="password", key="access-code", autocomplete="off")
        if st.form_submit_button("Work here", icon=":material/lock_open:", width="stretch"):
            if _is_right(code, settings.access_code.get_secret_value()):
                session.admit()
                st.rerun()
            st.error("This is not the access code.", icon=":material/lock:")


def _account(settings: Settings, address: str) -> None:
    st.text(address)
    if not is_editor(settings.editors, address):
        st.caption("This address looks as a visitor; `LOUPE_EDITORS` names who works here.")
    if st.button("Sign out", icon=":material/logout:", key="sign-out"):
        st.logout()


def _is_right(typed: str, code: str) -> bool:
    if hmac.compare_digest(typed.strip().encode(), code.encode()):
        return True
    with _ONE_AT_A_TIME:
        time.sleep(_WRONG_S)
    return False


def _can_log_in() -> bool:
    """Whether `[auth]` in Streamlit's secrets names an identity provider."""
    return "is_logged_in" in st.user


def _signed_in_as() -> str:
    """The address an identity provider vouches for; empty when nobody is signed in or it is not verified."""
    told = st.user
    if not told.get("is_logged_in") or told.get("email_verified") is False:
        return ""
    return str(told.get("email") or "")
