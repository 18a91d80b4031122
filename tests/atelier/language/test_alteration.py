"""One thing changed, everything else kept."""

import pytest

from pipeline.atelier.language.alteration import alter
from pipeline.atelier.language.prompt import read
from pipeline.atelier.variation import variations
from pipeline.errors import BadPrompt

PROMPT = "A rose gold solitaire with a 1.2 ct oval sapphire, 2 mm band"


@pytest.mark.parametrize(
    ("change", "group", "field", "value", "wording"),
    [
        ("in yellow gold", "", "metal", "yellow_gold", "A yellow gold solitaire with a 1.2 ct oval sapphire"),
        ("the same ring in Platinum", "", "metal", "platinum", "A platinum solitaire with a 1.2 ct oval sapphire"),
        ("with an emerald", "stone", "gem", "emerald", "oval emerald"),
        ("prong set, pear cut", "stone", "cut", "pear", "pear"),
        ("3 mm band", "ring", "width_mm", 3.0, "3 mm band, A rose gold"),
        ("with a halo", "stone", "halo", True, "2 mm band, with a halo"),
        ("size 60", "ring", "inner_diameter_mm", 19.099, "size 60"),
    ],
)  # fmt: skip
def test_one_thing_changes(change: str, group: str, field: str, value: object, wording: str) -> None:
    """The named thing changes in words and piece; proportions that nobody spoke of stay as they were."""
    piece = variations(read(PROMPT).spec, 7)[1]
    altered = alter(PROMPT, piece, change)
    part = getattr(altered.spec, group) if group else altered.spec
    found = getattr(part, field)
    assert found == (pytest.approx(value, abs=0.01) if isinstance(value, float) else value)
    assert wording in altered.prompt
    assert piece.ring is not None
    assert altered.spec.ring is not None
    assert altered.spec.ring.thickness_mm == piece.ring.thickness_mm


@pytest.mark.parametrize("change", ["", "blah blah", "in rose gold", "a" * 3000, "'\"><script>"])
def test_nothing_to_change(change: str) -> None:
    """Words that mean nothing here, or what is so already, are refused in a sentence."""
    with pytest.raises(BadPrompt):
        alter(PROMPT, read(PROMPT).spec, change)
