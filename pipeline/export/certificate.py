"""The certificate: for every close-up what was measured, in figures and in plain words. Page and dossier print it."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.export.proof import Composite, prove
from pipeline.records import Asset, CloseUp, Design, is_only_enlarged
from pipeline.records.provenance import NOT_MEASURED, Provenance
from pipeline.store import Store

CLAIM = "Zero drift at the master’s resolution, measured on every close-up."
METHOD = (
    "Each close-up is averaged down to the pixels of the master and compared with the exact crop it was made "
    "from: as PSNR over the whole picture, as the lowest PSNR of any 7 × 7 window, and as the largest colour "
    "difference (CIEDE2000) between window means. Drift sums this up from 0 to 1: it warns from 0.5 and fails "
    "from 0.7."
)
LIMITS = (
    "Detail finer than one pixel of the master is not in the master. No measurement can compare it; the column "
    "“fine detail” says how it came to be.",
    "The master itself is taken as it is: this certificate says that the views agree with it, not that it shows "
    "an existing object.",
    "The 3D view and the sketches carry their own figures where they were measured.",
)
CHECK = "python -m pipeline verify design.loupe"
_SEALS = {"pass": "Same piece", "repaired": "Repaired to the same piece", "fail": "Redesigned"}
_DELIVERED = "As delivered"
_ENLARGED = "Enlarged only, no detail added"
_UNMEASURED = "Imported, not measured here"
_REFUTED = "Imported figures do not hold"


@dataclass(frozen=True)
class Entry:
    """One close-up on the certificate. Figures in dB and ΔE, drift 0..1."""

    close_up: CloseUp
    number: int
    label: str
    seal: str
    tone: str
    """`pass`, `repaired`, `fail` or `plain`, no praise and no warning: the colour of the seal."""
    doubt: str
    """Why the figures of an imported close-up are not to be relied on; empty where they are."""
    agreement_db: float
    """LR-PSNR of the picture that is shown."""
    worst_db: float
    delta_e: float
    raw_db: float
    raw_verdict: str
    drift: float
    reasons: tuple[str, ...]
    detail: str
    maker: str
    dial: str

    @property
    def crop(self) -> Asset:
        """The master's own pixels."""
        return self.close_up.crop

    @property
    def result(self) -> Asset:
        """The picture that is shown."""
        return self.close_up.result


@dataclass(frozen=True)
class Certificate:
    """One per design."""

    claim: str
    whole: bool
    """Whether the claim holds without exception."""
    entries: tuple[Entry, ...]
    composite: Composite | None
    cost_usd: float
    seconds: float


def certify(store: Store, design: Design) -> Certificate:
    """Gather the figures of the close-ups that stand, and lay them back into the master."""
    branch = design.branch
    close_ups = branch.chosen_close_ups if branch else ()
    provenance = store.provenance(design.id)
    entries = tuple(_entry(c, n, provenance) for n, c in enumerate(close_ups, 1))
    good = sum(_stands(entry.close_up) and not entry.doubt for entry in entries)
    whole = holds(close_ups, provenance)
    recipes = [asset.recipe for asset in design.assets()]
    return Certificate(
        claim=CLAIM if whole else _partial(good, len(entries)),
        whole=whole,
        entries=entries,
        composite=prove(store, branch) if branch else None,
        cost_usd=sum(recipe.cost_usd for recipe in recipes),
        seconds=sum(recipe.seconds for recipe in recipes),
    )


def spent(seconds: float) -> str:
    """Tell seconds of work as people do: 40 s, 4 min 10 s, 1 h 5 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return (
            f"{whole // 60} min {whole % 60} s" if whole % 60 and whole < 600 else f"{round(whole / 60)} min"
        )
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def largest(level: int) -> str:
    """Tell the largest difference of the composite-back."""
    if level == 0:
        return "Not one pixel differs."
    return f"No pixel differs by more than {level} of 255 levels."


def holds(close_ups: Sequence[CloseUp], provenance: Provenance | None = None) -> bool:
    """Say whether the claim holds: there are close-ups, and none failed, was left as delivered or is in doubt."""
    doubtful = provenance is not None and any(provenance.doubt(c.id) for c in close_ups)
    return bool(close_ups) and all(map(_stands, close_ups)) and not doubtful


def _stands(close_up: CloseUp) -> bool:
    return close_up.verdict != "fail" and close_up.dial != "as delivered"


def _entry(close_up: CloseUp, number: int, provenance: Provenance | None) -> Entry:
    report, recipe = close_up.fidelity, close_up.raw.recipe
    delivered = close_up.dial == "as delivered"
    doubt = provenance.doubt(close_up.id) if provenance else ""
    seal = _DELIVERED if delivered else _SEALS[close_up.verdict]
    tone: str = ("repaired" if close_up.verdict != "fail" else "fail") if delivered else close_up.verdict
    if is_only_enlarged(close_up) and not delivered:
        seal, tone = _ENLARGED, "plain"
    if doubt:
        seal, tone = (_UNMEASURED, "repaired") if doubt == NOT_MEASURED else (_REFUTED, "fail")
    return Entry(
        close_up=close_up,
        number=number,
        label=close_up.region.label,
        seal=seal,
        tone=tone,
        doubt=doubt,
        agreement_db=close_up.shown.lr_psnr_db,
        worst_db=close_up.shown.worst_window_db,
        delta_e=close_up.shown.delta_e_max,
        raw_db=report.raw.lr_psnr_db,
        raw_verdict=report.raw_verdict,
        drift=report.drift,
        reasons=tuple(f"{r.name} (severity {r.severity:.2f})" for r in report.reasons),
        detail=recipe.detail or "not stated",
        maker=" · ".join(dict.fromkeys(word for word in (recipe.provider, recipe.model) if word)),
        dial=close_up.dial,
    )


def _partial(good: int, total: int) -> str:
    if not total:
        return "No close-up has been made yet; there is nothing to certify."
    return f"{good} of {total} close-ups were measured to show the same piece; the others are marked."
