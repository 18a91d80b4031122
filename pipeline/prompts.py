"""The prompts sent to providers, in one place. The user sees and may edit each of them."""

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


def checked_prompt(prompt: str) -> str:
    """The prompt, tidied. Raises BadPrompt when it is empty or over-long."""
    tidy = " ".join(prompt.split())
    if not tidy:
        raise BadPrompt("The prompt is empty; describe the piece in a sentence.")
    if len(tidy) > MAX_PROMPT_CHARS:
        raise BadPrompt(
            f"The prompt has {len(tidy):,} characters; shorten it to at most {MAX_PROMPT_CHARS:,}."
        )
    return tidy
