"""The composition root: Settings become a store, a cache, providers and jobs, joined to the six verbs.

It is also the gate: whatever changes a design, spends money or tells of it passes `require_editor` here, and the store
of a visitor's view refuses by itself. Pages read records and speak to stages directly; what changes or spends they ask
of the workbench.
"""

import copy
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import SecretStr

from pipeline import images
from pipeline.cache import Cache
from pipeline.demo.stand_ins import running
from pipeline.drawing import manner
from pipeline.errors import BadInput, ReadOnly
from pipeline.export import documents
from pipeline.fidelity.calibrate import Calibration
from pipeline.jobs import Job, Jobs, Order
from pipeline.ledger import Ledger
from pipeline.providers.base import GenerateRequest, Provider
from pipeline.providers.builtin.atelier import Atelier
from pipeline.providers.builtin.faulty import Careless
from pipeline.providers.builtin.local import Local
from pipeline.providers.registry import Registry
from pipeline.records import Asset, AssetId, Design, Detail, Kind, Model3D, Region, Role
from pipeline.settings import Settings
from pipeline.stages import angles, calibrate, enhance, generate, model3d, sketch
from pipeline.stages.viewers import Rastered, Traced
from pipeline.store import Store

Keys = Mapping[str, SecretStr]
CANDIDATES = 4
EXPORTS = tuple(f"export-{kind}" for kind in documents.DOCUMENTS)
"""Verbs that hand out a design and change nothing of it: visitors may order them too."""


class Workbench:
    """Everything the app needs, opened once per process."""

    def __init__(self, settings: Settings) -> None:
        folder = settings.data_dir
        self.settings = settings
        self.store = Store(folder)
        self.cache = Cache(folder / "cache")
        book = (
            "ledger-demo.jsonl" if settings.demo_providers else "ledger.jsonl"
        )  # play money has its own book
        self._ledger = Ledger(folder / book, settings)
        self.jobs = Jobs(folder / "jobs")
        self.atelier = Atelier(folder)
        builtin: dict[str, Provider] = {
            "atelier": self.atelier,
            "local": Local(),
            "careless": Careless(_spoil),
        }
        stand_ins = running(folder.absolute() / "demo") if settings.demo_providers else {}
        self.registry = Registry(settings, self.cache, self._ledger, builtin, stand_ins=stand_ins)
        self.editable = True

    def for_visitor(self) -> "Workbench":
        """The same workbench for somebody who may only look: its store takes no change, it takes no orders."""
        view = copy.copy(self)
        view.store = self.store.for_visitor()
        view.editable = False
        return view

    def require_editor(self) -> None:
        """The one gate before every change and every expense. Raises ReadOnly for a visitor."""
        if not self.editable:
            raise ReadOnly("This deployment is shared; work is started by those who sign in.")

    def clear_cache(self) -> None:
        """Forget every provider's answer. Raises ReadOnly for a visitor."""
        self.require_editor()
        self.cache.clear()

    def cancel(self, job: Job) -> None:
        """Ask work to stop. Raises ReadOnly for a visitor."""
        self.require_editor()
        job.cancel()

    def dismiss(self, job: Job) -> None:
        """Drop the note of ended work, so that it is not offered again. Raises ReadOnly for a visitor."""
        self.require_editor()
        self.jobs.forget(job)

    def adopt_thresholds(self, proposals: Iterable[Calibration]) -> None:
        """Put proposed thresholds of the gate in force for everybody. Raises ReadOnly for a visitor."""
        self.require_editor()
        calibrate.adopt(self.store, proposals)

    def check_connection(self, provider_id: str, keys: Keys | None = None) -> str:
        """Call a vendor once, free of charge, and say what it told of the key.

        Raises ReadOnly for a visitor, Unsupported where there is no such call, else what a real call would raise.
        """
        self.require_editor()
        return self.registry.check(provider_id, keys=keys)

    def spending(self) -> Ledger:
        """The book of all calls and their prices. Raises ReadOnly for a visitor."""
        self.require_editor()
        return self._ledger

    def upload_master(self, design_id: str, data: bytes, kind: Kind) -> Design:
        """Make the user's own picture the master of a design. Raises ReadOnly for a visitor, and BadImage."""
        self.require_editor()
        self.store.update(design_id, lambda design: design.model_copy(update={"kind": kind}))
        return generate.upload(self.store, design_id, data)

    def import_design(self, data: bytes) -> Design:
        """Take in a `.loupe` file. Raises ReadOnly for a visitor, and BadArchive."""
        self.require_editor()
        from pipeline.export import archive  # measures, with OpenCV

        design = archive.read(self.store, data)
        self.remeasure(design.id)
        return design

    def remeasure(self, design_id: str) -> None:
        """Measure an imported design's figures again, in the background. Raises ReadOnly for a visitor."""
        self.require_editor()
        from pipeline.export import remeasure  # measures, with OpenCV

        remeasure.begin(self.store, design_id)

    def provider(self, provider_id: str, design_id: str, keys: Keys | None = None) -> Provider:
        """A ready provider whose answers are cached and booked on the design. Raises ReadOnly for a visitor."""
        self.require_editor()
        return self.registry.get(provider_id, keys=keys or {}, design_id=design_id)

    def home_provider(self, design: Design, role: Role) -> str:
        """Who serves a design best without a key: the atelier for its own pieces, else the picture itself."""
        own = design.branch is not None and design.branch.master.recipe.provider == "atelier"
        return "atelier" if own or role is Role.GENERATE else "local"

    def submit(self, order: Order, keys: Keys | None = None) -> Job:
        """Start the work an order describes, in the background; `keys` stay in memory.

        Raises ReadOnly for a visitor.
        """
        if order.verb not in EXPORTS:
            self.require_editor()
        works = {
            "candidates": self._candidates,
            "edit": self._edit,
            "master": self._master,
            "enhance": self._enhance,
            "bakeoff": self._bakeoff,
            "sketch": self._sketch,
            "model": self._model,
            **dict.fromkeys(EXPORTS, self._export),
            "views": self._views,
            "turntable": self._turntable,
        }
        if order.verb not in works:
            raise BadInput(f"Loupe does not know the work “{order.verb}”.")
        self.store.load(order.design_id)
        work = works[order.verb]
        return self.jobs.start(order, lambda job: work(job, order, keys))

    def again(self, job: Job, provider_id: str) -> Order:
        """The order that has what failed of a job done again, by this provider. What was finished stays as it is."""
        failed = [row.item for row in job.troubles if row.item is not None]
        narrowed: dict[str, Any] = {}
        match job.order.verb:
            case "enhance" if failed:
                narrowed = {"regions": [region.model_dump() for region in failed]}
            case "bakeoff" if failed:
                narrowed = {"providers": failed}
            case "sketch" if failed:
                narrowed = {"numbers": [subject.number for subject in failed]}
            case "candidates" if failed:
                narrowed = {"numbers": failed}
        return Order(
            job.order.design_id, job.order.verb, {**job.order.params, **narrowed, "provider": provider_id}
        )

    def bring_model(self, design_id: str, data: bytes) -> Job:
        """Take in a GLB of the user's own and lay it over the master. Raises ReadOnly for a visitor, and BadModel."""
        self.require_editor()
        kept = model3d.keep_upload(self.store, design_id, data)
        return self.submit(Order(design_id, "model", {"upload": kept.model_dump(mode="json")}))

    # Each verb reads its own parameters from the order, so that an interrupted order can be given again.

    def _candidates(self, job: Job, order: Order, keys: Keys | None) -> None:
        told = order.params
        provider = self.provider(told["provider"], order.design_id, keys)
        prompt = generate.checked_prompt(told["prompt"])
        made: dict[int, Asset] = {}

        def one(number: int, watch: Any) -> None:
            request = generate.candidate_request(
                provider,
                prompt,
                kind=told["kind"],
                size=told["size"],
                seed=told["seed"] + number,
                take=told.get("take", 0),
            )
            made[number] = generate.candidate(self.store, provider, request, watch)

        again: list[int] = list(told.get("numbers", []))
        numbers = again or list(range(int(told.get("count", CANDIDATES))))
        names = [(f"Candidate {number + 1}", number) for number in numbers]
        job.each(names, one, at_once=provider.limits[Role.GENERATE].concurrency)
        if again:
            for number in sorted(made):
                generate.add_candidate(self.store, order.design_id, made[number])
        elif made:
            shown = [made[number] for number in sorted(made)]
            generate.set_candidates(self.store, order.design_id, prompt, told["kind"], shown)

    def _edit(self, job: Job, order: Order, keys: Keys | None) -> None:
        told = order.params
        provider = self.provider(told["provider"], order.design_id, keys)

        def one(origin: str, watch: Any) -> None:
            design = self.store.load(order.design_id)
            request = GenerateRequest(
                design.prompt, design.kind, generate.DRAFT_PX, generate.DRAFT_PX, draft=True, origin=origin
            )
            made = generate.candidate(self.store, provider, request, watch)
            generate.add_candidate(self.store, order.design_id, made)

        job.each([("Draft", told["origin"])], one)

    def _master(self, job: Job, order: Order, keys: Keys | None) -> None:
        told = order.params
        provider = self.provider(told["provider"], order.design_id, keys)

        def one(candidate: str, watch: Any) -> None:
            generate.master(
                self.store, provider, order.design_id, AssetId(candidate), size=told["size"], watch=watch
            )

        job.each([("Master", told["candidate"])], one)

    def _enhance(self, job: Job, order: Order, keys: Keys | None) -> None:
        told = order.params
        provider = self.provider(told["provider"], order.design_id, keys)
        regions = [Region.model_validate(region) for region in told["regions"]]

        def one(region: Region, watch: Any) -> None:
            self._close_up(order, provider, region, watch)

        names = [(region.label, region) for region in regions]
        job.each(names, one, at_once=provider.limits[Role.ENHANCE].concurrency)

    def _bakeoff(self, job: Job, order: Order, keys: Keys | None) -> None:
        """The same region through several providers, one row each."""
        region = Region.model_validate(order.params["region"])

        def one(provider_id: str, watch: Any) -> None:
            self._close_up(order, self.provider(provider_id, order.design_id, keys), region, watch)

        names = {row.id: row.name for row in self.registry.rows(Role.ENHANCE)}
        job.each([(names.get(each, each), each) for each in order.params["providers"]], one)

    def _close_up(self, order: Order, provider: Provider, region: Region, watch: Any) -> None:
        told = order.params
        enhance.enhance(
            self.store,
            provider,
            order.design_id,
            region,
            prompt=told["prompt"],
            factor=told["factor"],
            dial=told.get("dial", "strict"),
            take=told.get("take", 0),
            thresholds=calibrate.standing(self.store).get(provider.id),
            watch=watch,
        )

    def _sketch(self, job: Job, order: Order, keys: Keys | None) -> None:
        told = order.params
        provider = self.provider(told["provider"], order.design_id, keys)
        branch = self.store.load(order.design_id).branch
        if branch is None:
            raise BadInput("This design has no master yet; generate or upload one first.")
        wanted, views = set(told.get("numbers", [])), tuple(told.get("views", ()))
        chosen = [s for s in sketch.subjects(branch, views) if not wanted or s.number in wanted]
        if views != branch.views:
            sketch.set_views(self.store, order.design_id, views)
        how = manner(
            told.get("style", "pencil"), **{n: told[n] for n in ("weight", "darkness", "grain") if n in told}
        )
        asked = {name: told[name] for name in ("prompt", "paper", "take") if name in told}

        def one(subject: sketch.Subject, watch: Any) -> None:
            sketch.sketch(self.store, provider, order.design_id, subject, how, watch=watch, **asked)

        names = [(subject.title, subject) for subject in chosen]
        job.each(names, one, at_once=provider.limits[Role.SKETCH].concurrency)

    def _model(self, job: Job, order: Order, keys: Keys | None) -> None:
        told = order.params

        def outline(origin: str, size: int) -> NDArray[np.bool_]:
            return self.atelier.silhouette(origin, size)

        kept = Asset.model_validate(told["upload"]) if "upload" in told else None
        provider = None if kept else self.provider(told["provider"], order.design_id, keys)

        def one(take: int, watch: Any) -> None:
            if provider is not None:
                model3d.model(self.store, provider, order.design_id, take=take, outline=outline, watch=watch)
            elif kept is not None:
                model3d.upload(self.store, order.design_id, kept, outline=outline, watch=watch)

        job.each([("3D model", int(told.get("take", 0)))], one)

    def _export(self, job: Job, order: Order, _keys: Keys | None) -> None:
        kind = order.verb.removeprefix("export-")
        design = self.store.load(order.design_id)

        def one(name: str, watch: Any) -> None:
            documents.make(self.store, design, name, watch.progress)

        job.each([(documents.DOCUMENTS[kind].name, kind)], one)

    def _views(self, job: Job, order: Order, _keys: Keys | None) -> None:
        model, eye = self._eye(order)

        def one(name: str, watch: Any) -> None:
            angles.still(self.store, eye, order.design_id, model.id, name, watch=watch)

        job.each([(name.capitalize(), name) for name in angles.missing(model)], one, at_once=eye.at_once)

    def _turntable(self, job: Job, order: Order, _keys: Keys | None) -> None:
        model, eye = self._eye(order)

        def one(model_id: str, watch: Any) -> None:
            angles.turntable(self.store, eye, order.design_id, model_id, watch=watch)

        job.each([("Turntable", model.id)], one)

    def _eye(self, order: Order) -> tuple[Model3D, angles.Eye]:
        """The newest model of a design, and who looks at it: its own geometry's renderer, or the rasteriser."""
        design = self.store.load(order.design_id)
        model = design.branch.model if design.branch else None
        if model is None or design.branch is None:
            raise BadInput("This design has no 3D model yet; make one first.")
        if model.glb.recipe.detail == Detail.RENDERED.value:
            return model, Traced(self.atelier, design.branch.master.recipe.origin)
        return model, Rastered(self.store.read(model.glb), design.kind)


def _spoil(crop: bytes, seed: int, factor: int) -> tuple[bytes, tuple[str, ...]]:
    """What the careless model does to a crop."""
    from pipeline.fidelity.faulty import answer_carelessly

    spoilt = answer_carelessly(images.decode(crop), seed, factor=factor)
    return images.encode_png(spoilt.picture), spoilt.faults
