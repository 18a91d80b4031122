"""Providers are ranked by fidelity first and by gained sharpness second, over every close-up on disk."""

import pytest

from pipeline.images import Pixels
from pipeline.records import Asset, Branch, CloseUp, Recipe, Region
from pipeline.stages.standings import ranked, sharpness, standings
from pipeline.store import Store


def attempt(asset: Asset, name: str, drift: float, gain: float | None) -> CloseUp:
    figures = {"lr_psnr_db": 50.0, "worst_window_db": 40.0, "delta_e_max": 1.0}
    told = {"drift": drift, "raw_verdict": "pass" if drift < 0.5 else "fail", "verdict": "pass"}
    told |= {"raw": figures, "locked": figures, "reasons": ()}
    return CloseUp(
        id=name,
        region=Region(id="stone", label="stone", x=0, y=0, width=64, height=64),
        factor=4,
        crop=asset,
        raw=asset,
        registered=asset,
        locked=asset,
        heatmap=asset,
        fidelity=told if gain is None else {**told, "sharpness": gain},
    )


def test_fidelity_comes_before_sharpness(store: Store, ring_pixels: Pixels) -> None:
    """The sharpest answer comes last where it drifted; among equally faithful ones it comes first."""
    asset = store.put_picture(ring_pixels, Recipe(role="enhance", provider="any"))
    drifted = attempt(asset, "drifted", 0.9, 3.0)
    plain, crisp = attempt(asset, "plain", 0.11, 1.1), attempt(asset, "crisp", 0.13, 1.6)
    assert ranked([drifted, plain, crisp]) == [crisp, plain, drifted]


def test_standings_count_every_design(store: Store, ring_pixels: Pixels) -> None:
    """Medians over two designs and two providers; an attempt measured before sharpness was does not count for it."""
    for number in range(2):
        good, bad = (
            store.put_picture(
                ring_pixels, Recipe(role="enhance", provider=name, seconds=2.0 + number, cost_usd=0.04)
            )
            for name in ("faithful", "inventive")
        )
        close_ups = (
            attempt(good, f"g{number}", 0.1 + 0.1 * number, 1.4 if number else None),
            attempt(bad, f"b{number}", 0.8, 2.0),
        )
        design = store.create(f"Ring {number}", kind="ring")
        branch = Branch(master=good, close_ups=close_ups)
        store.update(design.id, lambda d, b=branch: d.with_master(b))
    first, second = standings(store)
    assert (first.provider, first.close_ups, first.same) == ("faithful", 2, 1.0)
    assert first.drift == pytest.approx(0.15)
    assert (first.sharpness, first.seconds, first.cost_usd) == (1.4, 2.5, pytest.approx(0.04))
    assert (second.provider, second.same, second.sharpness) == ("inventive", 0.0, 2.0)


def test_old_records_tell_no_sharpness(store: Store, ring_pixels: Pixels) -> None:
    """A record without the figure is no error."""
    asset = store.put_picture(ring_pixels, Recipe(role="enhance", provider="any"))
    assert sharpness(attempt(asset, "old", 0.1, None)) is None
    assert standings(store) == []
