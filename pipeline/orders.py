"""Every kind of order there is, told apart by its verb; each stands beside the stage that carries it out."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from pipeline.errors import BadInput
from pipeline.jobs import Order, fault_in_words
from pipeline.stages.angles import TurntableOrder, ViewsOrder
from pipeline.stages.edition import RenewOrder
from pipeline.stages.enhance import BakeOffOrder, EnhanceOrder
from pipeline.stages.generate import CandidatesOrder, EditOrder, MasterOrder
from pipeline.stages.handout import HandOutOrder
from pipeline.stages.model3d import ModelOrder
from pipeline.stages.read import ReadOrder
from pipeline.stages.sketch import SketchOrder
from pipeline.stages.trace import TraceOrder
from pipeline.stages.variant import VariantOrder
from pipeline.stages.whole import WholeSetOrder


class CatalogueOrder(Order):
    """The rows of a catalogue that are not finished; `design_id` is the catalogue's. No stage carries it out."""

    verb: Literal["catalogue"]


AnyOrder = Annotated[
    ReadOrder
    | CandidatesOrder
    | EditOrder
    | MasterOrder
    | RenewOrder
    | VariantOrder
    | EnhanceOrder
    | BakeOffOrder
    | SketchOrder
    | ModelOrder
    | TraceOrder
    | ViewsOrder
    | TurntableOrder
    | HandOutOrder
    | WholeSetOrder,
    Field(discriminator="verb"),
]

__all__ = [
    "AnyOrder",
    "BakeOffOrder",
    "CandidatesOrder",
    "CatalogueOrder",
    "EditOrder",
    "EnhanceOrder",
    "HandOutOrder",
    "MasterOrder",
    "ModelOrder",
    "ReadOrder",
    "RenewOrder",
    "SketchOrder",
    "TraceOrder",
    "TurntableOrder",
    "VariantOrder",
    "ViewsOrder",
    "WholeSetOrder",
    "read",
]

_KINDS: TypeAdapter[AnyOrder] = TypeAdapter(AnyOrder)
_WITHOUT_PROVIDER = {
    "set",
    "bakeoff",
    "views",
    "turntable",
    "export-page",
    "export-dossier",
    "export-archive",
}


def read(fields: object) -> AnyOrder:
    """An order from plain data, as notes keep it. Raises BadInput in one sentence."""
    try:
        return _KINDS.validate_python(fields)
    except ValidationError as error:
        raise BadInput(fault_in_words(error)) from error


def read_note(fields: object) -> AnyOrder | CatalogueOrder:
    """An order from the note of interrupted work, also of the time before orders had kinds. Raises BadInput.

    Then every order could carry a provider, empty or of no account.
    """
    if isinstance(fields, Mapping) and fields.get("verb") == "catalogue":
        return CatalogueOrder.model_validate(fields)
    if isinstance(fields, Mapping) and (
        not fields.get("provider") or fields.get("verb") in _WITHOUT_PROVIDER
    ):
        fields = {name: value for name, value in fields.items() if name != "provider"}
    return read(fields)
