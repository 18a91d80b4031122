"""What stand-ins deliver in a show: the atelier's piece of a prompt, crops enlarged or altered, the piece's own GLB."""

import hashlib
import io
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline import images
from pipeline.demo import pictures, stand_ins
from pipeline.demo.artist import Artist, AtelierArtist
from pipeline.demo.server import StandIn
from pipeline.errors import RendererFailed
from pipeline.fidelity.objection import objection
from pipeline.prompts import ENHANCE, SKETCH
from pipeline.providers.base import Answer, GenerateRequest, Limits, ModelRequest, Request, Silent, Watch
from pipeline.records import Role
from tests.providers.conftest import World, build_request, open_world

PROMPT = "a platinum tennis bracelet"


class Jeweler:
    """Stands where the atelier does: another picture for each prompt and seed, and its words as the GLB."""

    id, name = "atelier", "Jeweler"
    limits: Mapping[Role, Limits] = {}

    def __init__(self) -> None:
        self.asked: list[Request] = []
        self.is_broken = False

    def model(self, role: Role) -> str:
        return "jeweler"

    def run(self, request: Request, watch: Watch) -> Answer:
        self.asked.append(request)
        if self.is_broken:
            raise RendererFailed("The renderer is gone.")
        if isinstance(request, ModelRequest):
            return Answer(b"glTF of " + request.origin.encode(), "jeweler")
        assert isinstance(request, GenerateRequest)
        origin = f"{request.prompt} {request.seed}"
        return Answer(images.encode_png(piece(origin, request.width)), "jeweler", origin=origin)


def piece(words: str, side: int) -> images.Pixels:
    """A disc of some colour and size on white, by the words."""
    signs = hashlib.sha256(words.encode()).digest()
    y, x = np.mgrid[:side, :side] / side - 0.5
    picture = np.full((side, side, 3), 255, np.uint8)
    picture[np.hypot(x, y) < 0.15 + signs[3] / 1000] = [signs[0], signs[1], signs[2]]
    return picture


def crop(seed: int) -> images.Pixels:
    """Something with edges to bend and colours to turn, 64 px a side."""
    random = np.random.default_rng(seed)
    picture = np.full((64, 64, 3), 245, np.uint8)
    picture[16:48, 12:52] = random.integers(40, 200, 3)
    picture[24:36, 26:38] = random.integers(40, 200, 3)
    return picture


def test_the_atelier_draws_what_the_prompt_says() -> None:
    """The picture is that of prompt and seed, in the size asked for, rendered once however often it is asked for."""
    jeweler = Jeweler()
    artist = AtelierArtist(jeweler)
    for width, height in ((512, 512), (640, 512), (512, 768)):
        picture = artist.drawn(PROMPT, width, height, 3)
        assert picture.shape == (height, width, 3)
        shown = images.resize(piece(f"{PROMPT} 3", 1024), 512, 512)
        top, left = (height - 512) // 2, (width - 512) // 2
        assert np.abs(picture[top : top + 512, left : left + 512].astype(int) - shown).max() <= 1
        assert (picture[0] == 255).all()
    assert len(jeweler.asked) == 1
    assert not np.array_equal(artist.drawn(PROMPT, 512, 512, 4), artist.drawn(PROMPT, 512, 512, 3))


def test_a_service_without_seeds_draws_another_picture_each_time() -> None:
    """Four candidates that are ordered at once are four pieces, the first of them the piece as described."""
    artist = AtelierArtist(Jeweler())
    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(lambda _: artist.drawn(PROMPT, 256, 256).tobytes(), range(4)))
    assert set(drawn) == {artist.drawn(PROMPT, 256, 256, seed).tobytes() for seed in range(4)}
    assert len(set(drawn)) == 4


def test_without_a_renderer_something_is_drawn_all_the_same() -> None:
    """A stand-in answers on a machine that cannot render."""
    jeweler = Jeweler()
    jeweler.is_broken = True
    artist = AtelierArtist(jeweler)
    assert np.array_equal(artist.drawn(PROMPT, 320, 320, 1), pictures.drawn(320, 320, 1))
    data = images.encode_png(pictures.drawn(320, 320, 1))
    assert artist.modelled(data) == pictures.glb_of(data)


def test_one_crop_in_three_is_altered_and_whoever_names_the_fault_gets_it_as_it_is() -> None:
    """The others are enlarged honestly; a drawing, or a picture of the same size, is never altered."""
    artist, honest = AtelierArtist(Jeweler()), Artist()
    told = f"{ENHANCE} {objection((), 64, 64)}"
    altered = 0
    for seed in range(24):
        data = images.encode_png(crop(seed))
        answer, plain = artist.edited(data, 256, 256, ENHANCE), honest.edited(data, 256, 256, ENHANCE)
        assert answer.shape == (256, 256, 3)
        assert np.array_equal(answer, artist.edited(data, 256, 256, ENHANCE))
        altered += not np.array_equal(answer, plain)
        assert np.array_equal(artist.edited(data, 256, 256, told), plain)
        for size, prompt in ((256, SKETCH), (64, ENHANCE)):
            same = artist.edited(data, size, size, prompt)
            assert np.array_equal(same, honest.edited(data, size, size, prompt))
    assert 3 <= altered <= 14


@pytest.mark.parametrize(("quality", "side"), [(95, 512), (80, 512), (90, 1024), (90, 300)])
def test_the_model_is_that_of_the_piece_in_the_picture(quality: int, side: int) -> None:
    """A picture drawn here is known again, encoded and resized as it may be; a stranger's becomes a plain ring."""
    artist = AtelierArtist(Jeweler())
    pieces = [artist.drawn(f"piece {n}", 512, 512, 0) for n in range(5)]
    out = io.BytesIO()
    Image.fromarray(pieces[2]).resize((side, side)).save(out, "JPEG", quality=quality)
    assert artist.modelled(out.getvalue()) == b"glTF of piece 2 0"
    stranger = images.encode_png(piece("of somebody else", 512))
    assert artist.modelled(stranger) == pictures.glb_of(stranger)


class Listener(Artist):
    """Remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    def drawn(self, prompt: str, width: int, height: int, seed: int | None = None) -> images.Pixels:
        self.heard.append(prompt)
        return np.full((height, width, 3), 255, np.uint8)


@pytest.fixture
def listened(tmp_path: Path) -> Iterator[tuple[World, Listener]]:
    listener = Listener()
    servers = {vendor: stand_ins.stand_in(vendor, tmp_path) for vendor in stand_ins.VENDORS}
    for server in servers.values():
        server.artist = listener
        server.start()
    world = open_world(tmp_path, servers, key=stand_ins.TOLD_KEY)
    yield world, listener
    world.cache.close()
    for server in servers.values():
        server.stop()


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_every_service_that_generates_passes_the_prompt_on(listened: tuple[World, Listener]) -> None:
    """What the user wrote is what is drawn, whichever service is asked."""
    world, listener = listened
    rows = [row for row in world.registry.rows(Role.GENERATE) if row.vendor and row.id != "modelia"]
    assert len(rows) >= 8
    for row in rows:
        provider = world.registry.get(row.id)
        request, _ = build_request(Role.GENERATE, provider.limits[Role.GENERATE])
        listener.heard.clear()
        provider.run(request, Silent())
        assert listener.heard == [request.prompt], row.id


def test_servers_start_with_the_plain_artist(tmp_path: Path) -> None:
    """Tests of adapters render nothing."""
    servers: list[StandIn] = [stand_ins.stand_in(vendor, tmp_path) for vendor in stand_ins.VENDORS]
    assert {type(server.artist) for server in servers} == {Artist}
