"""The composition root: Settings become a store, a cache, providers and jobs, joined to the six verbs.

It is also the gate: whatever changes a design, spends money or tells of it passes `require_editor` here, and the store
of a visitor's view refuses by itself. Pages read records and speak to stages directly; what changes or spends they ask
of the workbench.
"""

import copy
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import SecretStr

from pipeline import images
from pipeline.bookkeeping import Bookkeeping
from pipeline.bucket import opened
from pipeline.cache import Cache, Unchecked
from pipeline.decoding import LONGEST_MASTER_PX
from pipeline.demo import running
from pipeline.errors import BadInput, ReadOnly, StorageError
from pipeline.export import brand, credentials
from pipeline.export.brand import Brand
from pipeline.fidelity.calibrate import Calibration
from pipeline.jobs import Job, Jobs
from pipeline.ledger import Caps, Entry, Ledger
from pipeline.log import event
from pipeline.orders import CandidatesOrder, HandOutOrder, ModelOrder, VariantOrder, WholeSetOrder, read_note
from pipeline.pace import Pace
from pipeline.providers.base import Provider
from pipeline.providers.builtin.atelier import Atelier
from pipeline.providers.builtin.enlarger import FAITHFUL, as_providers, enlargers
from pipeline.providers.builtin.faulty import Careless
from pipeline.providers.builtin.local import Local
from pipeline.providers.registry import Registry
from pipeline.records import BENCH_VIEWS, Design, Kind, Role
from pipeline.replica import Replica
from pipeline.settings import Settings
from pipeline.stages import calibrate, generate, model3d
from pipeline.stages.tools import StageOrder, Tools, carry_out
from pipeline.store import Store

Keys = Mapping[str, SecretStr]


class Workbench:
    """Everything the app needs, opened once per process."""

    def __init__(self, settings: Settings, machine: Path | None = None) -> None:
        """`machine` is where processes of this machine queue for its renderer, where the data folder is several's."""
        folder = settings.data_dir
        self.settings = settings
        self.store = Store(folder)
        try:
            self.cache = Cache(folder / "cache")
        except StorageError:  # full or read-only: the designs are shown all the same
            self.cache = Cache.closed(folder / "cache")
        book = (
            "ledger-demo.jsonl" if settings.demo_providers else "ledger.jsonl"
        )  # play money has its own book
        self._ledger = Ledger(folder / book, settings)
        self.jobs = Jobs(folder / "jobs", read_note)
        self.pace = Pace(folder / "pace.json")
        self.atelier = Atelier(machine or folder)
        learned = as_providers(enlargers(folder, settings.enlargers_dir))
        self._enlarger = "local" if learned[FAITHFUL].trouble else FAITHFUL
        builtin: dict[str, Provider] = {
            "atelier": self.atelier,
            "local": Local(),
            **learned,
            "careless": Careless(_spoil),
        }
        stand_ins = running(folder.absolute() / "demo", self.atelier) if settings.demo_providers else {}
        self.registry = Registry(settings, self.cache, self._ledger, builtin, stand_ins=stand_ins)
        self.editable = True
        self.replica: Replica | None = None
        if settings.store_url:
            bucket = opened(settings.store_url)
            books = None
            if not settings.demo_providers:
                books = Bookkeeping(folder / "replica", bucket, self._ledger, folder / "jobs")
            self.replica = Replica(self.store, bucket, books)
            self.store.beyond = self.cache.beyond = self.replica
            self._ledger.before_paying = self.replica.before_paying
            self.replica.start()

    @property
    def brand(self) -> Brand:
        """Whose name, logo and colour stand on what is handed out. Raises BadInput for a logo that cannot be read."""
        by = self.settings
        return brand.read(
            by.brand_name,
            by.brand_logo,
            by.brand_colour,
            workshop=by.client_details,
            credentials=credentials.read(by.c2pa_certificate_file, by.c2pa_key_file),
        )

    def for_visitor(self) -> "Workbench":
        """The same workbench for somebody who may only look: its store takes no change, it takes no orders."""
        view = copy.copy(self)
        view.store = self.store.for_visitor()
        view.registry = self.registry.for_visitor()
        view.pace = Pace()  # what a visitor has handed out leaves no trace in the data folder
        view.editable = False
        return view

    def within(self, caps: Caps) -> "Workbench":
        """The same workbench, whose orders are bound by other caps."""
        view = copy.copy(self)
        view._ledger = self._ledger.within(caps)  # noqa: SLF001 - its own
        view.registry = self.registry.booked_in(view._ledger)  # noqa: SLF001 - its own
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

    def open_orders(self) -> tuple[Entry, ...]:
        """Orders whose answer has not come in, oldest first. Raises ReadOnly for a visitor."""
        return self.spending().open_orders()

    def unchecked_answers(self) -> tuple[Unchecked, ...]:
        """Answers that were paid for and do not pass the checks, as they came. Raises ReadOnly for a visitor."""
        self.require_editor()
        return self.cache.unchecked_answers()

    def give_up(self, key: str) -> None:
        """Forget what was ordered under a cache key; asking again buys again.

        Raises ReadOnly for a visitor, and StorageError while it is being asked for.
        """
        self.require_editor()
        self.registry.give_up(key)

    def upload_master(
        self, design_id: str, data: bytes, kind: Kind, longest: int = LONGEST_MASTER_PX
    ) -> Design:
        """Make the user's own picture the master of a design. Raises ReadOnly for a visitor, and BadImage."""
        self.require_editor()
        design = generate.upload(self.store, design_id, data, longest, kind)
        event("design.uploaded", design=design_id, bytes=len(data))
        return design

    def import_design(self, data: bytes) -> Design:
        """Take in a `.loupe` file. Raises ReadOnly for a visitor, and BadArchive."""
        self.require_editor()
        from pipeline.export import archive  # measures, with OpenCV

        design = archive.read(self.store, data)
        event("design.imported", design=design.id, bytes=len(data))
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
        by_atelier = design.branch is not None and design.branch.master.recipe.provider == "atelier"
        return self._home(role, by_atelier=by_atelier)

    def _home(self, role: Role, *, by_atelier: bool) -> str:
        if by_atelier or role is Role.GENERATE:
            return "atelier"
        return self._enlarger if role is Role.ENHANCE else "local"

    def whole_set(
        self, design: Design, start: CandidatesOrder | VariantOrder | None = None, *, bench: bool = False
    ) -> WholeSetOrder:
        """The order for all a design lacks, by who serves it best without a key; `start` makes its master.

        With `bench` the first sheets of a piece whose geometry is known are its bench views.
        """
        master = design.branch.master.recipe.provider if design.branch else ""
        by_atelier = (start.provider if start else master) == "atelier"
        order = WholeSetOrder(
            design_id=design.id,
            start=start,
            bench=bench and by_atelier and set(BENCH_VIEWS) <= set(self.atelier.limits[Role.SKETCH].views),
            enhancer=self._home(Role.ENHANCE, by_atelier=by_atelier),
            sketcher=self._home(Role.SKETCH, by_atelier=by_atelier),
            modeler=self._home(Role.MODEL, by_atelier=by_atelier),
        )
        return order.given(design)

    def submit(self, order: StageOrder, keys: Keys | None = None, *, person: str = "") -> Job:
        """Start the work an order describes, in the background; `keys` stay in memory, `person` is who waits for it.

        Raises ReadOnly for a visitor, RateLimited when too much is under way, and, before anything is stored or
        bought, what the order's own check finds.
        """
        if not isinstance(order, HandOutOrder):
            self.require_editor()
        order = order.given(self.store.load(order.design_id))
        tools = self._tools(order.design_id, keys or {}, person)
        order.check(tools)

        def work(job: Job) -> None:
            job.expect(self.pace.expected([(order.work, order.parts)]))
            carry_out(order, tools, job)

        return self.jobs.start(order, work, person=person, guest=not self.editable)

    def check(self, order: StageOrder) -> None:
        """Refuse what cannot be carried out. Raises ReadOnly for a visitor, and what the order's own check finds."""
        self.require_editor()
        order.check(self._tools(order.design_id, {}, ""))

    def resume(self, job: Job) -> StageOrder:
        """The order for what a stopped server left undone of a job. Raises BadInput where nobody can read it."""
        if not isinstance(job.order, StageOrder):
            raise BadInput("This work cannot be given again from here; order it from its page.")
        return job.order

    def again(self, job: Job, provider_id: str) -> StageOrder:
        """The order that has what failed of a job done again, by this provider. What was finished stays as it is."""
        return self.resume(job).again([row.item for row in job.troubles if row.item is not None], provider_id)

    def bring_model(self, design_id: str, data: bytes, *, person: str = "") -> Job:
        """Take in a GLB of the user's own and lay it over the master. Raises ReadOnly for a visitor, and BadModel."""
        return self.submit(self.own_model(design_id, data), person=person)

    def own_model(self, design_id: str, data: bytes) -> ModelOrder:
        """Keep a GLB of the user's own; the order to lay it over the master. Raises as `bring_model`."""
        self.require_editor()
        return ModelOrder(design_id=design_id, upload=model3d.keep_upload(self.store, design_id, data))

    def _tools(self, design_id: str, keys: Keys, person: str) -> Tools:
        def account(provider_id: str) -> str:
            vendor = self.registry.vendor(provider_id)
            return f"{vendor} of {person}" if vendor in keys else vendor

        return Tools(
            store=self.store,
            find_provider=lambda provider_id: self.registry.get(provider_id, keys=keys, design_id=design_id),
            atelier=self.atelier,
            account=account,
            thresholds=lambda: calibrate.standing(self.store),
            brand=lambda: self.brand,
            pace=self.pace,
        )


def _spoil(crop: bytes, seed: int, factor: int) -> tuple[bytes, tuple[str, ...]]:
    """What the careless model does to a crop."""
    from pipeline.fidelity.faulty import answer_carelessly

    spoilt = answer_carelessly(images.decode(crop), seed, factor=factor)
    return images.encode_png(spoilt.picture), spoilt.faults
