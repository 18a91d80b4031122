"""Typed orders: what cannot be ordered is refused in one sentence, before anything is stored or bought."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import images
from pipeline.errors import BadInput, BadPrompt, LoupeError, Unsupported
from pipeline.jobs import Jobs
from pipeline.orders import read, read_note
from pipeline.records import Design, Region
from pipeline.settings import Settings
from pipeline.workbench import Workbench

REGION = {"id": "stone", "label": "stone", "x": 40, "y": 40, "width": 200, "height": 200}
SHA = "0" * 64
ASSET = {"id": SHA, "media_type": "model/gltf-binary", "size_bytes": 9,
         "recipe": {"role": "model", "provider": "upload"}}  # fmt: skip
WHOLE: dict[str, dict[str, Any]] = {
    "candidates": {"provider": "atelier", "prompt": "a ring", "kind": "ring", "size": 2048, "seed": 0},
    "edit": {"provider": "atelier", "origin": "{}"},
    "master": {"provider": "atelier", "candidate": SHA, "size": 2048},
    "enhance": {"provider": "local", "regions": [REGION], "factor": 4, "prompt": "", "dial": "strict", "take": 0},
    "bakeoff": {"providers": ["local"], "region": REGION, "factor": 4, "prompt": "", "dial": "strict"},
    "sketch": {"provider": "local", "prompt": "", "views": [], "style": "pencil", "weight": 1.0, "darkness": 1.0,
               "grain": 1.0, "paper": "A4", "numbers": [], "take": 0},
    "model": {"provider": "local", "take": 0},
    "set": {"enhancer": "local", "sketcher": "local", "modeler": "local"},
    "views": {},
    "turntable": {},
    "export-page": {},
    "export-dossier": {},
    "export-archive": {},
}  # fmt: skip
"""Each verb's order, as the pages gave it before orders had kinds, too."""

BAD: list[tuple[str, dict[str, Any], str]] = [
    ("candidates", {"kind": "crown"}, "kind “crown”"),
    ("candidates", {"prompt": "  "}, "prompt is empty"),
    ("candidates", {"prompt": "gold " * 4000}, "19,999 characters"),
    ("candidates", {"size": 10**6}, "size “1000000”"),
    ("candidates", {"seed": -1}, "seed “-1”"),
    ("candidates", {"count": 10**9}, "count"),
    ("candidates", {"numbers": [99]}, "numbers 0 “99”"),
    ("edit", {"origin": ""}, "origin"),
    ("master", {"size": "large"}, "size “large”"),
    ("enhance", {"dial": "as deliverd"}, "dial “as deliverd” .* 'as delivered'"),
    ("enhance", {"dail": "as delivered"}, "no “dail”"),
    ("enhance", {"factor": 7}, "factor “7”"),
    ("enhance", {"regions": []}, "regions"),
    ("enhance", {"regions": [{**REGION, "shape": "round"}]}, "“regions 0 shape”"),
    ("enhance", {"regions": [{**REGION, "width": 0}]}, "regions 0 width “0”"),
    ("enhance", {"take": -1}, "take"),
    ("bakeoff", {"providers": []}, "providers"),
    ("sketch", {"paper": "A3"}, "paper “A3” .* 'A4'"),
    ("sketch", {"style": "crayon"}, "style “crayon”"),
    ("sketch", {"weight": 9.0}, "weight “9.0”"),
    ("sketch", {"grain": "much"}, "grain “much”"),
    ("sketch", {"views": ["front"] * 9}, "views"),
    ("model", {"provider": "local", "upload": ASSET}, "either a provider or a file"),
    ("model", {"provider": ""}, "either a provider or a file"),
    ("views", {"provider": "local"}, "no “provider”"),
    ("export-page", {"format": "pdf"}, "no “format”"),
]


def order(verb: str, **fields: Any) -> dict[str, Any]:
    return {"verb": verb, "design_id": "abc234", **WHOLE.get(verb, {}), **fields}


@pytest.fixture
def bench(settings: Settings) -> Workbench:
    """The real workbench in an empty folder; nothing here waits for the renderer."""
    bench = Workbench(settings)
    yield bench
    bench.cache.close()


@pytest.fixture
def design(bench: Workbench, photographed: Callable[..., Design]) -> Design:
    return photographed(bench.store)


@pytest.mark.parametrize("verb", WHOLE)
def test_every_kind_survives_its_note(verb: str) -> None:
    """What is written down is what is read, and an order of any verb is known."""
    given_order = read(order(verb))
    assert read_note(json.loads(given_order.model_dump_json())) == given_order
    assert (given_order.verb, given_order.key) == (verb, f"abc234.{verb}")


@pytest.mark.parametrize(("verb", "wrong", "said"), BAD)
def test_what_cannot_be_ordered_is_refused_in_a_sentence(verb: str, wrong: dict[str, Any], said: str) -> None:
    """One sentence names the field and what was given; no Python, no traceback."""
    with pytest.raises(BadInput, match=said) as refused:
        read(order(verb, **wrong))
    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert not any(word in sentence for word in ("Input", "pydantic", "validation", "type="))


@pytest.mark.parametrize("verb", [verb for verb, fields in WHOLE.items() if fields])
def test_a_missing_field_is_named(verb: str) -> None:
    """Every field without a standing value is asked for by its name."""
    whole = order(verb)
    needed = [n for n, field in type(read(whole)).model_fields.items() if field.is_required()]
    assert needed
    for name in needed:
        with pytest.raises(BadInput, match=name.replace("_", " ")):
            read({key: value for key, value in whole.items() if key != name})


@given(
    verb=st.sampled_from(sorted(WHOLE)),
    name=st.text(max_size=12),
    value=st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.lists(st.text(max_size=3)),
)
def test_any_change_is_an_order_or_one_sentence(verb: str, name: str, value: object) -> None:
    """A misspelt name is never silently another order, and a strange value never a fault of the program."""
    known = type(read(order(verb))).model_fields
    try:
        changed = read(order(verb, **{name: value}))
    except LoupeError as error:
        refused = str(error)
    else:
        refused = ""
        assert name in known
        assert changed.verb in WHOLE
    assert not refused or refused.endswith(".")


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    )
)
def test_nothing_else_is_an_order(data: object) -> None:
    """Whatever JSON may hold, it is refused in a sentence."""
    with pytest.raises(LoupeError):
        read_note(data)


# -- at the workbench: refused before anything is stored or bought


def state(bench: Workbench) -> dict[str, bytes]:
    folder = bench.store.folder
    files = [f for part in ("designs", "assets", "jobs") for f in (folder / part).rglob("*") if f.is_file()]
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in files if f.suffix not in {".lock"}}


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a factor that is not offered": (order("enhance", factor=3), "does not enlarge 3x; choose 2x or 4x"),
    "one of several offers it not": (order("bakeoff", factor=3), "does not enlarge 3x"),
    "a provider nobody knows": (order("enhance", provider="nobody"), "no provider “nobody”"),
    "a provider without its key": (order("enhance", provider="seedream"), "needs LOUPE_ARK_API_KEY"),
    "a provider of other work": (order("model", provider="careless"), "makes no 3D models"),
    "a view nobody draws": (order("sketch", views=["from below"]), "does not draw a view “from below”"),
    "a sheet that is not there": (order("sketch", numbers=[6]), "nothing to draw on sheet 6"),
    "a candidate that is not there": (order("master", provider="local"), "local|candidate|makes no masters"),
    "views without a model": (order("views"), "no 3D model yet"),
    "a turntable without a model": (order("turntable"), "no 3D model yet"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_the_workbench_refuses_before_anything_is_stored(bench: Workbench, design: Design, name: str) -> None:
    """The sentence comes at once; no job, no note, no record, no call."""
    fields, said = REFUSED[name]
    before = state(bench)
    with pytest.raises(LoupeError, match=said):
        bench.submit(read({**fields, "design_id": design.id}))
    assert state(bench) == before
    assert bench.jobs.running() == ()
    assert bench.spending().total().calls == 0


@pytest.mark.parametrize("verb", ["enhance", "bakeoff", "sketch", "model"])
def test_a_design_without_a_master_is_told(bench: Workbench, verb: str) -> None:
    """One sentence for all of them."""
    made = bench.store.create("Empty", kind="ring")
    with pytest.raises(BadInput, match="This design has no master yet; generate or upload one first"):
        bench.submit(read({**order(verb), "design_id": made.id}))


def test_a_good_order_is_carried_out(bench: Workbench, design: Design) -> None:
    """The same way, when nothing is wrong, ends with a close-up of the dial that was ordered."""
    job = bench.submit(read({**order("enhance", dial="as delivered", factor=2), "design_id": design.id}))
    assert job.wait(60)
    assert (job.state, job.troubles) == ("done", ())
    close_ups = bench.store.load(design.id).branch.close_ups
    assert [(c.dial, c.factor, c.region) for c in close_ups] == [("as delivered", 2, Region(**REGION))]
    assert images.content_id(bench.store.read(close_ups[0].raw)) == close_ups[0].raw.id


# -- notes


def old_note(verb: str, params: dict[str, Any]) -> str:
    """A note as it was written before orders had kinds."""
    return json.dumps({"verb": verb, "design_id": "abc234", "params": params, "state": "running"})


@pytest.fixture
def jobs(tmp_path: Any) -> Callable[[], Jobs]:
    return lambda: Jobs(tmp_path / "jobs", read_note)


@pytest.mark.parametrize("verb", WHOLE)
def test_a_note_of_the_time_before_is_read(jobs: Callable[[], Jobs], tmp_path: Any, verb: str) -> None:
    """Parameters in a box of their own, with a provider that says nothing: the same order."""
    jobs()
    params = {"provider": "local", **WHOLE[verb]} if verb == "bakeoff" else {"provider": "", **WHOLE[verb]}
    (tmp_path / "jobs" / f"abc234.{verb}.json").write_text(old_note(verb, params))
    left = jobs().find("abc234", verb)
    assert left is not None
    assert (left.state, left.order) == ("interrupted", read(order(verb)))


UNREADABLE = {
    "without a factor": old_note("enhance", {"provider": "local", "regions": [REGION], "prompt": ""}),
    "a key more in a region": old_note("enhance", {**WHOLE["enhance"], "regions": [{**REGION, "shape": "oval"}]}),
    "another kind of piece": old_note("enhance", {**WHOLE["enhance"], "dial": "as deliverd"}),
    "no parameters": old_note("enhance", {}),
    "parameters are a list": json.dumps({"verb": "enhance", "design_id": "abc234", "params": [], "state": "running"}),
    "another verb": old_note("paint", {}),
    "an order of nothing": json.dumps({"order": None, "state": "running"}),
    "an empty object": "{}",
    "a list": "[]",
    "a number": "5",
    "half a note": '{"verb": "enhance", "des',
    "nothing": "",
}  # fmt: skip


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_note_nobody_can_read_is_told_once_and_closed(
    jobs: Callable[[], Jobs], tmp_path: Any, name: str
) -> None:
    """One sentence says why and what to do; it is not offered for ever, and the next order goes through."""
    jobs()
    note = tmp_path / "jobs" / "abc234.enhance.json"
    note.write_text(UNREADABLE[name])
    opened = jobs()
    left = opened.find("abc234", "enhance")
    assert left is not None
    assert left.state == "failed"
    assert "An older Loupe began this work" in str(left.troubles[0].error)
    assert "order it again" in str(left.troubles[0].error)
    assert not note.exists()
    assert jobs().find("abc234", "enhance") is None
    again = opened.start(read(order("enhance")), lambda _: None)
    assert again.wait(10)
    assert opened.find("abc234", "enhance") is again


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"\x00" * 40, b"[" * 100_000])
def test_any_bytes_for_a_note_are_one_sentence(jobs: Callable[[], Jobs], tmp_path: Any, data: bytes) -> None:
    """Random bytes and deep nesting hurt only the work they stood for."""
    jobs()
    (tmp_path / "jobs" / "abc234.model.json").write_bytes(data)
    left = jobs().find("abc234", "model")
    assert left is not None
    assert left.state == "failed"


def test_typed_errors_keep_their_kind() -> None:
    """A prompt that is refused is still a bad prompt, a factor still unsupported."""
    with pytest.raises(BadPrompt):
        read(order("candidates", prompt=""))
    assert issubclass(Unsupported, LoupeError)
