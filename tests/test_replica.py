"""Designs that outlive the machine: an empty disk reads them again, two servers lose no edit, offline is told."""

import json
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from pages.ui import samples
from pipeline import bucket, images
from pipeline.bucket import Bucket, Folder, Objects
from pipeline.cache import Cache
from pipeline.errors import BadInput, Corrupt, StorageError, UnknownDesign
from pipeline.export import archive
from pipeline.records import Recipe
from pipeline.replica import Replica
from pipeline.settings import Settings
from pipeline.stages import generate
from pipeline.store import Store
from pipeline.workbench import Workbench
from tests.pages.conftest import ring

PICTURE = ring(256, 1)


class Server:
    """A server's disk, beside the same bucket as another's."""

    def __init__(self, folder: Path, there: Bucket) -> None:
        self.store = Store(folder)
        self.replica = Replica(self.store, there)
        self.store.beyond = self.replica

    def begin(self, name: str, *, seed: int = 1) -> str:
        design = self.store.create(name, kind="ring")
        asset = self.store.put_picture(ring(256, seed), Recipe(role="upload", provider="upload"))
        return generate.set_master(self.store, design.id, asset).id


@pytest.fixture(params=["file", "s3"])
def there(request: pytest.FixtureRequest, tmp_path: Path) -> Bucket:
    if request.param == "file":
        return bucket.opened(f"file://{tmp_path}/share")
    return bucket.opened(request.getfixturevalue("url"))


pytestmark = [pytest.mark.enable_socket, pytest.mark.filterwarnings("ignore")]


def test_a_name_is_written_once(there: Bucket) -> None:
    """The contract of a bucket: created or taken, whole, found by its prefix; many at once create it once."""
    assert there.names("designs/") == []
    assert there.read("designs/a/1.json") is None
    outcomes: list[bool] = []
    threads = [
        threading.Thread(target=lambda n=n: outcomes.append(there.create("designs/a/1.json", b"%d" % n)))
        for n in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False] * 5 + [True]
    first = there.read("designs/a/1.json")
    assert not there.create("designs/a/1.json", b"other")
    assert there.read("designs/a/1.json") == first
    assert there.create("designs/b/1.json", b"x")
    assert there.create("assets/aa/y.png", b"x")
    assert there.names("designs/") == ["designs/a/1.json", "designs/b/1.json"]


def test_what_one_alone_writes_is_replaced_and_removed(there: Bucket) -> None:
    there.replace("index.html", b"<p>1")
    there.replace("index.html", b"<p>2")
    assert there.read("index.html") == b"<p>2"
    there.remove("index.html")
    there.remove("index.html")
    assert there.read("index.html") is None
    assert there.names("") == []


def test_an_empty_disk_opens_every_design(there: Bucket, tmp_path: Path) -> None:
    """A link is opened before the list is read; pictures come as they are looked at, and are what they were."""
    first = Server(tmp_path / "one", there)
    ids = [first.begin(f"Ring {n}", seed=n) for n in range(2)]
    first.replica.even_out()
    second = Server(tmp_path / "two", there)
    design = second.store.load(ids[1])
    assert design == first.store.load(ids[1])
    assert design.branch is not None
    assert (second.store.pixels(design.branch.master) == first.store.pixels(design.branch.master)).all()
    assert second.store.thumbnail(design.branch.master)
    assert second.store.file(design.branch.master.id) is not None
    second.replica.even_out()
    assert {s.id for s in second.store.summaries()} == set(ids)
    with pytest.raises(UnknownDesign):
        second.store.load("nowhere")


def test_two_servers_on_one_bucket_lose_no_edit(there: Bucket, tmp_path: Path) -> None:
    """Each edits the same design without having seen the other's edit; both stand on both, and they come to rest."""
    one, two = Server(tmp_path / "one", there), Server(tmp_path / "two", there)
    design_id = one.begin("Ring")
    one.replica.even_out()
    two.replica.even_out()
    one.store.rename(design_id, "Rose ring")
    two.store.update(design_id, lambda d: d.model_copy(update={"tags": ("spring",)}))
    for server in (one, two, one, two):
        server.replica.even_out()
    assert one.store.load(design_id) == two.store.load(design_id)
    assert (one.store.load(design_id).name, one.store.load(design_id).tags) == ("Rose ring", ("spring",))
    count = len(there.names("designs/"))
    for server in (one, two, one, two):
        server.replica.even_out()
    assert len(there.names("designs/")) == count


def test_an_edit_while_the_one_before_is_on_its_way_is_sent_next(
    there: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow bucket leaves seconds for it: what was read to be sent is not what stands here when it has arrived."""
    one = Server(tmp_path / "one", there)
    design_id = one.begin("Ring")
    create = there.create

    def slow(name: str, data: bytes) -> bool:
        monkeypatch.setattr(there, "create", create)
        one.store.update(design_id, lambda design: design.model_copy(update={"name": "Edited meanwhile"}))
        return create(name, data)

    monkeypatch.setattr(there, "create", slow)
    one.replica.even_out()
    one.replica.even_out()
    two = Server(tmp_path / "two", there)
    assert two.store.load(design_id).name == "Edited meanwhile"


def test_a_deletion_is_one_everywhere_and_gives_way_to_an_edit(there: Bucket, tmp_path: Path) -> None:
    one, two = Server(tmp_path / "one", there), Server(tmp_path / "two", there)
    gone, edited = one.begin("Gone"), one.begin("Edited", seed=2)
    one.replica.even_out()
    two.replica.even_out()
    one.store.delete(gone)
    one.store.delete(edited)
    two.store.rename(edited, "Still wanted")
    for server in (one, two, one):
        server.replica.even_out()
    for server in (one, two):
        assert [(s.id, s.name) for s in server.store.summaries()] == [(edited, "Still wanted")]
    three = Server(tmp_path / "three", there)
    three.replica.even_out()
    assert [s.id for s in three.store.summaries()] == [edited]
    one.store.bring_back(gone)
    one.replica.even_out()
    three.replica.even_out()
    assert {s.id for s in three.store.summaries()} == {gone, edited}


def test_many_threads_edit_on_two_servers(tmp_path: Path) -> None:
    """Forty edits from two servers that even out all the while: every tag arrives on both."""
    there = Folder(tmp_path / "share")
    one, two = Server(tmp_path / "one", there), Server(tmp_path / "two", there)
    design_id = one.begin("Ring")
    one.replica.even_out()
    two.replica.even_out()

    def edit(server: Server, name: str) -> None:
        for n in range(20):
            server.store.update(
                design_id, lambda d, n=n: d.model_copy(update={"tags": (*d.tags, f"{name}{n}")})
            )
            server.replica.even_out()

    threads = [threading.Thread(target=edit, args=(one, "a")), threading.Thread(target=edit, args=(two, "b"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for server in (one, two, one, two):
        server.replica.even_out()
    wanted = {f"{name}{n}" for name in "ab" for n in range(20)}
    assert set(one.store.load(design_id).tags) == set(two.store.load(design_id).tags) == wanted


class Faulty:
    """A bucket that fails, forgets halves and is killed, as told."""

    def __init__(self, there: Bucket) -> None:
        self.there = there
        self.left = 10**9
        self.trouble: Callable[[], BaseException] = lambda: StorageError("The storage does not answer.")

    def _step(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise self.trouble()

    def create(self, name: str, data: bytes) -> bool:
        self._step()
        return self.there.create(name, data)

    def read(self, name: str) -> bytes | None:
        self._step()
        return self.there.read(name)

    def replace(self, name: str, data: bytes) -> None:
        self._step()
        self.there.replace(name, data)

    def remove(self, name: str) -> None:
        self._step()
        self.there.remove(name)

    def names(self, prefix: str) -> list[str]:
        self._step()
        return self.there.names(prefix)


def test_killed_at_any_step_nothing_is_half(tmp_path: Path) -> None:
    """Whatever call is the last before the process dies: whoever reads finds whole designs, then all of it."""

    class Killed(BaseException):
        """The process ends."""

    for step in range(1, 9):
        shared = Folder(tmp_path / f"share{step}")
        faulty = Faulty(shared)
        faulty.left, faulty.trouble = step, Killed
        server = Server(tmp_path / f"disk{step}", faulty)
        design_id = server.begin("Ring")
        with suppress(Killed):
            server.replica.even_out()
        reader = Server(tmp_path / f"reader{step}", shared)
        reader.replica.even_out()
        for summary in reader.store.summaries():
            for asset in reader.store.load(summary.id).assets():
                reader.store.read(asset)
        again = Server(tmp_path / f"disk{step}", shared)
        again.replica.even_out()
        reader.replica.even_out()
        assert reader.store.load(design_id) == again.store.load(design_id)


def test_half_a_revision_is_passed_over(tmp_path: Path) -> None:
    """What somebody else left damaged there says nothing: the design goes on from the next revision."""
    there = Folder(tmp_path / "share")
    one = Server(tmp_path / "one", there)
    design_id = one.begin("Ring")
    one.replica.even_out()
    there.create(f"designs/{design_id}/00000002.json", b'{"design": {"id": "x", "na')
    one.store.rename(design_id, "Rose ring")
    one.replica.even_out()
    two = Server(tmp_path / "two", there)
    two.replica.even_out()
    assert two.store.load(design_id).name == "Rose ring"


def test_offline_is_told_and_nothing_waits(tmp_path: Path) -> None:
    """Designs are read and written here as ever; the sentence goes when the storage is back, and all is there."""
    faulty = Faulty(Folder(tmp_path / "share"))
    server = Server(tmp_path / "one", faulty)
    faulty.left = 0
    started = time.monotonic()
    design_id = server.begin("Ring")
    server.store.rename(design_id, "Rose ring")
    assert server.store.load(design_id).name == "Rose ring"
    server.replica._round()
    assert "does not answer" in server.store.beyond_trouble()
    assert "kept here" in server.store.beyond_trouble()
    with pytest.raises(StorageError):
        server.store.load("elsewhere1")
    assert time.monotonic() - started < 5
    faulty.left = 10**9
    server.replica._round()
    assert server.store.beyond_trouble() == ""
    other = Server(tmp_path / "two", faulty.there)
    assert other.store.load(design_id).name == "Rose ring"


def test_a_port_nobody_listens_on_is_told_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    started = time.monotonic()
    with pytest.raises(StorageError, match="does not answer"):
        bucket.opened(f"s3://nobody/x?endpoint_url=http://127.0.0.1:{port}").read("a")
    assert time.monotonic() - started < 30


def test_paid_answers_are_found_again_on_an_empty_disk(there: Bucket, tmp_path: Path) -> None:
    """Only what was paid for goes there; another key's answer, or a damaged one, is none."""
    one = Cache(tmp_path / "one" / "cache")
    one.beyond = Replica(Store(tmp_path / "one"), there)
    one.put("k" * 64, {"cost_usd": 0.04}, b"picture")
    one.put("f" * 64, {"cost_usd": 0.0}, b"free")
    two = Cache(tmp_path / "two" / "cache")
    two.beyond = Replica(Store(tmp_path / "two"), there)
    assert two.get("k" * 64) == ({"cost_usd": 0.04}, b"picture")
    assert two.get("f" * 64) is None
    sealed = there.read(f"answers/kk/{'k' * 64}") or b""
    there.create(f"answers/xx/{'x' * 64}", sealed)
    there.create(f"answers/zz/{'z' * 64}", sealed[:-1])
    assert two.get("x" * 64) is None
    assert two.get("z" * 64) is None
    two.beyond = None
    assert two.get("k" * 64) is not None
    one.close()
    two.close()


def test_an_answer_bought_offline_goes_there_later(tmp_path: Path) -> None:
    faulty = Faulty(Folder(tmp_path / "share"))
    faulty.left = 0
    replica = Replica(Store(tmp_path / "one"), faulty)
    replica.keep_answer("k" * 64, b"sealed")
    faulty.left = 10**9
    replica.even_out()
    assert faulty.there.read(f"answers/kk/{'k' * 64}") == b"sealed"


def test_the_workbench_evens_out_by_itself(tmp_path: Path) -> None:
    """With LOUPE_STORE_URL set, what is made is there within moments, and a second workbench opens it."""
    url = f"file://{tmp_path}/share"
    one = Workbench(Settings(data_dir=tmp_path / "one", store_url=url))
    design = one.store.create("Ring", kind="ring")
    one.upload_master(design.id, images.encode_png(ring(600, 1)), "ring")
    assert one.replica is not None
    one.replica.even_out()
    two = Workbench(Settings(data_dir=tmp_path / "two", store_url=url))
    assert two.store.load(design.id) == one.store.load(design.id)
    assert two.for_visitor().store.load(design.id).name == "Ring"
    for bench in (one, two):
        assert bench.replica is not None
        bench.replica.stop()
        bench.cache.close()


def test_a_restart_on_an_empty_disk_brings_no_samples_back(tmp_path: Path) -> None:
    """Samples that were edited or thrown away stay so: the first start of all brings them, no later one."""
    maker = Server(tmp_path / "maker", Folder(tmp_path / "none"))
    (tmp_path / "samples").mkdir()
    data = archive.write(maker.store, maker.store.load(maker.begin("Sample")))
    (tmp_path / "samples" / "sample.loupe").write_bytes(data)
    url = f"file://{tmp_path}/share"
    for n in range(2):
        bench = Workbench(Settings(data_dir=tmp_path / f"disk{n}", store_url=url))
        assert bench.replica is not None
        samples._import(bench, tmp_path / "samples")
        bench.replica.even_out()
        (summary,) = bench.store.summaries()
        assert summary.name == ("Sample" if n == 0 else "Mine now")
        bench.store.rename(summary.id, "Mine now")
        bench.replica.stop()
        bench.cache.close()


@pytest.mark.parametrize(
    ("kind", "named", "taken"),
    [
        ("gs", {"mode": "create"}, FileExistsError("b/x/a.html")),
        (
            "az",
            {"overwrite": False},
            OSError("The specified blob already exists. ErrorCode:BlobAlreadyExists"),
        ),
    ],
)
def test_other_kinds_are_asked_to_create_in_their_own_words(
    kind: str, named: dict[str, Any], taken: Exception
) -> None:
    """gcsfs turns 412 into FileExistsError and says Forbidden in an OSError; an adlfs that knew no mode overwrote."""
    calls: list[dict[str, Any]] = []

    class System:
        trouble: Exception | None = None

        def pipe_file(self, _: str, __: bytes, **how: Any) -> None:
            calls.append(how)
            if self.trouble:
                raise self.trouble

    system = System()
    there = Objects(system, "b/x", "--out", kind)
    assert there.create("a.html", b"x")
    assert calls[0].items() >= named.items()
    system.trouble = taken
    assert not there.create("a.html", b"x")
    system.trouble = OSError("Forbidden: b/x/a.html\nno right")
    with pytest.raises(StorageError, match="--out refuses this machine"):
        there.create("a.html", b"x")


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "s3:/x",
        "file://host/x",
        "weird://bucket/x",
        "http://bucket/x",
        "s3://[b/x",
        "memory://b/x",
    ],
)
def test_an_address_of_no_storage_is_refused_in_a_sentence(url: str) -> None:
    with pytest.raises(BadInput, match="LOUPE_STORE_URL"):
        bucket.opened(url)


@pytest.mark.parametrize(
    "name",
    ["designs/desktop.ini", "designs/New Folder/1.json", "designs/a/b/1.json", "designs/a/²²²²²²²².json"],
)
def test_files_of_somebody_else_in_the_bucket_stop_nothing(tmp_path: Path, name: str) -> None:
    there = Folder(tmp_path / "share")
    one, two = Server(tmp_path / "one", there), Server(tmp_path / "two", there)
    there.create(name, b"theirs")
    design_id = one.begin("Ring")
    one.replica.even_out()
    two.replica.even_out()
    assert two.store.load(design_id).name == "Ring"


@pytest.mark.parametrize(
    "change",
    [
        {"design": 5},
        {"design": {}},
        {"design": {"branches": 5, "current": "x"}},
        {"origin": 5},
        {"current": "x"},
        {"branches": [5]},
    ],
)
@pytest.mark.parametrize("known", [True, False])
def test_a_revision_that_is_no_record_hurts_no_other_design(
    tmp_path: Path, change: dict[str, object], *, known: bool
) -> None:
    """Also where the design is not here: a server that begins waits for no lock of its own."""
    there = Folder(tmp_path / "share")
    one, two = Server(tmp_path / "one", there), Server(tmp_path / "two", there)
    damaged = one.begin("Ring")
    one.replica.even_out()
    body = json.loads(there.read(f"designs/{damaged}/00000001.json") or b"")
    within = body if change.keys() <= body.keys() else body["design"]
    within.update(change)
    there.create(f"designs/{damaged}/00000002.json", json.dumps(body).encode())
    other = one.begin("Brooch", seed=2)
    server = one if known else two
    begun = time.monotonic()
    one.replica.even_out()
    server.replica.even_out()
    assert time.monotonic() - begun < 5
    assert server.store.load(other).name == "Brooch"
    assert one.store.load(damaged).name == "Ring"


def test_a_newer_loupes_revision_is_neither_read_nor_overwritten(tmp_path: Path) -> None:
    """Servers are updated one after the other; the older one leaves that design to the newer."""
    there = Folder(tmp_path / "share")
    one, two = Server(tmp_path / "one", there), Server(tmp_path / "two", there)
    design_id = one.begin("Ring")
    one.replica.even_out()
    body = json.loads(there.read(f"designs/{design_id}/00000001.json") or b"")
    body["design"]["schema_version"] = 99
    there.create(f"designs/{design_id}/00000002.json", json.dumps(body).encode())
    one.store.rename(design_id, "Band")
    other = one.begin("Brooch", seed=2)
    one.replica.even_out()
    two.replica.even_out()
    assert len(there.names(f"designs/{design_id}/")) == 2
    assert one.store.load(design_id).name == "Band"
    assert two.store.load(other).name == "Brooch"
    with pytest.raises(Corrupt, match="newer Loupe"):
        two.store.load(design_id)


def test_a_revision_that_another_is_just_writing_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Storage says 409 while somebody writes that name: whoever went on past it would undo what comes there."""
    there = Folder(tmp_path / "share")
    one, two = Server(tmp_path / "one", there), Server(tmp_path / "two", there)
    design_id = one.begin("Ring")
    one.replica.even_out()
    two.replica.even_out()
    one.store.update(design_id, lambda design: design.model_copy(update={"tags": ("gold",)}))
    two.store.rename(design_id, "Band")
    with monkeypatch.context() as patch:
        patch.setattr(two.replica.bucket, "create", lambda *_: False)
        with pytest.raises(StorageError, match="just writing"):
            two.replica.even_out()
    for server in (one, two, one):
        server.replica.even_out()
    for server in (one, two):
        design = server.store.load(design_id)
        assert (design.name, design.tags) == ("Band", ("gold",))


def test_a_record_that_is_damaged_here_keeps_no_other_from_the_bucket(tmp_path: Path) -> None:
    there = Folder(tmp_path / "share")
    server = Server(tmp_path / "one", there)
    ids = [server.begin(f"Ring {n}", seed=n) for n in range(3)]
    record = server.store.folder / "designs" / min(ids) / "design.json"
    record.write_bytes(record.read_bytes()[:100])
    server.replica.even_out()
    assert {name.split("/")[1] for name in there.names("designs/")} == set(ids) - {min(ids)}
