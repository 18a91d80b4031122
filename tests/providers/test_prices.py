"""The price on each button against what is booked once the answer is there: every line, every job it does."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from pipeline import framing, images
from pipeline.demo.artist import Artist
from pipeline.providers.base import EnhanceRequest, GenerateRequest, Limits, Request, Silent, SketchRequest
from pipeline.providers.registry import Registry
from pipeline.records import Asset, Recipe, Region, Role
from pipeline.settings import Settings
from pipeline.stages import enhance, generate, sketch
from pipeline.stages.subjects import Subject
from tests.providers.conftest import World, build_request
from tests.providers.test_contract import PAIRS

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
MASTER = (2048, 1536)
SIZES = ((180, 200), (320, 240), (620, 460), (300, 900), (1024, 700))
LINES = (
    *(
        "seedream",
        "openai",
        "gemini",
        "stability",
        "fal",
        "fal-seedvr",
        "fal-clarity",
        "fal-topaz",
        "fal-crystal",
    ),
    *(
        "fal-nano-banana",
        "fal-flux",
        "replicate",
        "replicate-clarity",
        "dzine",
        "bfl",
        "magnific",
        "topaz",
        "endpoint",
    ),
)


class Quick(Artist):
    """Delivers blank pictures in the size asked for."""

    def drawn(self, prompt: str, width: int, height: int, seed: int | None = None) -> images.Pixels:
        return np.full((height, width, 3), 255, np.uint8)

    def edited(self, data: bytes, width: int, height: int, prompt: str) -> images.Pixels:
        return self.drawn(prompt, width, height)


@pytest.fixture(autouse=True)
def quick(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Prices do not look at what is on a picture."""
    for server in world.servers.values():
        monkeypatch.setattr(server, "artist", Quick())


@pytest.mark.parametrize("provider_id", LINES)
@pytest.mark.parametrize("factor", [2, 4])
def test_what_the_button_says_is_what_is_booked(world: World, provider_id: str, factor: int) -> None:
    """Within 15 % for small and large regions alike, with the master along where the editor takes it."""
    row = next(row for row in world.registry.rows() if row.id == provider_id)
    limits = row.limits[Role.ENHANCE]
    provider = world.registry.get(provider_id, design_id="d1")
    along = (images.encode_png(np.full((1152, 1536, 3), 250, np.uint8)),) * limits.references
    assert row.reckon is not None
    for number, (width, height) in enumerate(SIZES[:: 2 if provider_id in {"openai", "seedream"} else 1]):
        region = Region(id=f"r{number}", label="stone", x=0, y=0, width=width, height=height)
        shown = enhance.price_of(row.reckon, limits, [region], factor, MASTER)
        useful = enhance.useful_factor(region, factor, limits)
        framed = framing.fit(np.full((height, width, 3), 250 - number, np.uint8), limits, factor=useful)
        before = world.ledger.total(design_id="d1").cost_usd
        size = {"width": framed.width, "height": framed.height}
        request = EnhanceRequest(framed.image, "A ring", factor=useful, references=along, **size)
        provider.run(request, Silent())
        booked = world.ledger.total(design_id="d1").cost_usd - before
        assert shown == pytest.approx(booked, rel=0.15, abs=2e-6), (provider_id, width, height)
        assert shown > 0


PAID = [
    (line.id, role)
    for line, role in PAIRS
    if role not in {Role.ENHANCE, Role.READ} and not line.keyless and line.id != "modelia"
]
"""How long a model thinks over a prompt nobody knows before: the price of a reading is one of usual length."""


@pytest.mark.parametrize(("provider_id", "role"), PAID)
def test_the_other_buttons_say_what_is_booked(world: World, provider_id: str, role: Role) -> None:
    """Within 15 %, in every size a prompt's picture can have, for small and large masters and close-ups."""
    row = next(row for row in world.registry.rows() if row.id == provider_id)
    limits, provider = row.limits[role], world.registry.get(provider_id, design_id="d1")
    assert row.reckon is not None
    for number, (shown, request) in enumerate(_asked(row.reckon, limits, role)):
        before = world.ledger.total(design_id="d1").cost_usd
        provider.run(request, Silent())
        booked = world.ledger.total(design_id="d1").cost_usd - before
        assert shown == pytest.approx(booked, rel=0.15, abs=2e-6), (provider_id, role, number)
        assert shown > 0 or (provider_id, role) == ("endpoint", Role.SKETCH), (
            "whose description names no price"
        )


def _asked(reckon: Callable[..., float], limits: Limits, role: Role) -> Iterator[tuple[float, Request]]:
    """What a button shows, with the request its press leads to."""
    if role is Role.GENERATE:
        for side in (1024, 1536, 2048):
            width, height = framing.nearest_size(limits, side, side)
            asked = GenerateRequest(f"A ring of {side} px", "ring", width, height)
            yield generate.price_of(reckon, limits, side, 4) / 4, asked
    elif role is Role.SKETCH:
        for width, height in ((2048, 2048), (1200, 900), (2400, 1300)):
            recipe = Recipe(role="upload", provider="upload")
            master = Asset(
                id="0" * 64, media_type="image/png", size_bytes=1, width=width, height=height, recipe=recipe
            )
            subject = Subject(1, "master", "General view", master, (0, 0, width, height))
            source = images.within(np.full((height, width, 3), 250 - width % 7, np.uint8), sketch._DRAWN_PX)
            framed = framing.fit(source, limits)
            size = {"width": framed.width, "height": framed.height}
            yield sketch.price_of(reckon, limits, [subject]), SketchRequest(framed.image, "Draw", **size)
    else:
        yield limits.price_usd, build_request(Role.MODEL, limits)[0]


def test_regions_add_up_and_a_master_costs_where_it_is_billed(world: World) -> None:
    """All regions cost what each costs; a vendor that bills pictures sent shows the master's share."""
    row = next(row for row in world.registry.rows() if row.id == "bfl")
    limits = row.limits[Role.ENHANCE]
    regions = [
        Region(id=f"r{n}", label="stone", x=0, y=0, width=width, height=height)
        for n, (width, height) in enumerate(SIZES)
    ]
    assert row.reckon is not None
    each = [enhance.price_of(row.reckon, limits, [region], 4) for region in regions]
    assert enhance.price_of(row.reckon, limits, regions, 4) == pytest.approx(sum(each))
    assert len(set(each)) > 1
    assert enhance.price_of(row.reckon, limits, regions, 4, MASTER) > sum(each)


def table_of_prices() -> str:
    """What the README shows: each line that costs something, by what it is asked for."""
    registry = Registry(Settings(_env_file=None), None, None, {})  # type: ignore[arg-type]
    names = ("line", "from words", "close-up", "sketch", "3D", "a reading", "master along")
    lines = [f"| {' | '.join(names)} |", f"|{'---|' * len(names)}"]
    for row in registry.rows():
        if not any(row.price(role) for role in row.roles):
            continue
        cells = [
            f"{row.price(role):.3f}{' ?' if row.rates[role].guess else ''}" if role in row.limits else ""
            for role in (Role.GENERATE, Role.ENHANCE, Role.SKETCH, Role.MODEL, Role.READ)
        ]
        along = "yes" if Role.ENHANCE in row.limits and row.limits[Role.ENHANCE].references else ""
        lines.append(f"| {' | '.join((row.name, *cells, along))} |")
    return "\n".join(lines)


def test_the_readme_tells_todays_prices() -> None:
    """Every line that costs something stands between the marks with its own figures."""
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    shown = re.search(r"<!-- prices -->\n(.*?)\n?<!-- /prices -->", readme, re.DOTALL)
    assert shown is not None
    assert shown.group(1) == table_of_prices()
