"""The pages as a visitor meets them: every step, its empty state, its refusals, its memory."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.ui.workbench import forget
from pipeline.jobs import Job
from pipeline.orders import CandidatesOrder, EnhanceOrder
from pipeline.prompts import ENHANCE, MASTER
from pipeline.records import Design, Recipe, Region
from pipeline.stages import edition, generate
from pipeline.stages.branch import go_back
from pipeline.workbench import Workbench
from tests.pages.conftest import ROOT, finish, ring

PAGES = [f"pages/{name}.py" for name in ("generate", "crop", "enhance", "sketch", "model3d", "showcase")]
Open = Callable[..., AppTest]


@pytest.mark.parametrize("path", PAGES[1:])
def test_without_a_design_each_page_says_what_to_do(visit: Open, path: str) -> None:
    """No open design: one heading, one sentence, two ways on."""
    at = visit(path)
    assert [heading.value for heading in at.subheader] == ["No design is open yet."]


@pytest.mark.parametrize("path", PAGES)
def test_an_unknown_id_in_the_url_is_one_sentence(visit: Open, path: str) -> None:
    """A stale link is answered with a sentence, and the app goes on."""
    at = visit(path, design="nosuchdesign")
    assert "There is no design with the id" in at.error[0].value


@pytest.mark.parametrize("path", PAGES[1:])
def test_without_a_master_the_later_steps_ask_for_one(visit: Open, bench: Workbench, path: str) -> None:
    """A design without a master leads back to the first step."""
    design = bench.store.create("Empty")
    at = visit(path, design=design.id)
    assert [heading.value for heading in at.subheader] == ["This design has no master image yet."]


def test_the_prompt_is_prefilled(visit: Open) -> None:
    """The first thing a new user sees works as it stands."""
    assert visit(PAGES[0]).text_area(key="prompt").value == MASTER


def test_from_prompt_to_master(visit: Open, bench: Workbench) -> None:
    """Four candidates, one chosen, a master with its checklist and five regions."""
    at = visit(PAGES[0])
    at.button(key="generate").click().run()
    assert not at.exception
    design = bench.store.designs()[0]
    assert design.name == "Necklace with a thin gold chain and small round pendant"
    finish(at, bench, design.id, "candidates")
    assert len(bench.store.load(design.id).candidates) == 4
    at.button(key="choose-2").click().run()
    finish(at, bench, design.id, "master")
    branch = bench.store.load(design.id).branch
    assert branch is not None
    assert (branch.master.width, branch.master.height) == (2048, 2048)
    assert len(branch.checks) == 6
    assert len(branch.regions) == 5


@pytest.mark.parametrize(
    ("prompt", "chosen", "kind"),
    [
        ("gold ring with a ruby", None, "ring"),
        ("gold ring with a ruby", "brooch", "brooch"),
        ("gold", None, "ring"),
    ],
)
def test_the_prompt_says_the_kind(
    visit: Open, bench: Workbench, prompt: str, chosen: str | None, kind: str
) -> None:
    """A ring is made of "gold ring" without touching the kind; a kind that is chosen goes before the words."""
    at = visit(PAGES[0])
    at.text_area(key="prompt").set_value(prompt)
    at.selectbox(key="kind").set_value(chosen)
    at.button(key="generate").click().run()
    assert not at.exception
    design = bench.store.designs()[0]
    assert design.kind == kind
    job = bench.jobs.find(design.id, "candidates")
    assert job is not None
    assert job.wait(60)
    assert job.order.kind == kind


@pytest.mark.parametrize(
    ("prompt", "said"),
    [("   ", "prompt is empty"), ("💍 123 !", "no word"), ("gold " * 4000, "19,999 characters")],
)
def test_a_bad_prompt_is_refused_in_a_sentence(visit: Open, bench: Workbench, prompt: str, said: str) -> None:
    """Nothing is begun, nothing is lost."""
    at = visit(PAGES[0])
    at.text_area(key="prompt").set_value(prompt)
    at.button(key="generate").click().run()
    assert said in at.error[0].value
    assert bench.store.designs() == ()


def test_a_provider_that_fails_is_told_in_its_row(visit: Open, bench: Workbench) -> None:
    """The page shows title, cause and remedy of each part that failed."""
    bench.atelier.fail_on = "unobtainium"
    at = visit(PAGES[0])
    at.text_area(key="prompt").set_value("an unobtainium ring")
    at.button(key="generate").click().run()
    job = bench.jobs.find(bench.store.designs()[0].id, "candidates")
    assert job is not None
    assert job.wait(60)
    at.run()
    assert "out of paint" in at.error[0].value
    assert "Nothing was charged" in at.error[0].value


def test_regions_can_be_set_by_numbers(
    visit: Open, bench: Workbench, photographed: Callable[..., Design]
) -> None:
    """Add a box, move it by a number, remove it: all of it is on disk at once."""
    design = photographed(bench.store)
    at = visit(PAGES[1], design=design.id)
    at.button(key="add-box").click().run()
    branch = bench.store.load(design.id).branch
    assert branch is not None
    added = branch.regions[-1]
    assert (added.label, added.width) == ("detail 1", 160)
    # A field that got its value by the session alone could arrive empty, and then answer zero for its box.
    numbers = [n.proto.default for n in at.number_input]
    assert numbers == [side for region in branch.regions for side in region.box]
    next(n for n in at.number_input if n.key.startswith(f"x-{added.id}")).set_value(7).run()
    branch = bench.store.load(design.id).branch
    assert branch is not None
    assert branch.regions[-1].box == (7, *added.box[1:])
    at.button(key=f"remove-{added.id}").click().run()
    branch = bench.store.load(design.id).branch
    assert branch is not None
    assert len(branch.regions) == 5
    assert not at.exception


def test_enhance_shows_the_users_prompt_word_for_word(
    visit: Open, bench: Workbench, photographed: Callable[..., Design]
) -> None:
    """The default prompt is the one that was given, and it can be edited."""
    design = photographed(bench.store)
    at = visit(PAGES[2], design=design.id)
    text = at.text_area(key="enhance-prompt").value
    assert text == ENHANCE
    assert text.startswith(
        "Enhance this cropped jewelry image to ultra-high resolution. Keep the exact same design"
    )
    assert text.endswith("apply the same enhancement to all while preserving full consistency.")


def test_a_photograph_goes_all_the_way(
    visit: Open, bench: Workbench, photographed: Callable[..., Design]
) -> None:
    """Upload, enhance two regions, decide, draw, model, showcase: offline and without the atelier."""
    design = photographed(bench.store)
    bench.store.update(
        design.id,
        lambda d: d.with_branch(d.branch.model_copy(update={"regions": d.branch.regions[:2]})),
    )
    at = visit(PAGES[2], design=design.id)
    at.button(key="enhance-all").click().run()
    finish(at, bench, design.id, "enhance")
    branch = bench.store.load(design.id).branch
    assert branch is not None
    assert [c.verdict for c in branch.chosen_close_ups] == ["pass", "pass"]
    first = branch.chosen_close_ups[0]
    at.button(key=f"accepted-{first.id}").click().run()
    at.button(key=f"another-{first.region.id}").click().run()
    finish(at, bench, design.id, "enhance")
    branch = bench.store.load(design.id).branch
    assert branch is not None
    assert len(branch.attempts(first.region.id)) == 2
    assert branch.chosen(first.region.id) is not None
    assert branch.chosen(first.region.id).id == first.id
    at = visit(PAGES[3], design=design.id)
    at.button(key="draw-all").click().run()
    finish(at, bench, design.id, "sketch")
    at = visit(PAGES[4], design=design.id)
    at.button(key="make-model").click().run()
    finish(at, bench, design.id, "model")
    at = visit(PAGES[5], design=design.id)
    branch = bench.store.load(design.id).branch
    assert branch is not None
    assert [s.number for s in branch.latest_sketches] == [1, 2, 3]
    assert branch.model is not None
    assert at.title[0].value == "Showcase"


def test_the_gallery_opens_renames_duplicates_and_deletes_with_undo(
    visit: Open, bench: Workbench, photographed: Callable[..., Design]
) -> None:
    """Every card's actions do what they say; delete can be taken back."""
    design = photographed(bench.store)
    at = visit()
    at.button(key=f"copy-{design.id}").click().run()
    assert len(bench.store.designs()) == 2
    at.button(key=f"delete-{design.id}").click().run()
    assert design.id not in [d.id for d in bench.store.designs()]
    at.button(key="undo-delete").click().run()
    assert design.id in [d.id for d in bench.store.designs()]
    assert not at.exception


def test_a_hostile_name_is_text(visit: Open, bench: Workbench) -> None:
    """Markup in a name is shown, not obeyed."""
    bench.store.create('"><script>alert(1)</script> **bold** ../../x')
    at = visit()
    assert any("<script>alert(1)</script> **bold**" in text.value for text in at.text)


def test_an_interrupted_job_offers_to_resume(
    visit: Open, bench: Workbench, photographed: Callable[..., Design]
) -> None:
    """A note that says running and whose process is gone is offered again, and finishes."""
    design = photographed(bench.store)
    order = f'{{"verb": "model", "design_id": "{design.id}", "params": {{"provider": "local"}}, "state": "running"}}'
    (bench.settings.data_dir / "jobs" / f"{design.id}.model.json").write_text(order)
    at = visit(PAGES[4], design=design.id)
    at.button(key=f"resume-{design.id}.model").click().run()
    finish(at, bench, design.id, "model")
    branch = bench.store.load(design.id).branch
    assert branch is not None
    assert branch.model is not None


def test_interrupted_work_says_whose_it_is(visit: Open, bench: Workbench) -> None:
    """With another master standing, its panel names the one it joins; gone back to, it says nothing of it."""
    design = bench.store.create("Ring", kind="ring")
    for seed in (1, 2):
        picture = bench.store.put_picture(ring(320, seed), Recipe(role="upload", provider="upload"))
        design = generate.set_master(bench.store, design.id, picture)
    first = design.branches[0]
    order = EnhanceOrder(
        design_id=design.id,
        provider="local",
        regions=first.regions[:1],
        factor=2,
        prompt="",
        master=first.master.id,
    )
    note = {"order": order.model_dump(mode="json"), "state": "running"}
    (bench.settings.data_dir / "jobs" / f"{order.key}.json").write_text(json.dumps(note))
    at = visit(PAGES[2], design=design.id)
    assert any("It is work on master 1, and joins that one." in said.value for said in at.markdown)
    whole = bench.whole_set(design).model_copy(update={"master": first.master.id})
    path = bench.settings.data_dir / "jobs" / f"{whole.key}.json"
    for master, named in ((first.master.id, True), ("0" * 64, False)):
        fields = {**whole.model_dump(mode="json"), "master": master}
        path.write_text(json.dumps({"order": fields, "state": "running"}))
        at.run()
        assert at.button(key=f"resume-{whole.key}")
        assert any("go back to that one on Generate" in said.value for said in at.markdown) == named
    path.unlink()
    go_back(bench.store, design.id, first.master.id)
    at.run()
    assert at.button(key=f"resume-{order.key}")
    assert not any("It is work on master" in said.value for said in at.markdown)


def test_a_page_that_waits_for_its_master_says_so(
    visit: Open, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the set is made from a prompt nobody is told to upload a photograph; stopped, the page says what to do."""
    design = bench.store.create("Ring", kind="ring", prompt="a ring")
    start = CandidatesOrder(
        design_id=design.id, provider="atelier", prompt="a ring", kind="ring", size=512, seed=0, count=1
    )
    job = Job(bench.whole_set(design, start))
    monkeypatch.setattr(bench.jobs, "find", lambda _id, verb: job if verb == "set" else None)
    at = visit(PAGES[1], design=design.id)
    assert [title.value for title in at.subheader] == ["The master is being made."]
    job.end("cancelled")
    at.run()
    assert [title.value for title in at.subheader] == ["This design has no master image yet."]


def test_an_unusable_data_folder_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data folder that is a file is said in words on every page; nothing else happens."""
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("LOUPE_DATA_DIR", str(tmp_path / "file"))
    forget()
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert not at.exception
    assert "The data folder" in at.error[0].value
    forget()


def test_the_cache_is_cleared_only_after_a_question(visit: Open, bench: Workbench) -> None:
    """The button opens a question and clears nothing by itself."""
    bench.cache.put("key", {"cost_usd": 0.5}, b"answer")
    at = visit()
    at.button(key="clear-cache").click().run()
    assert not at.exception
    assert bench.cache.stats().answers == 1


def test_a_careless_model_is_caught_and_repaired(
    visit: Open, bench: Workbench, photographed: Callable[..., Design]
) -> None:
    """The demo provider redesigns; the gate says so and hands out a repaired close-up."""
    design = photographed(bench.store)
    at = visit(PAGES[2], design=design.id)
    at.selectbox(key="enhancer").select("careless").run()
    at.button(key="enhance-all").click().run()
    finish(at, bench, design.id, "enhance")
    branch = bench.store.load(design.id).branch
    assert branch is not None
    verdicts = [c.fidelity.raw_verdict for c in branch.chosen_close_ups]
    assert sum(verdict != "pass" for verdict in verdicts) >= 3


def test_a_bakeoff_ranks_the_faithful_answer_first(
    visit: Open, bench: Workbench, photographed: Callable[..., Design]
) -> None:
    """One region through two providers gives two attempts, and the table tells both providers."""
    design = photographed(bench.store)
    branch = design.branch
    assert branch is not None
    order = EnhanceOrder(
        design_id=design.id, provider="local", regions=branch.regions[:1], factor=2, prompt=""
    )
    job = bench.submit(order)
    assert job.wait(60)
    at = visit(PAGES[2], design=design.id)
    at.session_state[f"bakeoff-{design.id}"] = True  # the expander is opened
    at.run()
    at.multiselect(key="bakeoff-providers").set_value(["local", "careless"]).run()
    at.button(key="bakeoff-run").click().run()
    finish(at, bench, design.id, "bakeoff")
    branch = bench.store.load(design.id).branch
    assert branch is not None
    assert len(branch.attempts(branch.regions[0].id)) == 3
    table = at.table[-1].value
    assert list(table["provider"]) == ["local", "careless"]


def test_the_understood_piece_can_be_edited(visit: Open, bench: Workbench) -> None:
    """A changed parameter gives a further draft, shown first."""
    at = visit(PAGES[0])
    at.button(key="generate").click().run()
    design = bench.store.designs()[0]
    finish(at, bench, design.id, "candidates")
    key = f"spec-{bench.store.load(design.id).candidates[0].id[:12]}"
    at.selectbox(key=f"{key}-metal").select("rose_gold")
    next(b for b in at.button if b.label == "See a draft of this").click().run()
    finish(at, bench, design.id, "edit")
    candidates = bench.store.load(design.id).candidates
    assert len(candidates) == 5
    assert '"metal":"rose_gold"' in candidates[0].recipe.origin


def test_what_was_understood_is_shown_as_it_was_written(visit: Open, bench: Workbench) -> None:
    """A text to engrave is one chip, comma and all, and is not read as markup."""
    at = visit(PAGES[0])
    at.text_area(key="prompt").set_value('silver bar pendant engraved "Anna, *1999*"')
    at.button(key="generate").click().run()
    finish(at, bench, bench.store.designs()[0].id, "candidates")
    words = " ".join(element.value for element in at.markdown)
    assert "Anna, \\*1999\\* → engraving" in words


def test_a_new_suggestion_and_a_removal_can_be_undone(
    visit: Open, bench: Workbench, photographed: Callable[..., Design]
) -> None:
    """One press loses nothing: own regions come back as they were, with their ids, one change at a time."""
    design = photographed(bench.store)

    def regions() -> tuple[Region, ...]:
        branch = bench.store.load(design.id).branch
        assert branch is not None
        return branch.regions

    at = visit(PAGES[1], design=design.id)
    assert at.button(key="undo-regions").disabled
    at.button(key="add-box").click().run()
    own = regions()
    assert own[-1].label == "detail 1"
    at.button(key="add-box").click().run()
    assert regions()[-1].label == "detail 2"
    at.button(key="undo-regions").click().run()
    assert regions() == own
    at.button(key=f"remove-{own[0].id}").click().run()
    at.button(key="suggest").click().run()
    assert own[-1] not in regions()
    at.button(key="undo-regions").click().run()
    assert regions() == own[1:]
    at.button(key="undo-regions").click().run()
    assert regions() == own


def test_a_master_of_an_earlier_edition_is_offered_anew(
    visit: Open, bench: Workbench, photographed: Callable[..., Design]
) -> None:
    """Told on the page before anything is rendered of it; one press renders it on a branch of its own."""
    design = photographed(bench.store)
    picture = bench.store.pixels(design.branch.master)
    recipe = Recipe(
        role="generate", provider="atelier", model="paint 0", prompt="a ring", origin='{"kind": "ring"}'
    )
    master = bench.store.put_picture(np.rot90(picture), recipe)
    generate.set_master(bench.store, design.id, master)
    at = visit("pages/enhance.py", design=design.id)
    assert [info.value for info in at.info if "earlier edition" in info.value] == [edition.EARLIER]
    at.button(key="renew").click().run()
    at = finish(at, bench, design.id, "renew")
    assert not [info for info in at.info if "earlier edition" in info.value]
    masters = [branch.master.recipe.model for branch in bench.store.load(design.id).branches]
    assert len(masters) == 3
