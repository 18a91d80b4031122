"""What every adapter of a remote service has in common: a connection, models, limits, prices."""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.errors import Unsupported
from pipeline.images import dimensions
from pipeline.providers.base import (
    Answer,
    GenerateRequest,
    Limits,
    PictureRequest,
    Request,
    Watch,
    pictures_of,
    role_of,
)
from pipeline.providers.call.connection import DEMO, Connection
from pipeline.providers.call.failures import NotAccepted, unusable
from pipeline.providers.call.http import Door, kept_alive, rest
from pipeline.providers.call.prices import Price, price
from pipeline.records import Role

Size = tuple[int, int]
_MOST_USD = 100.0
"""No answer costs more; a service that tells so has told something else."""
USUAL_PIXELS = 4_194_304
"""2048 x 2048: what the price of one call is stated for."""


class Remote:
    """A remote service. An adapter sets its limits and says what each of its jobs sends."""

    def __init__(
        self,
        connection: Connection,
        models: Mapping[Role, str],
        limits: Mapping[Role, Limits],
        *,
        tariff: str = "",
    ) -> None:
        self.connection = connection
        self._models = models
        self._tariff = tariff
        self.limits = {
            role: replace(
                limit, price_usd=self.rate(role).of(min(USUAL_PIXELS, (limit.answer or limit).max_pixels))
            )
            for role, limit in limits.items()
        }

    @property
    def id(self) -> str:
        """Registry id."""
        return self.connection.provider

    @property
    def name(self) -> str:
        """Name shown to people."""
        return self.connection.name

    @property
    def place(self) -> str:
        """The address, where it is not the vendor's own."""
        return self.connection.place

    def model(self, role: Role) -> str:
        """The model id used for a role."""
        return self._models[role]

    def rate(self, role: Role) -> Price:
        """What a call of this kind costs, and where the figure comes from."""
        return price(self._tariff or self._models[role])

    def price(self, request: Request) -> float:
        """Estimated US dollars of one request."""
        if not isinstance(request, PictureRequest):
            return self.rate(role_of(request)).of()
        sent = () if isinstance(request, GenerateRequest) else pictures_of(request)
        return self.reckon(role_of(request), size_of(request), [dimensions(image) for image in sent])

    def reckon(self, role: Role, wanted: Size, sent: Sequence[Size] = ()) -> float:
        """Estimated US dollars of an answer of (width, height) made of pictures of these sizes."""
        return self.rate(role).of(math.prod(wanted), [math.prod(size) for size in sent])

    def run(self, request: Request, watch: Watch) -> Answer:
        """Do the job. Raises a ProviderError, or Cancelled."""
        role = role_of(request)
        if role not in self.limits:
            raise Unsupported(
                f"{self.name} does not do this step; choose another provider.", provider=self.id
            )
        with kept_alive():
            answer = self._ordered(request, watch)
        cost = answer.cost_usd if 0.0 < answer.cost_usd < _MOST_USD else self.price(request)
        model = answer.model or self.model(role)
        if self.place == DEMO:
            model = f"{model} (demo)"  # recipes and showcases must not take a stand-in for the real model
        return replace(answer, model=model, cost_usd=round(cost, 6))

    def _ordered(self, request: Request, watch: Watch) -> Answer:
        """Do the job; an order refused as one too many was never taken, and is sent again when it may be."""
        pace = self.connection.pace
        until = time.monotonic() + pace.order_patience_s
        while True:
            try:
                return self._do(request, watch)
            except NotAccepted as error:
                wait_s = error.wait_s
                if wait_s is None or wait_s > pace.retry_most_s or time.monotonic() + wait_s > until:
                    raise
                watch.progress(0.02, f"{self.name} asks to wait {wait_s:.0f} s")
                rest(wait_s, watch)

    def _do(self, request: Request, watch: Watch) -> Answer:
        raise NotImplementedError


def pixels_of(request: PictureRequest) -> int:
    """Pixels of the picture asked for."""
    width, height = size_of(request)
    return width * height


def size_of(request: PictureRequest) -> tuple[int, int]:
    """(width, height) of the picture asked for."""
    if request.width and request.height:
        return request.width, request.height
    return (1024, 1024) if isinstance(request, GenerateRequest) else dimensions(request.image)


def shortened(prompt: str, most: int) -> str:
    """A prompt of at most so many characters, cut between two words where it is longer."""
    return prompt if len(prompt) <= most else prompt[: most + 1].rpartition(" ")[0][:most] or prompt[:most]


def seed_of(request: Request) -> int:
    """The seed to send: another take is another seed, or a service that honours seeds would repeat itself."""
    return (getattr(request, "seed", 0) + 7919 * request.take) % 2**31


def known_model(door: Door, connection: Connection, model: str, field: str) -> str:
    """A sentence on a model's own record, which costs nothing to ask for. Raises what a real call would raise."""
    with unusable(connection.provider, connection.name):
        known = door.get(f"/models/{model}").json()[field]
    return f"{connection.name} knows the key and the model {str(known)[:80]}."
