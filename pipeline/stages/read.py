"""Read: a language model reads a prompt into a piece, beside the atelier's own reading; the user chooses."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator

from pipeline.errors import BadPrompt
from pipeline.jobs import Job
from pipeline.prompts import checked_prompt
from pipeline.providers.base import Provider, ReadRequest, Watch
from pipeline.records import Design, Kind, ModelsReading, Role
from pipeline.stages.tools import StageOrder, Tools

if TYPE_CHECKING:
    from pipeline.atelier.language.prompt import Reading
    from pipeline.atelier.spec import Spec


class ReadOrder(StageOrder):
    """A prompt read by a model; `kind` is the one chosen beside it, if any. Nothing is made of it yet."""

    verb: Literal["read"] = "read"
    provider: str
    prompt: Annotated[str, AfterValidator(checked_prompt)]
    kind: Kind | None = None

    def check(self, tools: Tools) -> None:
        """Refuse a reader that is not ready."""
        tools.provider(self.provider, Role.READ)

    def run(self, tools: Tools, job: Job) -> None:
        """One row, the reading; the design keeps it."""
        read(tools, job, self.provider, self.prompt, self.kind)

    def left(self, items: Sequence[str]) -> Self | None:
        """Nothing once it is read."""
        return self if items else None

    def again(self, failed: Sequence[str], provider: str) -> Self:  # noqa: ARG002 - there is one reading
        """The same prompt by this reader."""
        return self.model_copy(update={"provider": provider})


def read(tools: Tools, job: Job, provider_id: str, prompt: str, kind: Kind | None) -> ModelsReading | None:
    """The reading of a prompt, as a row of the job: the one the design keeps, or asked for; None where that failed."""
    design_id = job.order.design_id
    kept = tools.store.load(design_id).reading
    if kept is not None and (kept.provider, kept.prompt, kept.chosen) == (provider_id, prompt, kind):
        return kept
    provider = tools.provider(provider_id, Role.READ)
    readings: list[ModelsReading] = []

    def one(prompt: str, watch: Watch) -> None:
        reading = ask(provider, prompt, kind, watch)
        readings.append(reading)
        tools.store.update(design_id, lambda design: design.model_copy(update={"reading": reading}))

    job.each([("Reading", prompt)], one, place=tools.place(provider, Role.READ))
    return readings[0] if readings else None


def ask(provider: Provider, prompt: str, kind: Kind | None, watch: Watch) -> ModelsReading:
    """Have a model read a prompt. Raises what the provider raises."""
    from pipeline.atelier.language import reader

    request = ReadRequest(prompt, reader.instructions(kind), reader.schema())
    answer = provider.run(request, watch)
    reading = reader.understood(answer.data, by_atelier(prompt, kind).spec, kind)
    return ModelsReading(
        provider=provider.id,
        name=provider.name,
        model=answer.model,
        prompt=prompt,
        chosen=kind,
        origin=reading.spec.model_dump_json(exclude_none=True) if reading.spec else "",
        sentences=reading.sentences,
    )


def by_atelier(prompt: str, kind: Kind | None) -> "Reading":
    """The atelier's own reading of a prompt."""
    from pipeline.atelier.language.prompt import read as by_grammar

    return by_grammar(prompt, kind=kind)


def piece(reading: ModelsReading, seed: int) -> str:
    """The piece of the reading's series that a seed names, as an origin. Raises BadPrompt for a reading of none."""
    from pipeline.atelier.series import member
    from pipeline.atelier.spec import called

    spec = _spec(reading)
    if spec is None:
        raise BadPrompt(
            f"{reading.name} read no piece that can be made here. {' '.join(reading.sentences)}".strip()
        )
    sibling, _ = member(spec, seed, by_atelier(reading.prompt, reading.chosen or called(spec)))
    return sibling.model_dump_json(exclude_none=True)


def kind_read(reading: ModelsReading, otherwise: Kind) -> Kind:
    """The kind of piece a reading is of."""
    from pipeline.atelier.spec import called

    spec = _spec(reading)
    return called(spec) if spec is not None else otherwise


def differing(reading: ModelsReading) -> "tuple[tuple[str, str, str], ...]":
    """Field, the atelier's value, the model's: what differs of the two readings, in words."""
    from pipeline.atelier.differences import compared

    spec = _spec(reading)
    if spec is None:
        return ()
    rows = compared(by_atelier(reading.prompt, reading.chosen).spec, spec)
    return tuple((row.field, row.first, row.second) for row in rows)


def _spec(reading: ModelsReading) -> "Spec | None":
    """The piece it is of; None where it is of none, or of one that this edition does not make."""
    from pipeline.atelier.spec import Spec

    try:
        return Spec.model_validate_json(reading.origin)
    except ValueError:
        return None


def in_sentences(reading: ModelsReading) -> list[str]:
    """A reading in sentences: whose it is, what differs from the atelier's own, what was left out."""
    rows = [f"{field}: {second} (the atelier reads {first})" for field, first, second in differing(reading)]
    head = f"Read by {reading.name} ({reading.model})"
    if _spec(reading) is None:
        return [f"{head} as no piece that can be made here.", *reading.sentences]
    return [
        f"{head}; {'; '.join(rows)}." if rows else f"{head}, as the atelier reads it.",
        *reading.sentences,
    ]


def keep_own(design: Design) -> Design:
    """The design without a model's reading: the atelier's own stands."""
    return design.model_copy(update={"reading": None})
