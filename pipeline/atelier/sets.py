"""The set that a piece belongs to, as variants that are made beside it."""

from pipeline.atelier.companions import companions
from pipeline.atelier.language.describe import title
from pipeline.atelier.ranges import Variant
from pipeline.atelier.spec import Spec, composed


def others(spec: Spec) -> tuple[Variant, ...]:
    """The other pieces of the set, each called by its title."""
    return tuple(Variant(title(piece), composed(piece)) for piece in companions(spec))
