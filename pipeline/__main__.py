"""The same pipeline without the browser: `python -m pipeline run "a rose gold ring" --out ring`."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from pipeline.errors import BadInput, LoupeError, UnknownDesign
from pipeline.records import Design, Kind

if TYPE_CHECKING:
    from pipeline.atelier.spec import Spec
    from pipeline.store import Store

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)

BAD_INPUT, FAILED, DRIFTED, INCOMPLETE = 2, 1, 3, 4
MOST_ENLARGED = 50_000_000
"""Pixels of an enlarged picture; more would not fit into a shared machine's memory."""
SMALLEST_PX = 64
Returned = TypeVar("Returned")

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def run(
    prompt: Annotated[str, typer.Argument(help="What the piece looks like, or a picture of it.")] = "",
    out: Annotated[Path, typer.Option(help="Folder to write into.")] = Path("showcase"),
    image: Annotated[Path | None, typer.Option(help="Start from this picture instead of a prompt.")] = None,
    kind: Annotated[
        Kind | None,
        typer.Option(help="Kind of jewelry; read from the prompt or the picture's name if absent."),
    ] = None,
    size: Annotated[int, typer.Option(min=512, max=4096, help="Side of the master, px.")] = 2048,
    seed: Annotated[int, typer.Option(help="The same seed gives the same piece.")] = 0,
    provider: Annotated[str, typer.Option(help="Who makes the master.")] = "atelier",
    reader: Annotated[str, typer.Option(help="Who reads the prompt for the atelier; itself if absent.")] = "",
    enhancer: Annotated[
        str, typer.Option(help="Who makes the close-ups; the best offline one if absent.")
    ] = "",
    sketcher: Annotated[str, typer.Option(help="Who draws; the best offline one if absent.")] = "",
    modeler: Annotated[str, typer.Option(help="Who makes the model; the best offline one if absent.")] = "",
    factor: Annotated[int, typer.Option(min=2, max=4, help="Enlargement of the close-ups, 2 or 4.")] = 4,
    views: Annotated[  # noqa: FBT002 - a command line switch
        bool, typer.Option("--views", help="Also six stills and a turntable of the model; about a minute.")
    ] = False,
    anew: Annotated[  # noqa: FBT002 - a command line switch
        bool, typer.Option("--anew", help="Render a master of the atelier's earlier edition anew.")
    ] = False,
    bench_views: Annotated[  # noqa: FBT002 - a command line switch
        bool,
        typer.Option("--bench", help="Draw the bench's views of the piece, to scale, instead of close-ups."),
    ] = False,
) -> None:
    """Walk from a prompt or a picture to the whole set: master, close-ups, sketches, model, manifest.

    Exit code 4 when a provider refused a part: the folder is written without it, and the same command with another
    --enhancer, --sketcher or --modeler completes it.
    """
    from pipeline.export import folder
    from pipeline.settings import Settings
    from pipeline.stages.generate import name_for
    from pipeline.walk import Choice, Start, walk
    from pipeline.workbench import Workbench

    picture = image or _file_named(prompt)

    def work() -> int:
        started = time.monotonic()
        missing: list[str] = []
        photograph = _read(picture) if picture else None
        name = picture.stem if picture else name_for(prompt)
        bench = Workbench(Settings())
        if note := bench.atelier.capability_note():
            typer.echo(note, err=True)
        with typer.progressbar(length=100, label="Loupe", file=sys.stderr) as bar:
            design = walk(
                bench,
                Start(name, "" if picture else prompt, photograph, kind, size, seed),
                Choice(
                    provider,
                    enhancer,
                    sketcher,
                    modeler,
                    factor,
                    views,
                    anew=anew,
                    reader=reader,
                    bench=bench_views,
                ),
                _reporter(bar),
                lambda part, error: missing.append(f"Missing: {part}. {error.title}: {error}"),
                lambda sentence: typer.echo(f"\n{sentence}", err=True),
            )
        folder.write(bench.store, design, out)
        typer.echo(_summary(design, out, time.monotonic() - started))
        if not missing:
            return 0
        typer.echo("\n".join(missing), err=True)
        typer.echo(
            "The same command with another --enhancer, --sketcher or --modeler completes it.", err=True
        )
        return INCOMPLETE

    raise typer.Exit(_run_in_words(work))


OnlyMasters = Annotated[bool, typer.Option("--masters", help="Only the master of each, no close-ups.")]
Source = Annotated[str, typer.Argument(help="What the piece looks like, a design's id, or a .loupe file.")]


@app.command(name="set")
def make_set(
    piece: Source,
    out: Annotated[Path, typer.Option(help="Folder to write into; each piece has one of its own.")] = Path(
        "set"
    ),
    size: Annotated[int, typer.Option(min=512, max=4096, help="Side of the masters, px.")] = 2048,
    masters: OnlyMasters = False,  # noqa: FBT002 - a command line switch
) -> None:
    """Make the other pieces of one design: necklace, earrings, ring and bracelet of its metal, gem, cut and motif.

    Of words the piece itself is made, too.
    """
    from pipeline.atelier import sets
    from pipeline.atelier.spec import called

    def work() -> None:
        spec, described = _piece(piece)
        others = sets.others(spec)
        if not others:
            raise BadInput(
                "This piece has nothing that another kind of piece could carry; name a stone or motif."
            )
        pieces = [variant.spec for variant in others]
        for each in [spec, *pieces] if described else pieces:
            _make(each, out / called(each), size, masters=masters)

    _run_in_words(work)


@app.command(name="thicken")
def thicken_to_cast(
    piece: Source,
    out: Annotated[Path, typer.Option(help="Folder to write into.")] = Path("thickened"),
    size: Annotated[int, typer.Option(min=512, max=4096, help="Side of the master, px.")] = 2048,
    masters: OnlyMasters = False,  # noqa: FBT002 - a command line switch
) -> None:
    """Make a piece of the atelier so that it can be cast; says what grew, and what a caster would still refuse."""
    from pipeline.atelier.thickening import WORDS, thicken

    def work() -> None:
        spec, _ = _piece(piece)
        thickened = thicken(spec)
        typer.echo("\n".join(thickened.sentences))
        if thickened.growths:
            _make(thickened.spec, out, size, masters=masters, words=f", {WORDS}")

    _run_in_words(work)


def _piece(source: str) -> "tuple[Spec, bool]":
    """The piece that words describe, or a design shows; and whether it was words."""
    from pipeline.atelier.language.prompt import read
    from pipeline.atelier.spec import composed
    from pipeline.prompts import checked_prompt
    from pipeline.stages import vary
    from pipeline.walk import refuse_other_pieces

    if not _is_design(source):
        prompt = checked_prompt(source)
        refuse_other_pieces(prompt)
        return composed(read(prompt).spec), True
    with _design(source) as (_, opened):
        spec = vary.own_spec(opened)
    if spec is None:
        raise BadInput("The geometry of this design is not known; a piece of the atelier is wanted.")
    return spec, False


def _is_design(source: str) -> bool:
    """Whether it is a file or the id of a design in the data folder, and no words."""
    from pipeline.export import archive
    from pipeline.settings import Settings
    from pipeline.store import Store

    if Path(source).suffix == archive.SUFFIX or _file_named(source):
        return True
    try:
        return Store(Settings().data_dir).record_stamp(source) is not None
    except (UnknownDesign, OSError):  # words are no name of one
        return False


def _make(spec: "Spec", out: Path, size: int, *, masters: bool, words: str = "") -> None:
    """A piece of the atelier as a design of its own, in a folder."""
    from pipeline.atelier.language.describe import describe, title
    from pipeline.atelier.spec import called
    from pipeline.export import folder
    from pipeline.records import LONGEST_NAME
    from pipeline.settings import Settings
    from pipeline.walk import Choice, Start, walk
    from pipeline.workbench import Workbench

    started = time.monotonic()
    bench = Workbench(Settings())
    name = f"{title(spec)}{words}"[:LONGEST_NAME]
    origin = spec.model_dump_json(exclude_none=True)
    with typer.progressbar(length=100, label="Loupe", file=sys.stderr) as bar:
        design = walk(
            bench,
            Start(name, describe(spec), kind=called(spec), size=size, origin=origin),
            Choice(only_master=masters),
            _reporter(bar),
        )
    folder.write(bench.store, design, out)
    typer.echo(_summary(design, out, time.monotonic() - started))


@app.command(name="shop")
def shop_set(
    design: Annotated[str, typer.Argument(help="A design's id, or a .loupe file.")],
    out: Annotated[Path, typer.Option(help="Folder to write into.")] = Path("shop"),
) -> None:
    """Cut the piece out and frame it for marketplaces and networks; says what each of them would refuse."""
    from pipeline.export import credentials, shop
    from pipeline.settings import Settings

    def work() -> None:
        named = Settings()
        by = credentials.read(named.c2pa_certificate_file, named.c2pa_key_file)
        with _design(design) as (store, opened):
            files = _written(lambda: shop.save(store, opened, out, by), out)
        for file in files:
            for finding in file.findings:
                typer.echo(str(finding))
        typer.echo(f"{out}: {len(files)} files")

    _run_in_words(work)


@app.command(name="files")
def design_files(
    design: Annotated[str, typer.Argument(help="A design's id, or a .loupe file.")],
    out: Annotated[Path, typer.Option(help="Folder to write into.")] = Path("files"),
) -> None:
    """Write a design's files for bench and caster: sheets as SVG, DXF and one PDF, STL, USDZ, films, figures."""
    from pipeline.export import bench_files

    def work() -> None:
        with _design(design) as (store, opened):
            written = _written(lambda: bench_files.save(store, opened, out), out)
        typer.echo("\n".join(str(path) for path in written))

    _run_in_words(work)


@contextmanager
def _design(named: str) -> "Iterator[tuple[Store, Design]]":
    """The design of an id in the data folder, or of a .loupe file, which is read and leaves nothing behind."""
    from pipeline.export import archive
    from pipeline.settings import Settings
    from pipeline.store import Store

    path = Path(named)
    if path.suffix != archive.SUFFIX and not path.is_file():
        store = Store(Settings().data_dir)
        yield store, store.load(named)
        return
    data = _read(path)
    with TemporaryDirectory() as folder:
        store = Store(Path(folder))
        yield store, archive.read(store, data)


def _written(work: Callable[[], Returned], out: Path) -> Returned:
    try:
        return work()
    except OSError as error:
        raise BadInput(f"{out} cannot be written ({error.strerror or error}).") from error


@app.command()
def catalogue(
    table: Annotated[Path, typer.Argument(help="CSV, Excel or JSON lines; Shopify's and WooCommerce's too.")],
    out: Annotated[
        str,
        typer.Option(
            help="Folder to write into, or storage elsewhere: s3://bucket/folder, gs://, az://, file:///folder."
        ),
    ] = "catalogue",
    cap: Annotated[
        float | None, typer.Option(min=0, help="Most that the whole may cost, US dollars.")
    ] = None,
    pictures: Annotated[
        Path | None, typer.Option(help="Folder that pictures are looked for in; the table's own if absent.")
    ] = None,
    host: Annotated[
        list[str] | None,
        typer.Option(help="A host that pictures may be fetched from; several times for several."),
    ] = None,
    size: Annotated[int, typer.Option(min=256, max=4096, help="Side of the masters, px.")] = 2048,
    provider: Annotated[str, typer.Option(help="Who makes the masters.")] = "atelier",
    enhancer: Annotated[str, typer.Option(help="Who makes the close-ups.")] = "",
    sketcher: Annotated[str, typer.Option(help="Who draws.")] = "",
    modeler: Annotated[str, typer.Option(help="Who makes the models.")] = "",
    factor: Annotated[int, typer.Option(min=2, max=4, help="Enlargement of the close-ups.")] = 4,
    shop: Annotated[  # noqa: FBT002 - a command line switch
        bool, typer.Option("--shop", help="Also each row's pictures and model as shops take them.")
    ] = False,
    scheduler: Annotated[
        str,
        typer.Option(
            help="A Dask scheduler, tcp://host:8786, whose workers do the rows; this machine if absent."
        ),
    ] = "",
    wait: Annotated[
        float | None,
        typer.Option(
            min=0, help="Seconds to wait for workers of the scheduler; for as long as it takes if absent."
        ),
    ] = None,
    dry_run: Annotated[  # noqa: FBT002 - a command line switch
        bool, typer.Option("--dry-run", help="Read the table and say what it would cost; order nothing.")
    ] = False,
) -> None:
    """Make every piece of a table: each row a .loupe file and a line of the report, the whole one HTML index.

    The same command goes on where it stopped: finished rows are never done again. Exit code 4 when a row failed or
    lacks a part, 1 when the cap was reached.
    """
    from pipeline.catalogue.pictures import allowed
    from pipeline.catalogue.place import at
    from pipeline.catalogue.reckoning import Budget
    from pipeline.catalogue.report import PAGE, Report
    from pipeline.catalogue.row import Wanted
    from pipeline.catalogue.run import Catalogue
    from pipeline.catalogue.table import Piece, read
    from pipeline.settings import Settings
    from pipeline.workbench import Workbench

    def work() -> int:
        makers = {"provider": provider, "enhancer": enhancer, "sketcher": sketcher, "modeler": modeler}
        pieces = read(table, {**makers, "size": size, "factor": factor})
        place = at(out)
        given = Settings()
        bench = Workbench(given)
        where = allowed(given, bench.cache, pictures or table.parent, host or ())
        whole = Catalogue(
            bench, pieces, place, table.stem, where, Budget(given, cap or 0.0), Wanted(shop=shop)
        )
        report = Report(place)
        undone = whole.undone(report)
        usd = whole.price(undone, report)
        typer.echo(
            f"{len(pieces)} pieces, {len(undone)} to do, estimated at ${usd:.2f}"
            + (f"; the whole may cost ${cap:.2f}." if cap is not None else ".")
        )
        if dry_run:
            return 0
        if usd > 0 and cap is None:
            raise BadInput("This costs money; say with --cap how many US dollars the whole may cost.")
        place.ready()
        with typer.progressbar(length=1000 * max(1, len(undone)), label="Loupe", file=sys.stderr) as bar:
            show = _reporter(bar)

            def tell(ended: int, piece: Piece, fraction: float, part: str) -> None:
                show((ended + fraction) * 10, f"{piece.row} {part}")

            if scheduler:
                from pipeline.catalogue.cluster import run_on

                lines = run_on(scheduler, whole, tell, notice=_beside(bar), patience_s=wait)
            else:
                lines = whole.run(tell)
        failed = [line for line in lines if line.state != "done"]
        typer.echo(f"{place.address(PAGE)}: {len(lines) - len(failed)} whole, {len(failed)} to look at first")
        return INCOMPLETE if failed else 0

    raise typer.Exit(_run_in_words(work))


@app.command()
def check(
    master: Path,
    kind: Annotated[Kind | None, typer.Option(help="A necklace's chain may leave by the top.")] = None,
    as_json: JsonFlag = False,  # noqa: FBT002 - a command line switch
) -> None:
    """Measure a master's checklist from its pixels."""
    from pipeline import images
    from pipeline.photo.checks import inspect

    def work() -> None:
        checks = inspect(images.decode(_read(master)), hanging=kind == "necklace")
        rows = [
            {"name": c.name, "label": c.label, "value": c.value, "unit": c.unit, "ok": c.ok, "figure": c.figure,
             "advice": c.advice}
            for c in checks
        ]  # fmt: skip
        _print(rows, as_json, lambda r: f"{'ok ' if r['ok'] else '-- '} {r['label']}: {r['figure']}")

    _run_in_words(work)


@app.command()
def suggest(
    master: Path,
    kind: Annotated[Kind, typer.Option(help="Kind of jewelry.")] = "necklace",
    as_json: JsonFlag = False,  # noqa: FBT002 - a command line switch
) -> None:
    """Suggest five crop regions on a master."""
    from pipeline import images
    from pipeline.photo.suggest import suggest_as_seen

    def work() -> None:
        regions = suggest_as_seen(images.decode(_read(master)), kind)
        rows = [{"label": r.label, "x": r.x, "y": r.y, "width": r.width, "height": r.height} for r in regions]
        _print(rows, as_json, lambda r: f"{r['label']}: {r['width']} x {r['height']} at {r['x']}, {r['y']}")

    _run_in_words(work)


@app.command()
def compare(
    crop: Path,
    enhanced: Path,
    as_json: JsonFlag = False,  # noqa: FBT002 - a command line switch
    heatmap: Annotated[Path | None, typer.Option(help="Write the difference map here, PNG.")] = None,
) -> None:
    """Measure an enhanced picture against its crop. Exit code 0 for pass or repaired, 3 for fail."""
    from pipeline import fidelity, images

    def work() -> int:
        pictures = images.decode(_read(crop)), images.decode(_read(enhanced))
        if heatmap is None:
            figures = fidelity.compare(*pictures)
        else:
            examined = fidelity.examine(*pictures)
            figures = examined.fidelity
            _write(heatmap, images.encode_png(examined.heatmap))
        report = figures.to_dict()
        if as_json:
            typer.echo(json.dumps(report))
        else:
            typer.echo(f"{report['verdict']} (raw {report['raw_verdict']}), drift {report['drift']:.3f}")
            for reason in report["reasons"]:
                typer.echo(f"  {reason['name']}, severity {reason['severity']:.2f}, at {reason['box']}")
        return DRIFTED if figures.verdict == "fail" else 0

    raise typer.Exit(_run_in_words(work))


@app.command()
def lock(
    crop: Path, enhanced: Path, out: Annotated[Path, typer.Option(help="Where to write the PNG.")]
) -> None:
    """Make an enhanced picture agree with its crop."""
    from pipeline import fidelity, images

    def work() -> None:
        locked = fidelity.lock(images.decode(_read(crop)), images.decode(_read(enhanced)))
        _write(out, images.encode_png(locked))
        typer.echo(f"wrote {out}")

    _run_in_words(work)


@app.command()
def enlarge(
    picture: Path,
    out: Annotated[Path, typer.Option(help="Where to write the PNG.")],
    provider: Annotated[
        str, typer.Option(help="Who enlarges: faithful, vivid, local, or any other.")
    ] = "faithful",
    factor: Annotated[int, typer.Option(min=2, max=4, help="Enlargement: 2, 3 or 4.")] = 4,
) -> None:
    """Enlarge a whole picture of 64 px or more and make it agree with itself, as a close-up is."""
    from pipeline import fidelity, images
    from pipeline.providers.base import Silent
    from pipeline.settings import Settings
    from pipeline.stages.enhance import enlarge as enlarged
    from pipeline.workbench import Workbench

    def work() -> None:
        pixels = images.decode(_read(picture))
        height, width = pixels.shape[:2]
        if min(height, width) < SMALLEST_PX:
            raise BadInput(f"This picture is {width} x {height} px; enlarging begins at {SMALLEST_PX} px.")
        if height * width * factor**2 > MOST_ENLARGED:
            raise BadInput(
                f"Enlarged {factor}x this picture would have {height * width * factor**2 / 1e6:.0f} megapixels; "
                f"{MOST_ENLARGED // 1_000_000} is the most. Choose a smaller factor, or cut a region out."
            )
        answer = enlarged(Workbench(Settings()).registry.get(provider), pixels, factor, Silent())
        _write(out, images.encode_png(fidelity.lock(pixels, answer)))
        typer.echo(f"wrote {out}")

    _run_in_words(work)


@app.command(name="trace")
def trace_photograph(
    photo: Path,
    kind: Annotated[Kind, typer.Option(help="Kind of jewelry.")],
    out: Annotated[Path, typer.Option(help="Folder to write the overlay, the piece and the figures into.")],
    family: Annotated[str, typer.Option(help="Style, as band, halo or solitaire-oval; all if absent.")] = "",
    points: Annotated[
        Path | None, typer.Option(help="JSON list of points on the picture: curve, x and y in 0..1.")
    ] = None,
    size_mm: Annotated[
        float | None, typer.Option(help="The one length: a ring's inside diameter, a pendant's height, mm.")
    ] = None,
) -> None:
    """Model a photographed piece after the atelier's families. Exit code 3 when the fit is rough."""
    from pipeline import images
    from pipeline.trace import report
    from pipeline.trace.tracing import trace as traced_from

    def work() -> int:
        placed = report.read_points(_read(points)) if points else ()
        with typer.progressbar(length=100, label="Trace", file=sys.stderr) as bar:
            traced = traced_from(
                images.decode(_read(photo)),
                kind,
                family,
                points=placed,
                size_mm=size_mm,
                progress=_reporter(bar),
            )
        report.write(traced, out)
        typer.echo(f"{traced.family.name}. {traced.words}\nwrote {out}")
        if traced.accepted or placed:
            return 0
        typer.echo("Place some points on the picture to settle it: --points FILE.", err=True)
        return DRIFTED

    raise typer.Exit(_run_in_words(work))


@app.command()
def verify(path: Path) -> None:
    """Recompute every hash and figure of an exported folder or ZIP; exit code 1 when one differs."""
    from pipeline.export.verify import verify as verified

    def work() -> int:
        verification = verified(path)
        for line in verification.lines:
            typer.echo(line)
        return 0 if verification.ok else FAILED

    raise typer.Exit(_run_in_words(work))


@app.command()
def providers(as_json: JsonFlag = False) -> None:  # noqa: FBT002 - a command line switch
    """List every provider: whether it is ready, what it does, which redraw every pixel, prices with their source."""
    from pipeline.records import Role
    from pipeline.settings import Settings
    from pipeline.workbench import Workbench

    def work() -> None:
        rows = [
            {
                "id": row.id,
                "name": row.name,
                "status": "ready" if row.ready else row.trouble or f"needs {row.missing}",
                "roles": {role.value: limits.price_usd for role, limits in row.limits.items()},
                "models": {role.value: model for role, model in row.models.items()},
                "close_ups": str(row.detail(Role.ENHANCE)) if Role.ENHANCE in row.limits else "",
                "prices": "; ".join(dict.fromkeys(rate.basis for rate in row.rates.values())),
            }
            for row in Workbench(Settings()).registry.rows()
        ]
        _print(rows, as_json, _provider_line)

    _run_in_words(work)


def _provider_line(row: dict[str, Any]) -> str:
    """One line of the table: id, status, each job with its price, what close-ups are made of, the prices' source."""
    jobs = ", ".join(f"{role} {f'${price:.3f}' if price else 'free'}" for role, price in row["roles"].items())
    close_ups = f"  [close-ups: {row['close_ups']}]" if row["close_ups"] else ""
    prices = f"  ({row['prices']})" if row["prices"] else ""
    return f"{row['id']:<23} {row['status']:<30} {jobs}{close_ups}{prices}"


@app.command(name="calibrate")
def calibrate_gate(
    adopt: Annotated[bool, typer.Option("--adopt", help="Put them in force.")] = False,  # noqa: FBT002 - a command line switch
) -> None:
    """Refit the gate's thresholds per provider from accepted and rejected close-ups; shows before and after."""
    from pipeline.settings import Settings
    from pipeline.stages import calibrate
    from pipeline.store import Store

    def work() -> None:
        store = Store(Settings().data_dir)
        proposals = calibrate.propose(store)
        if not proposals:
            typer.echo("No close-up was accepted or rejected yet: nothing to calibrate from.")
        for p in proposals:
            typer.echo(
                f"{p.provider}: {p.accepted} accepted, {p.rejected} rejected; "
                f"warns from {p.before.warn:.2f} -> {p.after.warn:.2f}, "
                f"fails from {p.before.fail:.2f} -> {p.after.fail:.2f}; "
                f"false alarms {p.errors_before.false_alarms:.0%} -> {p.errors_after.false_alarms:.0%}, "
                f"missed {p.errors_before.misses:.0%} -> {p.errors_after.misses:.0%}"
            )
        if adopt:
            calibrate.adopt(store, proposals)
            typer.echo("In force for the close-ups to come.")

    _run_in_words(work)


@app.command(name="standings")
def compare_providers(as_json: JsonFlag = False) -> None:  # noqa: FBT002 - a command line switch
    """Compare providers over every close-up on disk: drift, gained sharpness, seconds, cost; most faithful first."""
    from pipeline.settings import Settings
    from pipeline.stages.standings import standings
    from pipeline.store import Store

    def work() -> None:
        rows = [asdict(row) for row in standings(Store(Settings().data_dir))]
        if not rows and not as_json:
            typer.echo("No close-up was made yet: nothing to compare.")
        _print(rows, as_json, _standing_line)

    _run_in_words(work)


def _standing_line(row: dict[str, Any]) -> str:
    gain = f"{row['sharpness']:.2f}x" if row["sharpness"] is not None else "-"
    return (
        f"{row['provider']:<23} {row['close_ups']:>4} close-ups  drift {row['drift']:.2f}  "
        f"{row['same']:>4.0%} passed as delivered  sharpness {gain}  "
        f"{row['seconds']:.1f} s  ${row['cost_usd']:.3f}"
    )


@app.command()
def settings() -> None:
    """Print every setting as a Markdown table, as the README shows it."""
    from pipeline.settings import table

    typer.echo(table())


def _run_in_words(work: Callable[[], Returned]) -> Returned:
    """Run a command; an error becomes one sentence and an exit code."""
    try:
        return work()
    except LoupeError as error:
        typer.echo(f"{error.title}: {error}", err=True)
        raise typer.Exit(BAD_INPUT if isinstance(error, BadInput) else FAILED) from error


def _file_named(words: str) -> Path | None:
    """The file that these words are the path of, where there is one."""
    with suppress(OSError, ValueError):  # longer than a path can be, or with a zero byte
        path = Path(words).expanduser()
        return path if path.is_file() else None
    return None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read ({error.strerror}).") from error


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise BadInput(f"{path} cannot be written ({error.strerror}).") from error


def _print(rows: list[dict[str, Any]], as_json: bool, line: Callable[[dict[str, Any]], str]) -> None:  # noqa: FBT001 - passes the switch on
    typer.echo(json.dumps(rows) if as_json else "\n".join(line(row) for row in rows))


def _beside(bar: Any) -> Callable[[str], None]:
    """Say a sentence on a line of its own, above the bar."""

    def say(sentence: str) -> None:
        typer.echo(f"\n{sentence}", err=True)
        bar.render_progress()

    return say


def _reporter(bar: Any) -> Callable[[float, str], None]:
    shown = 0

    def report(fraction: float, label: str) -> None:
        nonlocal shown
        bar.label = f"{label:<12}"
        now = int(fraction * 100)
        bar.update(max(0, now - shown))
        shown = max(shown, now)

    return report


def _summary(design: Design, out: Path, seconds: float) -> str:
    branch = design.branch
    if branch is None:
        return f"{out}: nothing was made"
    close_ups = branch.chosen_close_ups
    same = sum(c.verdict != "fail" for c in close_ups)
    worst = min((c.fidelity.locked.lr_psnr_db for c in close_ups), default=0.0)
    return (
        f"{out}: 1 master, {len(close_ups)} close-ups ({same} the same piece, worst {worst:.1f} dB), "
        f"{len(branch.latest_sketches)} sketches, {len(branch.models)} model, {seconds:.1f} s"
    )


if __name__ == "__main__":
    app()
