"""Whether a fit may stand by itself, and the sentence that says how far the model follows its photograph."""

from dataclasses import dataclass

LEAST_IOU, MOST_EDGE_PX, LEAST_R2, LEAST_LEAD = 0.93, 4.0, 0.25, 0.02
"""An outline alone calls wrong pieces right: four of six wrong fits scored .86 to .97. So the outlines must lie near
each other in pixels of 1024 too, a stone must explain the colours where it lies, and no other family may do nearly as
well.
"""


@dataclass(frozen=True)
class Figures:
    """How a model lies on its photograph: `iou` of the outlines, `edge_px` between them in pixels of 1024, `r2` of the
    colours by stone and metal (None without stones), `lead` over the next family (None where one was asked for),
    `points_px` the mean distance of placed points (None without any).
    """

    iou: float
    edge_px: float
    r2: float | None = None
    lead: float | None = None
    points_px: float | None = None
    own_outline: bool = False
    """The model was cut after this very mask, so its agreement is no proof."""
    opened: bool = True
    """The opening that the piece has by nature is seen, in the model and in the mask; where neither points nor pixels
    show it, a plug has the same outline as a ring seen along its side."""
    unsure: tuple[str, ...] = ()
    """What placed points leave open, each as a clause."""

    @property
    def numbers(self) -> dict[str, float]:
        """The figures there are, rounded to what they mean."""
        rounded = {
            "iou": round(self.iou, 4),
            "edge_px": round(self.edge_px, 2),
            "stone_r2": None if self.r2 is None else round(self.r2, 2),
            "lead": None if self.lead is None else round(self.lead, 3),
            "points_px": None if self.points_px is None else round(self.points_px, 1),
        }
        return {name: value for name, value in rounded.items() if value is not None}


def doubts(figures: Figures) -> tuple[str, ...]:
    """Why a fit cannot stand by itself, each as a clause; none where it can."""
    reasons = []
    if figures.own_outline:
        reasons.append(
            "its outline was cut after this mask, which proves nothing, and its thickness is a guess"
        )
    if figures.iou < LEAST_IOU:
        reasons.append(f"the outlines agree to {figures.iou:.2f} only")
    if figures.edge_px > MOST_EDGE_PX:
        reasons.append(f"they lie {figures.edge_px:.1f} px apart")
    if not figures.opened:
        reasons.append("its opening is not seen, so how deep it is and how it leans is a guess")
    if figures.r2 is not None and figures.r2 < LEAST_R2:
        reasons.append("the stone's colours do not show where the model has it")
    if figures.lead is not None and figures.lead < LEAST_LEAD:
        reasons.append("another family fits nearly as well")
    return (*reasons, *figures.unsure)


def in_words(figures: Figures) -> str:
    """The provenance of a traced model: Modelled after the photograph: outline .93, 4.1 px apart."""
    clauses = [f"outline {figures.iou:.2f}".replace("0.", "."), f"{figures.edge_px:.1f} px apart"]
    if figures.r2 is not None:
        clauses.append(f"stone colours agree {max(figures.r2, 0):.1f}".replace("0.", "."))
    if figures.points_px is not None:
        clauses.append(f"placed points {figures.points_px:.1f} px off")
    sentence = f"Modelled after the photograph: {', '.join(clauses)}."
    reasons = doubts(figures)
    return f"{sentence} Rough: {'; '.join(reasons)}." if reasons else sentence
