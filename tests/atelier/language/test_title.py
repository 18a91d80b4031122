"""What a piece is called by itself: a few words, as on a card in a shop."""

import pytest

from pipeline.atelier.language.describe import title
from pipeline.atelier.language.prompt import read
from pipeline.stages.generate import name_for
from tests.atelier.random_spec import random_spec

LONG = "rose gold halo engagement ring with a 1.5 ct oval morganite and pave band"


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        (LONG, "Oval morganite halo ring, rose gold"),
        (
            "yellow gold cable chain necklace with a ruby oval pendant in a bezel",
            "Oval ruby pendant, yellow gold",
        ),
        (
            "white gold drop earrings with pear cut emeralds and a diamond halo",
            "Pear emerald halo drop earrings",
        ),
    ],
)
def test_a_long_prompt_has_a_short_name(prompt: str, name: str) -> None:
    """A prompt the atelier understands is named by cut, stone, form and metal."""
    assert name_for(prompt).startswith(name)


def test_short_prompts_and_others_keep_their_words() -> None:
    """A short prompt is its own name; one with words nobody here knows is cut, never called something else."""
    assert name_for("a rose gold solitaire, 2 mm band") == "Rose gold solitaire"
    dragon = name_for(
        "a dragon-shaped ring with enamelled scales and a fire opal in its claws, very elaborate"
    )
    assert dragon.startswith("Dragon-shaped ring")
    assert len(dragon) <= 60


@pytest.mark.parametrize("seed", range(40))
def test_every_piece_has_a_title(seed: int) -> None:
    """Any piece has one that stands whole in a title block, begins with a capital and names its metal."""
    spec = random_spec(seed)
    named = title(spec)
    assert named[0].isupper()
    assert len(named) <= 80
    assert "_" not in named
    assert read(named).spec.kind == spec.kind or spec.kind == "necklace"
