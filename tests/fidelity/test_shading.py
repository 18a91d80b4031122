"""Vignettes and clarity are harmless; a redesign beneath them is still one."""

import cv2
import numpy as np
import pytest

from pipeline.fidelity import compare
from pipeline.fidelity.filters import luma
from pipeline.fidelity.shading import shaded
from tests.fidelity.conftest import clearer, paint, shrink, vignetted

SIDE = 384
SHADED = {
    "a light vignette": lambda p: vignetted(p, 0.15),
    "a plain vignette": lambda p: vignetted(p, 0.35),
    "only the corners": lambda p: vignetted(p, 0.35, 2.0),
    "brighter corners": lambda p: vignetted(p, -0.15),
    "clarity": lambda p: clearer(p, 0.3, 20),
    "fine clarity": lambda p: clearer(p, 0.35, 12),
    "both": lambda p: clearer(vignetted(p, 0.25), 0.25, 15),
}


@pytest.mark.parametrize("factor", [2, 4])
@pytest.mark.parametrize("name", SHADED)
def test_shading_is_harmless(name, factor) -> None:
    """Light that falls off and contrast of wide neighbourhoods touch no piece."""
    truth = paint(2, SIDE)
    assert compare(shrink(truth, factor), SHADED[name](truth)).raw_verdict == "pass"


@pytest.mark.parametrize("name", ["a plain vignette", "clarity"])
def test_a_redesign_beneath_shading_is_still_caught(name) -> None:
    """A stone turned over under a vignette fails as it does without."""
    truth = paint(2, SIDE)
    changed = truth.copy()
    changed[180:276, 144:240] = changed[180:276, 144:240][:, ::-1]
    assert compare(shrink(truth), SHADED[name](changed)).raw_verdict == "fail"


@pytest.mark.parametrize("change", ["nothing", "gamma", "brighter", "a brighter half"])
def test_what_is_no_shading_is_left_alone(change) -> None:
    """The crop comes back as it is where tone alone, or one side, changed."""
    crop = shrink(paint(2, SIDE)).astype(np.float32)
    answer = {
        "nothing": crop,
        "gamma": 255 * (crop / 255) ** 1.15,
        "brighter": np.clip(crop * 1.1, 0, 255),
        "a brighter half": np.clip(crop + 20 * (np.arange(crop.shape[1]) > 48)[None, :, None], 0, 255),
    }[change].astype(np.float32)
    lit = shaded(crop, answer, np.ones(crop.shape[:2], bool))
    assert np.abs(luma(lit) - luma(crop)).max() < (12 if change == "a brighter half" else 0.01)


def test_the_fall_off_is_found() -> None:
    """The crop with the vignette found in the answer is the answer, to a level and a half where nothing was cut off."""
    crop = shrink(cv2.convertScaleAbs(paint(2, SIDE), alpha=0.9)).astype(np.float32)
    answer = vignetted(crop, 0.3).astype(np.float32)
    away = np.abs(shaded(crop, answer, np.ones(crop.shape[:2], bool)) - answer)
    assert np.quantile(away, 0.99) < 1.5
