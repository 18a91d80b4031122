"""How a picture was made, in the words other programs read: XMP with IPTC's digital source type.

Terms: https://cv.iptc.org/newscodes/digitalsourcetype/. Only what a recipe says is claimed; an uploaded
picture's origin is its owner's to state.
"""

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from pipeline.records.words import Detail, Role

_TERMS = "http://cv.iptc.org/newscodes/digitalsourcetype/"
GENERATED = f"{_TERMS}trainedAlgorithmicMedia"
"""Made by a trained model from words."""
COMPOSITE = f"{_TERMS}compositeWithTrainedAlgorithmicMedia"
"""An existing picture with parts made by a trained model."""
RENDERED = f"{_TERMS}algorithmicMedia"
"""Made by an algorithm that was trained on nothing."""
ENHANCED = f"{_TERMS}algorithmicallyEnhanced"
"""An existing picture, sharpened or enlarged by an algorithm."""

_BY_DETAIL: dict[str, str] = {
    Detail.RENDERED: RENDERED,
    Detail.INTERPOLATED: ENHANCED,
    Detail.UPSCALED: ENHANCED,
    Detail.REDRAWN: COMPOSITE,
}


def source_type(recipe: Mapping[str, Any]) -> str:
    """Name the IPTC digital source type of what a recipe made; empty where the recipe does not tell."""
    kind = _BY_DETAIL.get(str(recipe.get("detail", "")), "")
    return GENERATED if kind == COMPOSITE and recipe.get("role") == Role.GENERATE else kind


def xmp(recipe: Mapping[str, Any]) -> str:
    """Write an XMP packet for a picture; empty where there is nothing to tell."""
    kind = source_type(recipe)
    return packet(kind, maker=str(recipe.get("provider", ""))) if kind else ""


def packet(kind: str, *, maker: str = "", title: str = "") -> str:
    """Write an XMP packet with a digital source type, the maker and a title (ISO 16684-1)."""
    tool = f"Loupe ({maker})" if maker else "Loupe"
    named = (
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title>'
        if title
        else ""
    )
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
        'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<Iptc4xmpExt:DigitalSourceType>{escape(kind)}</Iptc4xmpExt:DigitalSourceType>"
        f"<xmp:CreatorTool>{escape(tool)}</xmp:CreatorTool>{named}"
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    )
