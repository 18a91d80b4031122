"""The understood piece as an editable form: every parameter with its range, made from the spec itself."""

from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import streamlit as st
from annotated_types import Ge, Le
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from pages.ui import press
from pipeline.atelier import ring_sizes
from pipeline.atelier.spec import Ring, Spec, Stone
from pipeline.atelier.weights import carats, size_for

_INSTEAD = "Change this or the {} in mm; where both are changed the millimetres count."


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
                    if isinstance(group, Stone):
                        _carats(group, fields[name], f"{key}-carats")
                    if isinstance(group, Ring):
                        _ring_size(group, fields[name], f"{key}-size")
        if not press.submit(
            "See a draft of this", key=f"{key}-draft", icon=":material/visibility:", disabled=busy
        ):
            return None
    try:
        return Spec.model_validate(fields).model_dump_json(exclude_none=True)
    except ValidationError as error:
        for problem in error.errors():
            where = " ".join(_words(str(part)) for part in problem["loc"])
            st.error(f"{where}: {problem['msg'].removeprefix('Value error, ')}", icon=":material/error:")
        return None


def _carats(stone: Stone, fields: dict[str, Any], key: str) -> None:
    """The stone's weight, as it is ordered; the length follows where the weight was changed and the length was not."""
    weight = round(carats(stone.gem, stone.cut, stone.length_mm, stone.width_mm), 2)
    asked = st.number_input(
        "carats", 0.01, 100.0, max(weight, 0.01), 0.05, key=key, width=170, help=_INSTEAD.format("length")
    )
    if asked != max(weight, 0.01) and fields["length_mm"] == stone.length_mm:
        fields["length_mm"] = round(size_for(fields["gem"], fields["cut"], asked, fields["ratio"]), 2)


def _ring_size(ring: Ring, fields: dict[str, Any], key: str) -> None:
    """The size a finger is measured in; the diameter follows where the size was changed and the diameter was not."""
    size = float(round(ring_sizes.european(ring.inner_diameter_mm) * 2) / 2)
    asked = st.number_input(
        "ring size (EU)",
        41.0,
        75.0,
        min(max(size, 41.0), 75.0),
        0.5,
        key=key,
        width=170,
        help=f"{ring_sizes.in_words(ring.inner_diameter_mm)}. {_INSTEAD.format('inner diameter')}",
    )
    if asked != size and fields["inner_diameter_mm"] == ring.inner_diameter_mm:
        fields["inner_diameter_mm"] = round(ring_sizes.from_european(asked), 2)


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
    if isinstance(value, int | float) or (value is None and name != "count"):
        kind: Any = type(value) if value is not None else _number(field)
        bounds = [m.ge if isinstance(m, Ge) else m.le for m in field.metadata if isinstance(m, Ge | Le)]
        low, high = (kind(float(str(bound))) for bound in sorted(bounds, key=lambda b: float(str(b))))
        return st.number_input(
            label,
            low,
            high,
            value,
            1 if kind is int else 0.1,
            key=key,
            width=170,
            placeholder="as usual",
            help=field.description,
        )
    if value is None:
        st.text_input(label, "as many as fit", disabled=True, key=key, width=170, help=field.description)
        return None
    return st.text_input(label, value, key=key, width=170, help=field.description)


def _number(field: FieldInfo) -> Any:
    """The kind of number that an empty field takes."""
    return float if float in get_args(field.annotation) else int


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
