"""The price on the button of Enhance against what is booked once the answer is there."""

import re
from pathlib import Path

import numpy as np
import pytest

from pipeline import framing, images
from pipeline.providers.base import EnhanceRequest, Silent
from pipeline.providers.registry import Registry
from pipeline.records import Region, Role
from pipeline.settings import Settings
from pipeline.stages import enhance
from tests.providers.conftest import World

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
    lines = ["| line | from words | close-up | sketch | 3D | master along |", "|---|---|---|---|---|---|"]
    for row in registry.rows():
        if not any(row.price(role) for role in row.roles):
            continue
        cells = [
            f"{row.price(role):.3f}{' ?' if row.rates[role].guess else ''}" if role in row.limits else ""
            for role in (Role.GENERATE, Role.ENHANCE, Role.SKETCH, Role.MODEL)
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
