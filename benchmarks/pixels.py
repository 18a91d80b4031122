"""How far colours are off in each encoding that comes in, and how long a close-up takes to the disk."""

import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

from pipeline import decoding, images
from pipeline.providers.base import Answer, EnhanceRequest, Limits, Silent, Watch
from pipeline.records import Branch, Recipe, Region, Role
from pipeline.stages.enhance import EnhanceOrder
from pipeline.store import Store
from tests.test_decoding import ENCODINGS, far, scene
from tests.test_enhance import tools_of

ROUNDS = 3
CROP_PX, FACTOR = 512, 4


class Answering:
    """A provider whose answer is ready: what is timed is everything after it."""

    id, name, model = "ready", "Ready", "test"

    def __init__(self, data: bytes) -> None:
        self.limits = {Role.ENHANCE: Limits(factors=(FACTOR,))}
        self.data, self.answered = data, 0.0

    def run(self, _request: EnhanceRequest, _watch: Watch) -> Answer:
        """Hand the answer over and note when."""
        self.answered = time.perf_counter()
        return Answer(self.data, "test")


def colours() -> None:
    """CIEDE2000 from the truth, mean and 99th percentile, per encoding."""
    truth = scene()
    print(f"{'encoding':<22} {'mean':>6} {'p99':>6} {'outside':>8}  space")
    for name, write in ENCODINGS.items():
        picture = decoding.master(write(truth))
        mean, high = far(picture.pixels, truth)
        print(f"{name:<22} {mean:6.3f} {high:6.3f} {picture.outside:8.2%}  {picture.profile or 'sRGB'}")


def answer_to_disk() -> None:
    """Seconds from a provider's answer to the stored close-up, a 512 px crop and its 2048 px answer."""
    rng = np.random.default_rng(0)
    coarse = rng.uniform(0, 255, (96, 96, 3)).astype(np.float32)
    side = CROP_PX * FACTOR
    truth = cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC) + rng.normal(
        0, 1.5, (side, side, 3)
    )
    answer = np.clip(truth, 0, 255).astype(np.uint8)
    crop = cv2.resize(answer, (CROP_PX, CROP_PX), interpolation=cv2.INTER_AREA)
    provider = Answering(images.encode_png(answer))
    region = Region(id="whole", label="whole", x=0, y=0, width=CROP_PX, height=CROP_PX)
    seconds = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            store = Store(Path(folder))
            design = store.create("A ring", kind="ring")
            master = store.put_picture(crop, Recipe(role="upload", provider="upload"))
            branch = store.update(
                design.id, lambda d, m=master: d.with_master(Branch(master=m, regions=(region,)))
            ).branch
            order = EnhanceOrder(
                design_id=design.id, provider=provider.id, regions=(region,), factor=FACTOR, prompt=""
            )
            order.make(tools_of(store), provider, branch, region, Silent())
            seconds.append(time.perf_counter() - provider.answered)
    print(f"answer to stored close-up, {CROP_PX} to {side} px: best {min(seconds):.2f} s of {ROUNDS}")


def main() -> None:
    colours()
    answer_to_disk()
