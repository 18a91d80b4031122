"""Files made to hurt: refused in a sentence, in time that follows their length, and never with another error."""

import json
import random
import struct
import time
import warnings
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import numpy as np
import pytest

from pipeline import glb
from pipeline.errors import BadModel
from pipeline.solids import checks, reading
from pipeline.solids.usdz import to_usdz

Tree = dict[str, Any]


def box(change: Callable[[Tree], object] = lambda _: None) -> bytes:
    """A triangle's GLB, its JSON changed in place."""
    buffer = glb.Buffer()
    points = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32)
    primitive = {
        "attributes": {"POSITION": buffer.accessor(points, "VEC3", bounds=True)},
        "indices": buffer.accessor(np.array([0, 1, 2], np.uint16), "SCALAR"),
        "material": 0,
    }
    tree = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "name": "a", "translation": [0, 0, 1]}],
        "meshes": [{"primitives": [primitive]}],
        "materials": [{"name": "gold", "pbrMetallicRoughness": {"baseColorFactor": [1, 0.8, 0.4, 1]}}],
        **buffer.described(),
    }
    change(tree)
    return glb.pack(tree, buffer.binary)


def doubled(tree: Tree) -> None:
    """Sixty nodes, each the next one's parent twice: 2 kB that would place 2 to the power of 60 meshes."""
    tree["nodes"] = [{"children": [k + 1, k + 1]} for k in range(60)] + [{"mesh": 0}]


def diamond(tree: Tree) -> None:
    """The same with two nodes a level, both of them parents of both below."""
    tree["nodes"] = [{"children": [2 * (k // 2) + 2, 2 * (k // 2) + 3]} for k in range(120)] + [
        {"mesh": 0}
    ] * 2


def without_stride(tree: Tree) -> None:
    """A million corners in the bytes of one."""
    tree["bufferViews"][0]["byteStride"] = 0
    tree["accessors"][0]["count"] = 10**6


ATTACKS: dict[str, tuple[Callable[[Tree], object], str]] = {
    "doubled children": (doubled, "uses one twice"),
    "diamonds": (diamond, "uses one twice"),
    "one node a million times": (
        lambda t: t["scenes"][0].update(nodes=[0] * 10**6),
        "more than 20,000 nodes",
    ),
    "a long chain": (
        lambda t: t.update(nodes=[{"children": [k + 1]} for k in range(5000)] + [{"mesh": 0}]),
        "without end",
    ),
    "instances": (
        lambda t: (t.update(nodes=[{"mesh": 0}] * 200_000), t["scenes"][0].update(nodes=[*range(200_000)])),
        "more than 20,000 nodes",
    ),
    "primitives": (
        lambda t: t["meshes"][0].update(primitives=t["meshes"][0]["primitives"] * 100_000),
        "more than 20,000 bodies",
    ),
    "children": (
        lambda t: t.update(nodes=[{"children": [*range(1, 300_000)]}] + [{}] * 300_000),
        "more than 20,000 nodes",
    ),
    "a stride of nothing": (without_stride, "contradicts itself"),
    "a billion corners": (lambda t: t["accessors"][0].update(count=10**9), "cut off"),
}


@pytest.mark.parametrize("how", ATTACKS)
@pytest.mark.parametrize("read", [checks.checked, to_usdz], ids=["model", "usdz"])
def test_refused_at_once(how: str, read: Callable[[bytes], object]) -> None:
    change, sentence = ATTACKS[how]
    data = box(change)
    start = time.process_time()
    with pytest.raises(BadModel, match=sentence):
        read(data)
    # Twenty times the largest seen; unmended, each of these took more than ten seconds or all memory.
    assert time.process_time() - start < 4


def test_texts_hidden_deep_are_looked_at_in_linear_time() -> None:
    """Thousands of texts under hundreds of levels; markup below lists in lists is found."""
    extras: Any = [f"part {k}" for k in range(50_000)]
    for _ in range(300):
        extras = {"a": [[extras]]}
    start = time.process_time()
    assert sum(1 for _ in reading.names({"extras": extras})) > 50_000
    assert time.process_time() - start < 2
    with pytest.raises(BadModel, match="markup"):
        checks.checked(box(lambda t: t["asset"].update(extras=[[["<script>"]]])))


def test_many_materials_share_one_decoded_texture(monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[bytes] = []
    plain = np.zeros((1, 1, 3), np.uint8)
    monkeypatch.setattr(reading.Reader, "_decoded", lambda _, data: decoded.append(data) or plain)
    textured = {"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}

    def paint(tree: Tree) -> None:
        tree["bufferViews"].append({"buffer": 0, "byteLength": 4})
        tree.update(
            materials=[textured] * 500,
            textures=[{"source": 0}],
            images=[{"bufferView": 2, "mimeType": "image/png"}],
        )

    reading.read(box(paint))
    assert len(decoded) == 1


ODD = (
    None, True, -1, 0, 1, 3, 5121, 2**31, 2**63, 1e300, float("nan"), "", "x", "data:;base64,AAAA", [], [0], [[]], {},
    {"index": 0}, [1e300, 0, 0], [float("nan")] * 3,
)  # fmt: skip


def mutant(draw: random.Random) -> bytes:
    """The triangle with one to three values of its JSON changed, or with bytes changed, moved or cut."""
    tree = glb.document(box())
    for _ in range(draw.randint(1, 3)):
        node: Any = tree
        while True:
            keys = list(node) if isinstance(node, dict) else list(range(len(node)))
            key = draw.choice(keys)
            if isinstance(node[key], dict | list) and node[key] and draw.random() < 0.8:
                node = node[key]
                continue
            match draw.randint(0, 3):
                case 0 if isinstance(node, dict):
                    node[
                        draw.choice(["matrix", "rotation", "scale", "uri", "mode", "byteStride", "sparse"])
                    ] = deepcopy(draw.choice(ODD))
                case 1 if len(keys) > 1:
                    del node[key]
                case _:
                    node[key] = deepcopy(draw.choice(ODD))
            break
    data = bytearray(glb.pack(tree, glb.unpack(box())[1]))
    if draw.random() < 0.3:
        for _ in range(draw.randint(1, 4)):
            data[draw.randrange(len(data))] = draw.randrange(256)
    if draw.random() < 0.1:
        data = data[: draw.randrange(len(data))]
        if len(data) > 12 and draw.random() < 0.5:
            data[8:12] = struct.pack("<I", len(data))
    return bytes(data)


def test_four_thousand_mutants_raise_nothing_but_bad_model() -> None:
    taken, sentences = 0, []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        for seed in range(4000):
            data = mutant(random.Random(seed))
            for read in (checks.checked, to_usdz, glb.triangles, glb.with_recipe):
                try:
                    read(data, {}) if read is glb.with_recipe else read(data)  # type: ignore[call-arg]
                    taken += 1
                except BadModel as error:
                    sentences.append(str(error))
    assert taken > 1000
    assert len(sentences) > 1000
    assert all(sentence.endswith(".") for sentence in sentences)


def test_json_of_any_depth_is_refused_in_a_sentence() -> None:
    text = b'{"a":' * 200_000
    data = struct.pack("<4sIII4s", b"glTF", 2, 20 + len(text), len(text), b"JSON") + text
    with pytest.raises(BadModel):
        checks.checked(data)
    assert json.loads("{}") == {}
