"""The careless model: a provider that redesigns what it should only sharpen, so that the gate can be seen at work.

It reaches no network. What it does wrong is given to it, since providers know nothing of the gate.
"""

from collections.abc import Callable, Mapping

from pipeline.errors import Unsupported
from pipeline.providers.base import Answer, EnhanceRequest, Limits, Request, Watch
from pipeline.records import Detail, Role

Spoil = Callable[[bytes, int, int], tuple[bytes, tuple[str, ...]]]
"""(crop as encoded picture, seed, factor) -> (spoilt enlargement, its faults in words); same in, same out."""


class Careless:
    """Enhances, badly."""

    id = "careless"
    name = "Careless model (demo)"
    limits: Mapping[Role, Limits] = {
        Role.ENHANCE: Limits(factors=(2, 4), concurrency=2, seed=True, detail=Detail.REDRAWN)
    }

    def __init__(self, spoil: Spoil) -> None:
        self._spoil = spoil

    def model(self, role: Role) -> str:
        """The method's name and version."""
        return "careless 1"

    def run(self, request: Request, watch: Watch) -> Answer:
        """Enlarge the crop and spoil it; another take makes other faults."""
        if not isinstance(request, EnhanceRequest):
            raise Unsupported("The careless model only enhances; choose another provider.", provider=self.id)
        watch.progress(0.2, "redesigning")
        data, faults = self._spoil(request.image, request.seed + request.take, request.factor)
        return Answer(data, self.model(Role.ENHANCE), notes={"faults": "; ".join(faults)})
