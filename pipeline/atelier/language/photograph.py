"""What a prompt says of the camera, the renderer or the image model: set aside, since the studio is always the same."""

import math
import re

from pipeline.atelier.spec import Aperture

_COLOURS = (
    "plain|pure|clean|solid|white|black|grey|gray|beige|cream|blue|pink|red|green|dark|light|neutral|marble|concrete|"
    "wooden|wood|velvet|silk|satin|seamless|gradient|blurred|studio|soft|natural|pastel|moody|rustic|stone|sand"
)
_OF_A_LENS = r"macro|lens|prime|photo(?:graph)?|film|camera|focal|portrait|telephoto|shot|dslr|f/?\d"
_LAID_ON = (
    "velvet|slab|marble|slate|linen|tissue|paper|backdrop|plinth|pedestal|travertine|"
    "block|driftwood|moss|sand|tray|acrylic|"
    "glass|concrete|wool|coat|fabric|tabletop|rock|rocks|stone slab|book|books|petals|flowers|leaves|fur|snow|ice"
)
"""What a piece lies on or before in a picture."""
_PIECE = r"(?:chain|cord|ring|necklace|pendant|band|bracelet|earrings?|brooch|charm|strand|strap|wire|hook|bail|clasp)"
_MAKERS = "hasselblad|canon|nikon|sony|leica|fujifilm|phase one|pentax|panasonic"
_EXPOSED = r"(?:f\s?/\s?\d{1,2}(?:\.\d{1,2})?|f\d{1,2}(?:\.\d{1,2})?|iso\s?\d{2,6}|1/\d{2,5}\s?s(?:ec)?)"
_PATTERNS = (
    r"<\w{1,12}:[^<>]{1,60}>",
    r"::-?\d{1,3}(?:\.\d{1,2})?",
    rf"\b(?:{_MAKERS})(?:\s(?:eos|alpha|[a-z]{{0,2}}\d\w{{0,3}})\b){{0,3}}(?:,?\s\d{{2,3}}\s?mm\b)?",
    rf"\b\d{{2,3}}\s?mm,?\s{_EXPOSED}\b",
    rf"\b{_EXPOSED},?\s\d{{2,3}}\s?mm\b",
    r"\biso\s?\d{2,6}\b",
    r"--\w{1,12}(?:\s(?!--)[\w.:]{1,24})?",
    rf"\b\d{{2,3}}(?:\s?-\s?\d{{2,3}})?\s?mm\s(?:{_OF_A_LENS})(?:\slens)?",
    r"\b(?:portrait|telephoto|macro),?\s\d{2,3}\s?mm\b",
    r"\b(?:lens|focal length|hasselblad|canon|nikon|sony|leica)\s(?:of\s)?\d{2,3}\s?mm\b",
    r"\bf\s?/\s?\d{1,2}(?:\.\d{1,2})?\b|\bf\d{1,2}(?:\.\d{1,2})?\b",
    r"\biso\s?\d{3,6}\b",
    r"\b1/\d{2,5}\s?s(?:ec(?:onds?)?)?\b",
    r"#[0-9a-f]{6}\b",
    r"\bsampler\s?:?\s?\w{2,12}(?:\s(?:a|karras|2m|sde)\b){0,2}",
    r"\b\d{1,3}\s?-?\s?bit\b",
    r"\bscore_\d\w{0,6}\b",
    r"\b(?:seed|cfg(?:\sscale)?|steps|clip skip|denoise|stylize|chaos)\s?[:=]?\s?\d{1,10}(?:\.\d{1,3})?\b",
    r"\b\d{1,2}:\d{1,2}\b",
    r"\b\d{3,5}\s?x\s?\d{3,5}\b",
    r"\b(?:unreal engine|unreal|portra|cinestill|blender|v|niji)\s\d{1,3}\b",
    rf"\b(?:(?:on|against|over)\s(?:a\s|an\s|the\s)?)?(?:(?:{_COLOURS})\s){{1,3}}"
    r"(?:background|backdrop|surface|table|tabletop|palette|colou?rs|tones?)\b",
    rf"\b(?:on|upon|against|atop|beside|over)\s(?:(?!{_PIECE}\b)[\w-]{{1,16}}\s){{0,4}}(?:{_LAID_ON})\b",
    r"\bin the (?:style|manner) of [A-Z]\w{1,20}(?:\s[A-Z]\w{1,20})?",
)
_WORDS = (
    "red carpet", "golden hour", "blue hour", "octane render", "octane", "unreal engine", "artstation", "deviantart",
    "behance", "unsplash", "pinterest", "getty images", "shutterstock", "hasselblad", "canon", "nikon", "leica",
    "fujifilm", "kodak", "portra", "vogue cover", "vogue", "editorial", "cinematic", "bokeh", "v-ray", "vray",
    "keyshot", "redshift", "arnold render", "ray tracing", "raytracing", "ray traced", "hdri", "hdr", "caustics",
    "volumetric light", "volumetric lighting", "volumetric", "trending on", "trending", "masterpiece", "best quality",
    "midjourney", "stable diffusion", "dall-e", "dalle", "cgi", "3d render", "3d model", "shot on film", "shot on",
    "fantasy art", "concept art", "digital art", "dreamlike", "dreamy", "hyperrealistic", "hyper realistic",
    "hyperreal", "ultra realistic", "ultra hd", "uhd", "depth of field", "shallow depth of field", "dramatic lighting",
    "epic lighting", "moody", "rim light", "softbox", "natural window light", "window light", "natural light",
    "aesthetic", "surreal", "cyberpunk", "cottagecore", "fairy core", "old money", "neon", "dark moody",
    "fashion photography", "fashion", "magazine", "instagram", "ad campaign", "campaign", "worn by a model",
    "on a model", "model wearing", "hand wearing", "worn by", "manicure", "floating", "levitating",
    "hip hop style", "hip hop", "portrait",
    "steampunk", "blender cycles", "cycles render", "blender", "sdxl", "flux", "oil painting style", "oil painting",
    "painting style", "ethereal", "macro photography", "product photography", "jewelry photography",
    "isolated on white", "soft daylight", "daylight", "dark background", "on black velvet", "black velvet", "on velvet",
    "draped over marble", "on marble", "raw style", "photorealism", "hyper detailed", "ultra detailed",
    "highly detailed", "insanely detailed", "sharp details",
    "key light", "fill light", "back light", "low key", "high key", "teal and orange",
    "silver gelatin print", "silver gelatin", "platinum print", "daguerreotype", "tintype", "gold leaf background",
    "vermeer lighting", "studio shot", "film grain", "film still", "grainy",
)  # fmt: skip
_CAMERA = re.compile("|".join(_PATTERNS), re.IGNORECASE)
_SCENE = re.compile(
    rf"\b(?:{'|'.join(map(re.escape, sorted(_WORDS, key=len, reverse=True)))})\b", re.IGNORECASE
)
_USUAL = frozenset(
    {"plain white background", "white background", "pure white background", "clean white background"}
)
"""What the studio takes anyway."""


_WEIGHTED = re.compile(r"\(([^():]{1,60}):\d(?:\.\d{1,2})?\)")
_REFUSED = re.compile(r"(?:--no\s|\bnegative(?:\sprompt)?\s?:\s?)((?:(?!--)[^.;|\n]){1,200})", re.IGNORECASE)


def _plainly(text: str) -> str:
    """The text with weighted words bare, and with what a model is told to avoid as a denial."""
    text = _WEIGHTED.sub(r" \1 ", text)
    return _REFUSED.sub(lambda match: f" , without {match[1].replace(',', ' , without ')} , ", text)


_F_NUMBER = re.compile(r"\bf\s?/?\s?(\d{1,2}(?:\.\d{1,2})?)\b", re.IGNORECASE)
_STOPS: dict[float, Aperture] = {8.0: "f/8", 11.0: "f/11", 16.0: "f/16"}
_THIRD = 2.0 ** (1 / 6)
"""A third of a stop: f/7.1 is meant by who says f/8, as f/18 by who says f/16."""


def lens(aside: tuple[str, ...]) -> tuple[str, Aperture] | None:
    """The first words of a camera that tell a stop jewelry is photographed at, f/8 to f/16, and the nearest one.

    Wider ones are told to image models for their look alone, and would leave nothing of a piece but an edge.
    """
    for words in aside:
        for number in map(float, _F_NUMBER.findall(words)):
            if min(_STOPS) / _THIRD <= number <= max(_STOPS) * _THIRD:
                return words, _STOPS[min(_STOPS, key=lambda stop: abs(math.log(stop / number)))]
    return None


def set_aside(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without the words of a camera or an image model, and those words in their order."""
    text = _plainly(text)
    aside: dict[str, None] = {}

    def take(match: re.Match[str]) -> str:
        words = " ".join(match.group().split())
        if words.casefold() in _USUAL:
            return match.group()
        aside[words] = None
        return " , "

    return _SCENE.sub(take, _CAMERA.sub(take, text)), tuple(aside)
