"""A stranger's file: refused with one sentence each, or taken in whole."""

import pytest

from pipeline.errors import BadModel
from pipeline.solids import checks
from tests.solids.files import rewritten, ring_glb


def outside(tree: dict) -> None:
    tree["images"] = [{"uri": "https://elsewhere.example/texture.png"}]


REFUSED = {
    "empty": (lambda d: b"", "empty"),
    "FBX": (lambda d: b"Kaydara FBX Binary  \x00" + d, "FBX file"),
    "FBX called GLB inside": (lambda d: b"; FBX 7.3.0 project file" + d, "no GLB"),
    "ZIP": (lambda d: b"PK\x03\x04" + d, "ZIP"),
    "glTF as text": (lambda d: b'{"asset":{"version":"2.0"}}', "text file"),
    "truncated": (lambda d: d[: len(d) // 2], "cut off"),
    "one byte short": (lambda d: d[:-1], "cut off"),
    "300 MB": (lambda d: d + bytes(300_000_000 - len(d)), "300 MB"),
    "external picture": (lambda d: rewritten(d, outside), "files outside itself"),
    "external buffer": (
        lambda d: rewritten(d, lambda t: t["buffers"][0].update(uri="../other.bin")),
        "files outside itself",
    ),
    "script in a name": (
        lambda d: rewritten(d, lambda t: t["nodes"][0].update(name="<script>alert(1)</script>")),
        "script or markup",
    ),
    "handler in a material": (
        lambda d: rewritten(d, lambda t: t["materials"][0].update(name='x" onload = "y')),
        "script or markup",
    ),
    "script address in extras": (
        lambda d: rewritten(d, lambda t: t["asset"].update(extras={"a": ["JavaScript:alert(1)"]})),
        "script or markup",
    ),
    "script in a key": (
        lambda d: rewritten(d, lambda t: t["asset"].update(extras={"<img src=x>": 1})),
        "script or markup",
    ),
    "no mesh": (
        lambda d: rewritten(d, lambda t: [n.pop("mesh", None) for n in t["nodes"]]),
        "no mesh",
    ),
    "one point": (
        lambda d: rewritten(
            d, lambda t: [n.update(scale=[0, 0, 0]) for n in t["nodes"] if "mesh" in n or "children" in n]
        ),
        "single point",
    ),
    "Basis textures": (
        lambda d: rewritten(d, lambda t: t.update(extensionsRequired=["KHR_texture_basisu"])),
        "Basis",
    ),
}


@pytest.mark.parametrize("how", REFUSED)
def test_refused_with_one_sentence(how: str) -> None:
    """Each bad file gets its own sentence: one full stop, at the end."""
    spoil, sentence = REFUSED[how]
    with pytest.raises(BadModel, match=sentence) as refused:
        checks.checked(spoil(ring_glb()))
    told = str(refused.value)
    assert told.endswith(".")
    assert "\n" not in told
    assert len(told) < 200


def test_an_honest_file_is_taken() -> None:
    """Names in any script, dashes and quotation marks are no markup."""
    named = rewritten(
        ring_glb(), lambda t: t["nodes"][0].update(name="Schiene – „Größe 54“ (only = 1 piece), 戒指")
    )
    with pytest.raises(BadModel):
        checks.checked(rewritten(ring_glb(), lambda t: t["nodes"][0].update(name="a\u202eb")))
    assert len(checks.checked(named).faces) > 1000
