"""The gate follows the team's decisions, provider by provider, and only when it is told to."""

import numpy as np
import pytest

from pipeline.errors import StorageError
from pipeline.fidelity import Thresholds
from pipeline.images import Pixels
from pipeline.records import Asset, Branch, CloseUp, Recipe, Region
from pipeline.stages import calibrate
from pipeline.store import Store


def decided(asset: Asset, number: int, score: float, *, accepted: bool) -> CloseUp:
    figures = {"lr_psnr_db": 50.0, "worst_window_db": 40.0, "delta_e_max": 1.0}
    return CloseUp(
        id=f"c{number}",
        region=Region(id="stone", label="stone", x=0, y=0, width=64, height=64),
        factor=4,
        crop=asset,
        raw=asset,
        registered=asset,
        locked=asset,
        heatmap=asset,
        fidelity={
            "score": score,
            "verdict": "pass",
            "raw_verdict": "pass",
            "drift": 0.1,
            "raw": figures,
            "locked": figures,
            "reasons": (),
        },
        decision="accepted" if accepted else "rejected",
    )


@pytest.fixture
def reviewed(store: Store, ring_pixels: Pixels) -> Store:
    """Forty decisions on one provider, whose good answers score high."""
    asset = store.put_picture(ring_pixels, Recipe(role="enhance", provider="seedream"))
    draw = np.random.default_rng(5)
    close_ups = tuple(
        decided(asset, n, float(draw.normal(4.0 if n % 2 else 9.0, 0.5)), accepted=bool(n % 2))
        for n in range(40)
    )
    design = store.create("Ring", kind="ring")
    store.update(design.id, lambda d: d.with_master(Branch(master=asset, close_ups=close_ups)))
    return store


def test_decisions_move_thresholds_only_when_adopted(reviewed: Store) -> None:
    """The proposal has fewer false alarms, and nothing is in force before it is adopted."""
    proposal = calibrate.propose(reviewed)[0]
    assert (proposal.provider, proposal.accepted, proposal.rejected) == ("seedream", 20, 20)
    assert proposal.errors_after.false_alarms <= proposal.errors_before.false_alarms
    assert calibrate.standing(reviewed) == {}
    calibrate.adopt(reviewed, [proposal])
    assert calibrate.standing(reviewed) == {"seedream": proposal.after}


def test_without_decisions_nothing_is_proposed(store: Store) -> None:
    """An empty history changes nothing."""
    assert calibrate.propose(store) == []


@pytest.mark.parametrize(
    "written",
    [
        b'{"x": {"warn": 3',
        b"",
        b"[]",
        b"null",
        b"\xff\xfe[",
        b'{"a":' * 3000,
        b'{"fal": [1, 2]}',
        b'{"fal": {"warn": "low", "fail": 2}}',
        b'{"fal": {"warn": null, "fail": 2}}',
        b'{"fal": {"warn": NaN, "fail": NaN}}',
        b'{"fal": {"warn": 1, "fail": 2, "origin": 5}}',
        b'{"fal": {"warn": 1, "fail": 2, "more": 3}}',
    ],
)
def test_a_damaged_file_is_one_sentence(store: Store, written: bytes) -> None:
    """The sentence says which file and what to do."""
    (store.folder / "thresholds.json").write_bytes(written)
    with pytest.raises(StorageError, match="remove the file to return to the standard ones"):
        calibrate.standing(store)


def test_thresholds_survive_the_file(store: Store) -> None:
    """What is adopted is what stands after a restart."""
    (store.folder / "thresholds.json").write_text(
        '{"fal": {"warn": 1.0, "fail": 2.0, "origin": "9 decisions"}}'
    )
    assert calibrate.standing(Store(store.folder)) == {"fal": Thresholds(1.0, 2.0, "9 decisions")}
