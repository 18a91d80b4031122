"""The prompts sent to providers, in one place. The user sees and may edit each of them."""

import re

from pipeline.errors import BadPrompt

MASTER = (
    "A necklace with a thin gold chain and small round pendant, smooth polished texture, lightweight, "
    "elegant design, plain white background."
)

ENHANCE = (
    "Enhance this cropped jewelry image to ultra-high resolution. Keep the exact same design, shape, "
    "proportions, and metal texture as in the input image. Do not modify, redraw, or hallucinate any new "
    "parts. Simply upscale and refine for realistic clarity, sharpness, and lighting. Maintain identical "
    "gemstone color, chain thickness, reflections, and polished gold finish. Treat this as a photo "
    "enhancement task, not generation. Output must look like the same jewelry captured with a macro camera "
    "on a white or transparent background. If multiple crops are uploaded (pendant, chain, clasp), apply "
    "the same enhancement to all while preserving full consistency."
)

WITH_MASTER = (
    "The first picture is the crop to enhance; answer with this crop alone. The second picture shows the whole piece "
    "it was cut from: use it only to see what the crop is a part of, and change nothing in the crop's framing."
)
"""Added where the whole master goes along."""

SKETCH = (
    "Redraw this exact image as a realistic black-and-grey technical pencil drawing on plain white paper. "
    "Trace the existing outlines: same design, same proportions, same position in the frame. Add nothing, "
    "remove nothing, no colour, no text, no background."
)

MAX_PROMPT_CHARS = 4000

_PICTURE = r"[^\s.]\.(?:jpe?g|png|webp|tiff?|hei[cf]|avif|jxl|gif|bmp|svg|psd|dng|cr[23]|nef|arw|raf|orf|rw2)"
_PLACE = re.compile(
    rf"(?:https?|file|ftp)://\S+|data:\S+|(?:[/~.\\]|[a-z]:[/\\]).*{_PICTURE}|\S*{_PICTURE}", re.IGNORECASE
)
"""An address, or a picture's file with or without its folder, and nothing else: of its name a piece would be made."""


def checked_prompt(prompt: str) -> str:
    """The prompt, tidied. Raises BadPrompt when it is empty, over-long, has no letter of any script, or is no more than
    a picture's name or address.
    """
    tidy = " ".join(prompt.split())
    if not tidy:
        raise BadPrompt("The prompt is empty; describe the piece in a sentence.")
    if not any(sign.isalpha() for sign in tidy):
        raise BadPrompt("The prompt has no word; describe the piece in a sentence.")
    if len(tidy) > MAX_PROMPT_CHARS:
        raise BadPrompt(
            f"The prompt has {len(tidy):,} characters; shorten it to at most {MAX_PROMPT_CHARS:,}."
        )
    if _PLACE.fullmatch(tidy.strip("'\"<>")):
        raise BadPrompt(
            "This is a file's name or an address, not what a piece looks like. Bring the picture itself as a "
            "photograph, or describe the piece in a sentence."
        )
    return tidy
