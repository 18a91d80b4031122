"""What a model's name changes: sizes, fields, prices, regions. No network, no key."""

from pathlib import Path

import pytest

from pipeline import errors, framing
from pipeline.providers.base import Frame
from pipeline.providers.call.connection import Connection
from pipeline.providers.call.prices import PRICES, price
from pipeline.providers.registry import TABLE, Registry
from pipeline.providers.vendors.fal import FAMILIES as FAL_FAMILIES
from pipeline.providers.vendors.fal import Fal
from pipeline.providers.vendors.gemini import Gemini
from pipeline.providers.vendors.openai import OpenAI
from pipeline.providers.vendors.replicate import CLARITY, HUNYUAN3D, SDXL, Replicate
from pipeline.providers.vendors.replicate import PROGRAMS as REPLICATE_PROGRAMS
from pipeline.providers.vendors.seedream import Seedream
from pipeline.providers.vendors.stability import Stability
from pipeline.records import Detail, Role
from pipeline.settings import Settings


def connection(url: str = "https://api.example.com") -> Connection:
    return Connection("x", "X", url, None, "LOUPE_X_API_KEY", None)  # type: ignore[arg-type]


def answer(provider: Seedream | OpenAI | Gemini) -> Frame:
    frame = provider.limits[Role.ENHANCE].answer
    assert frame is not None
    return frame


@pytest.mark.parametrize(
    ("model", "allowed", "refused"),
    [
        ("seedream-4-0-250828", (1024, 1024), (640, 640)),
        ("seedream-4-5-251128", (2048, 2048), (1024, 1024)),
        ("seedream-5-0-260128", (2048, 2048), (1024, 1024)),
        ("dola-seedream-5-0-pro-260628", (1024, 1024), (2304, 2304)),
        ("seedream-5-5-261028", (1024, 1024), (1000, 1000)),
    ],
)
def test_seedream_families_have_their_own_sizes(
    model: str, allowed: tuple[int, int], refused: tuple[int, int]
) -> None:
    """1024 x 1024 is legal on 4.0 and 5 pro, and too small for 4.5 and 5 lite."""
    frame = answer(Seedream(connection(), model=model))
    assert frame.allows(*allowed)
    assert not frame.allows(*refused)


def test_seedream_in_china_has_another_name() -> None:
    """Volcengine calls the same model doubao-; endpoint ids are left alone."""
    china = connection("https://ark.cn-beijing.volces.com/api/v3")
    assert Seedream(china, model="seedream-4-0-250828").model(Role.ENHANCE) == "doubao-seedream-4-0-250828"
    assert Seedream(china, model="ep-2026-abc").model(Role.ENHANCE) == "ep-2026-abc"


def test_openai_families_have_their_own_sizes() -> None:
    """gpt-image-1.5 knows three sizes, gpt-image-2 and later any multiple of 16 within bounds."""
    old, new = (
        answer(OpenAI(connection(), model="gpt-image-1.5")),
        answer(OpenAI(connection(), model="gpt-image-2")),
    )
    assert old.allows(1536, 1024)
    assert not old.allows(1600, 1200)
    assert new.allows(1600, 1200)
    assert not new.allows(1600, 1201)
    assert not new.allows(3840, 1024)


def test_gemini_lite_knows_one_size() -> None:
    """The lite models make 1K pictures only."""
    assert len(answer(Gemini(connection(), model="gemini-3.1-flash-lite-image")).sizes) == 10
    assert answer(Gemini(connection(), model="gemini-nano-banana-2.1")).allows(4096, 4096)


def test_super_resolution_and_redrawing_are_told_apart() -> None:
    """What redraws every pixel says so before it is chosen."""
    lines = {line.id: line for line in TABLE}
    told = Settings(_env_file=None)
    detail = {
        name: lines[name].make(told, connection()).limits[Role.ENHANCE].detail
        for name in ("seedream", "openai", "gemini", "fal", "replicate", "stability-conservative")
    }
    assert set(detail.values()) == {Detail.REDRAWN}
    for name in ("stability", "fal-seedvr", "fal-topaz", "fal-clarity", "fal-crystal", "replicate-clarity"):
        assert lines[name].make(told, connection()).limits[Role.ENHANCE].detail is Detail.UPSCALED


@pytest.mark.parametrize("line", TABLE, ids=lambda line: line.id)
def test_every_usual_region_can_be_framed(line) -> None:
    """From a small clasp to a whole chain, crops of a 2048 master fit every service that enhances or draws."""
    if line.file:
        pytest.skip("described by its owner")
    limits = line.make(Settings(_env_file=None), connection()).limits
    for role in (Role.ENHANCE, Role.SKETCH):
        for width, height in ((120, 120), (320, 240), (500, 900), (1100, 480)):
            if role in limits:
                crop = framing.np.full((height, width, 3), 250, framing.np.uint8)
                framed = framing.fit(crop, limits[role], factor=4 if role is Role.ENHANCE else 1)
                used = framed.content[0] * framed.content[1] * framed.prescale**2
                assert used >= 0.3 * framed.canvas[0] * framed.canvas[1], "mostly padding"
                assert framed.enlargement >= 1


@pytest.mark.parametrize("make", [Fal, Replicate])
def test_an_unknown_family_is_told(make) -> None:
    """A model nobody has described gives a sentence that names the known families."""
    told = {"endpoints" if make is Fal else "models": {Role.ENHANCE: "someone/mystery"}}
    with pytest.raises(errors.Unsupported, match="seedream"):
        make(connection(), **told)


def test_a_setting_that_is_no_use_does_not_hide_the_table(tmp_path: Path) -> None:
    """One bad model id makes one row unusable, and says why."""
    settings = Settings(fal_api_key="k", fal_3d_model="someone/mystery", data_dir=tmp_path, _env_file=None)
    registry = Registry(settings, None, None, {})  # type: ignore[arg-type]
    rows = {row.id: row for row in registry.rows()}
    assert not rows["fal"].ready
    assert "someone/mystery" in rows["fal"].trouble
    assert rows["fal-seedvr"].ready


def test_every_line_has_a_dated_price() -> None:
    """Every line has a price with its day and source, or says that it is a guess."""
    told = Settings(_env_file=None)
    for line in TABLE:
        if not line.file:
            provider = line.make(told, connection())
            for role, limits in provider.limits.items():
                assert limits.price_usd > 0 or line.keyless, "only a box of one's own is free"
                assert provider.rate(role).basis, f"{line.id} {role}"
    assert all(entry.guess or (entry.seen and entry.source) for entry in PRICES.values())
    assert {name for name, entry in PRICES.items() if entry.guess} == {"tripo", "dzine", "magnific"}
    assert price("unheard-of").guess


def test_prices_follow_the_size() -> None:
    """SeedVR is priced by the megapixel, Seedream by the picture."""
    assert price("fal-ai/seedvr/upscale/image").of(16_000_000) == pytest.approx(0.016)
    assert price("doubao-seedream-4-0-250828").of(16_000_000) == pytest.approx(0.03)


def test_a_step_in_a_price_is_a_step() -> None:
    """Where a larger answer is dearer by a step, each side of the step has its own price, and none between."""
    for name, pixels, usd in (
        ("dola-seedream-5-0-pro-260628", 2_300_000, 0.045),
        ("dola-seedream-5-0-pro-260628", 2_400_000, 0.09),
        ("fal-ai/nano-banana-pro/edit", 2048 * 2048, 0.15),
        ("fal-ai/nano-banana-pro/edit", 4096 * 4096, 0.30),
        ("gemini-3-pro-image", 1024 * 1024, 0.134),
        ("fal-ai/flux-2-pro/edit", 1_000_000, 0.03),
        ("fal-ai/flux-2-pro/edit", 2_000_001, 0.06),
        ("topaz", 24_000_000, 0.08),
        ("topaz", 24_000_001, 0.16),
    ):
        assert price(name).of(pixels) == pytest.approx(usd), name


def test_two_providers_cannot_share_an_id() -> None:
    """A built-in provider cannot be hidden by a line of the table."""
    with pytest.raises(ValueError, match="same id"):
        Registry(Settings(_env_file=None), None, None, {"meshy": Stability(connection(), model="m")})  # type: ignore[arg-type]


def test_an_unknown_id_names_the_known_ones() -> None:
    """A misspelt provider gives a sentence with all ids."""
    with pytest.raises(errors.Unsupported, match="seedream, openai"):
        Registry(Settings(_env_file=None), None, None, {}).get("seedreem")  # type: ignore[arg-type]


def test_openais_quality_is_a_choice_and_the_price_follows() -> None:
    """Less work costs less, more costs more and says that it is a guess; another quality is another question."""
    usd, names = [], set()
    for quality in ("low", "medium", "high", "xhigh", "max"):
        provider = OpenAI(connection(), model="gpt-image-2.6-sunburst", quality=quality)
        usd.append(provider.rate(Role.GENERATE).of(4_194_304))
        names.add(provider.model(Role.GENERATE))
        assert provider.rate(Role.GENERATE).guess == (quality in {"xhigh", "max"})
    assert usd == sorted(usd)
    assert usd[0] < 0.1 < usd[2]
    assert len(names) == 5


@pytest.mark.parametrize(
    ("model", "quality", "size", "usd"),
    [
        ("gpt-image-2", "high", (1024, 1024), 7024 * 30e-6),
        ("gpt-image-2", "high", (1536, 1024), 5488 * 30e-6),
        ("gpt-image-2", "high", (1792, 1024), 5063 * 30e-6),
        ("gpt-image-2.6-sunburst", "high", (3584, 2048), 12_329 * 30e-6),
        ("gpt-image-2", "low", (1024, 1024), 196 * 30e-6),
        ("gpt-image-2", "medium", (1024, 1024), 1756 * 30e-6),
        ("gpt-image-1.5", "high", (1024, 1536), 0.19968),
        ("gpt-image-1-mini", "high", (1024, 1024), 0.03328),
        ("gpt-image-1", "high", (1536, 1024), 0.24832),
    ],
)
def test_openais_prices_are_the_published_ones(
    model: str, quality: str, size: tuple[int, int], usd: float
) -> None:
    """Tokens as the vendor's calculator and its tables count them, at the family's own price."""
    provider = OpenAI(connection(), model=model, quality=quality)
    assert provider.reckon(Role.GENERATE, size) == pytest.approx(usd, rel=0.01)


@pytest.mark.parametrize("table", [FAL_FAMILIES, REPLICATE_PROGRAMS], ids=["fal", "replicate"])
def test_every_family_a_setting_may_name_has_a_price_of_its_own(table) -> None:
    """A member is not priced like an older one whose name it begins with, nor blindly."""
    examples = {
        "seedream/v5/pro": "bytedance/seedream/v5/pro/edit",
        "seedream/v5": "fal-ai/bytedance/seedream/v5/lite/edit",
        "seedream/v4.5": "fal-ai/bytedance/seedream/v4.5/edit",
        "seedream": "fal-ai/bytedance/seedream/v4/edit",
        "seedvr": "fal-ai/seedvr/upscale/image",
        "clarity-upscaler": "fal-ai/clarity-upscaler" if table is FAL_FAMILIES else CLARITY,
        "topaz": "fal-ai/topaz/upscale/image",
        "trellis-2": "fal-ai/trellis-2",
        "sam-3/3d-objects": "fal-ai/sam-3/3d-objects",
        "trellis": "fal-ai/trellis" if table is FAL_FAMILIES else "firtoz/trellis:e8f6",
        "nano-banana-pro/edit": "fal-ai/nano-banana-pro/edit",
        "flux-2-pro/edit": "fal-ai/flux-2-pro/edit",
        "crystal-upscaler": "clarityai/crystal-upscaler",
        "hunyuan-3d/v3.1/pro": "fal-ai/hunyuan-3d/v3.1/pro/image-to-3d",
        "hunyuan3d": "fal-ai/hunyuan3d/v2" if table is FAL_FAMILIES else HUNYUAN3D,
        "seedream-4.5": "bytedance/seedream-4.5",
        "seedream-4": "bytedance/seedream-4",
        "sdxl": SDXL,
    }
    entries = {word: price(examples[word]) for word, _ in table}
    assert not [word for word, entry in entries.items() if entry.guess or not entry.source]
    if table is FAL_FAMILIES:
        assert entries["trellis-2"].of() >= 0.25 > entries["trellis"].of()
    else:
        assert entries["seedream-4.5"].of() > entries["seedream-4"].of()
