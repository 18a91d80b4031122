"""The understood piece as an editable form: every parameter with its range, made from the spec itself."""

from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import streamlit as st
from annotated_types import Ge, Le
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from pipeline.atelier.spec import Spec


def spec_form(origin: str, *, key: str, busy: bool) -> str | None:
    """Show a piece's parameters; give the changed piece back as JSON when the form is sent, else None."""
    spec = Spec.model_validate_json(origin)
    with st.form(key, border=False):
        fields: dict[str, Any] = {"kind": spec.kind}
        with st.container(horizontal=True, vertical_alignment="bottom"):
            for name, field in Spec.model_fields.items():
                value = getattr(spec, name)
                if name != "kind" and not isinstance(value, BaseModel) and _group(field) is None:
                    fields[name] = _input(name, field, value, f"{key}-{name}")
        for name in Spec.model_fields:
            group = getattr(spec, name)
            if isinstance(group, BaseModel):
                st.markdown(f"**{_words(name)}**")
                with st.container(horizontal=True, vertical_alignment="bottom"):
                    fields[name] = {
                        inner: _input(inner, field, getattr(group, inner), f"{key}-{name}-{inner}")
                        for inner, field in type(group).model_fields.items()
                    }
        if not st.form_submit_button("See a draft of this", icon=":material/visibility:", disabled=busy):
            return None
    try:
        return Spec.model_validate(fields).model_dump_json(exclude_none=True)
    except ValidationError as error:
        for problem in error.errors():
            where = " ".join(_words(str(part)) for part in problem["loc"])
            st.error(f"{where}: {problem['msg'].removeprefix('Value error, ')}", icon=":material/error:")
        return None


def _input(name: str, field: FieldInfo, value: Any, key: str) -> Any:
    label = _words(name)
    choices = _choices(field)
    if choices:
        return st.selectbox(
            label,
            choices,
            index=choices.index(value),
            key=key,
            width=170,
            format_func=_words,
            help=field.description,
        )
    if isinstance(value, bool):
        return st.toggle(label, value, key=key, help=field.description)
    if isinstance(value, int | float):
        kind = type(value)
        bounds = [m.ge if isinstance(m, Ge) else m.le for m in field.metadata if isinstance(m, Ge | Le)]
        low, high = (kind(float(str(bound))) for bound in sorted(bounds, key=lambda b: float(str(b))))
        return st.number_input(
            label, low, high, value, 1 if kind is int else 0.1, key=key, width=170, help=field.description
        )
    if value is None:
        st.text_input(label, "as many as fit", disabled=True, key=key, width=170, help=field.description)
        return None
    return st.text_input(label, value, key=key, width=170, help=field.description)


def _choices(field: FieldInfo) -> list[Any]:
    annotation = field.annotation
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    if get_origin(annotation) in {Union, UnionType}:
        members = get_args(annotation)
        literals = [choice for m in members if get_origin(m) is Literal for choice in get_args(m)]
        if literals:
            return [None, *literals] if type(None) in members else literals
    return []


def _group(field: FieldInfo) -> type[BaseModel] | None:
    members = get_args(field.annotation) or (field.annotation,)
    return next((m for m in members if isinstance(m, type) and issubclass(m, BaseModel)), None)


def _words(name: object) -> str:
    if name is None:
        return "none"
    return str(name).removesuffix("_mm").replace("_", " ") + (" (mm)" if str(name).endswith("_mm") else "")
