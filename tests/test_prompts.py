"""What a prompt may be: words of a piece, and not where a picture of it lies."""

import pytest

from pipeline.errors import BadPrompt
from pipeline.prompts import MASTER, MAX_PROMPT_CHARS, checked_prompt


@pytest.mark.parametrize(
    "place",
    [
        "/home/lena/photos/bracelet-c0012.jpg",
        "~/ring.PNG",
        "./my ring.jpeg",
        "..\\rings\\gold ring.tif",
        "C:\\Users\\Lena\\My Pictures\\gold ring.heic",
        "ring.webp",
        "DSC_0042.NEF",
        '"gold-ring.jpg"',
        "<https://shop.example/products/gold-ring>",
        "https://shop.example/gold-ring.jpg?width=800",
        "file:///home/lena/ring.png",
        "data:image/png;base64,iVBORw0KGgo=",
    ],
)
def test_a_pictures_name_or_address_is_no_description(place: str) -> None:
    """A piece would be made of the words in it, and nobody asked for that."""
    with pytest.raises(BadPrompt, match="Bring the picture itself"):
        checked_prompt(place)


@pytest.mark.parametrize(
    "prompt",
    [
        MASTER,
        "gold ring",
        "IMG_9854.CR2 gold ring with a 0.5 ct. diamond",
        "a ring like https://shop.example/ring.jpg, in platinum",
        "ring 1.5mm/2.0mm",
        "925er Silberring, 3 mm.",
        "14k/18k gold ring.",
        "/imagine a rose gold ring --ar 1:1",
        "A.R.T. ring",
    ],
)
def test_words_of_a_piece_are_a_description(prompt: str) -> None:
    """Also with a file's name, an address or a measure among them."""
    assert checked_prompt(prompt) == prompt


@pytest.mark.parametrize("prompt", ["", " \n\t ", "x" * (MAX_PROMPT_CHARS + 1)])
def test_nothing_and_too_much_are_refused(prompt: str) -> None:
    """With a sentence that says which."""
    with pytest.raises(BadPrompt, match=r"empty|shorten"):
        checked_prompt(prompt)
