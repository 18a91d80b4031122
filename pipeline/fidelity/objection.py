"""What the gate says an answer changed, in words for whoever is asked again."""

from collections.abc import Sequence

from pipeline.records.fidelity import Reason, ReasonName

MOST_OBJECTIONS = 4
"""More at once is not followed."""
_CHANGED: dict[ReasonName, str] = {
    "geometry bent": "the shape was bent",
    "element removed": "an element was left out",
    "stone missing": "a stone was left out",
    "prong missing": "a prong was left out",
    "element added": "an element was added that is not there",
    "recoloured": "the colour was changed",
    "lost profile": "the colour space was dropped, so that all colours changed",
    "squeezed": "the picture was squeezed",
    "thickness changed": "parts became thicker or thinner",
    "texture invented": "a texture was invented",
    "edges tinted": "edges and thin parts took on another colour",
    "texture smoothed away": "a texture was smoothed away",
    "texture painted in": "a texture was painted in",
    "other piece": "another piece was drawn",
    "not registrable": "the framing was changed",
}


def objection(reasons: Sequence[Reason], width: int, height: int) -> str:
    """What the gate says an answer to a crop (pixels) changed, as a request not to do it again; the worst first."""
    worst = sorted(reasons, key=lambda reason: -reason.severity)
    changes = dict.fromkeys(_CHANGED[reason.name] + _place(reason, width, height) for reason in worst)
    named = "; ".join(list(changes)[:MOST_OBJECTIONS]) or "the piece was redrawn"
    return (
        f"An earlier answer to this very picture was refused, because in it {named}. Do not repeat this: there above "
        "all, keep exactly what the input picture shows."
    )


def _place(reason: Reason, width: int, height: int) -> str:
    """Where in the picture, by thirds; nothing where it concerns the whole."""
    if reason.box is None:
        return ""
    x, y, wide, high = reason.box
    across, down = (x + wide / 2) / width, (y + high / 2) / height
    row = "upper" if down < 1 / 3 else "lower" if down > 2 / 3 else ""
    column = "left" if across < 1 / 3 else "right" if across > 2 / 3 else ""
    if row and column:
        return f" at the {row} {column}"
    if row:
        return " at the top" if row == "upper" else " at the bottom"
    return f" at the {column}" if column else " in the middle"
