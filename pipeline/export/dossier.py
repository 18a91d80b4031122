"""The dossier, a PDF for the meeting: cover, master and specification, close-ups, sketches, certificate."""

from collections.abc import Callable, Sequence

from pipeline import glb, images, metadata
from pipeline.drawing import kept_page, lettering
from pipeline.drawing.page import Box
from pipeline.export import castability, certificate, specification
from pipeline.export.brand import Brand
from pipeline.export.certificate import Certificate, Entry
from pipeline.export.proof import tint
from pipeline.export.sheet import GOLD, INK, SOFT, Sheet
from pipeline.records import Asset, Branch, Design, Model3D, is_relief
from pipeline.store import Store

Tell = Callable[[float, str], None]
PLAIN = Brand()
_FULL = Box(18, 24, 174, 240)
"""The type area of an A4 page, mm."""
_TONES = {"pass": (47, 98, 66), "repaired": (138, 90, 8), "fail": (156, 43, 34), "plain": SOFT}
_PHOTO_SIDE_PX = 2200
"""174 mm at 320 dpi; the originals travel in the archive."""
_COMPUTED = metadata.packet(metadata.RENDERED)
"""What maps and differences state: computed, from nothing that was trained."""
_LARGEST_EXACT = 1_500_000
"""Pictures up to this size keep red, green and blue themselves, without JPEG's rounding of colours."""
_LARGEST_MASTER = 6_000_000
"""The master does up to this size: it is what all else is held to, and it is kept in the file once."""


def write(store: Store, design: Design, tell: Tell = lambda *_: None, *, brand: Brand = PLAIN) -> bytes:
    """Typeset the dossier, A4. The same design gives the same bytes; `tell` hears of each page."""
    tell(0.05, "measuring")
    certified = certificate.certify(store, design)
    pdf = Sheet(title=design.name, moment=design.updated_at, accent=brand.colour or GOLD)
    branch = design.branch
    master = _master_picture(store, branch.master) if branch else b""
    _cover(pdf, design, certified, brand, master)
    if branch is None:
        _missing(pdf, 254)
        return pdf.finish()
    _master(pdf, store, design, branch, certified, master)
    _whole(pdf, store, branch, certified)
    count = len(certified.entries) + len(branch.latest_sketches)
    for n, entry in enumerate(certified.entries, 1):
        tell(0.2 + 0.6 * n / count, entry.label)
        _close_up(pdf, store, branch.pictured(entry.close_up.region.shot), entry)
    for n, sketch in enumerate(branch.latest_sketches, 1):  # framed sheets with a title block of their own
        tell(0.2 + 0.6 * (n + len(certified.entries)) / count, sketch.title)
        pdf.drawing(kept_page(sketch, store.read), name=sketch.title)
    if branch.model and branch.model.views:
        _model(pdf, store, design, branch.model)
    if certified.entries:
        _certificate(pdf, certified)
        if brand.workshop:
            _hashes(pdf, branch, certified)
    _missing(pdf, 268)
    tell(0.9, "binding")
    return pdf.finish()


def _cover(pdf: Sheet, design: Design, certified: Certificate, brand: Brand, master: bytes) -> None:
    pdf.page(folio=False)
    if brand.logo:
        pdf.picture(brand.logo, Box(75, 10, 60, 16), alt=brand.name or "Logo")
    elif brand.name:
        pdf.text(brand.name, Box(18, 16, 174, 8), font="serif", size=15, align="C")
    pdf.text(
        design.kind.upper(),
        Box(18, 30, 174, 6),
        font="sans",
        size=9,
        color=pdf.accent,
        align="C",
        spacing=2.4,
    )
    long = len(design.name) > 60
    bottom = pdf.text(
        design.name, Box(22, 40, 166, 46), font="serif", size=17 if long else 40, align="C", leading=1.1
    )
    if design.branch:
        pdf.picture(master, Box(33, max(bottom + 10, 74), 144, 144), alt="The master")
    pdf.text(certified.claim, Box(36, 236, 138, 20), font="italic", size=16, align="C", leading=1.15)
    pdf.rule(98, 262, 14)
    pdf.text(
        f"{design.updated_at.day} {design.updated_at:%B %Y}"
        + (f"  ·  Design {design.id}" if brand.workshop else ""),
        Box(18, 267, 174, 6),
        font="sans",
        size=9,
        color=SOFT,
        align="C",
    )


def _master(
    pdf: Sheet, store: Store, design: Design, branch: Branch, certified: Certificate, master: bytes
) -> None:
    pdf.page("Master")
    place = pdf.picture(master, Box(18, 38, 174, 150), alt="The master", frame=True)
    _outlines(pdf, place, branch.master, [e for e in certified.entries if not e.close_up.region.shot])
    top = place.y + place.height + 9
    if design.prompt:
        prompt = lettering.shorten(design.prompt, lambda cut: len(cut) <= 300)
        top = pdf.text(prompt, Box(18, top, 174, 22), font="italic", size=12.5, color=SOFT, leading=1.2) + 5
    rows = [*specification.rows(design), *castability.rows(branch), *_model_row(store, branch)]
    for number, (term, value) in enumerate(rows):
        if top > _FULL.y + _FULL.height:
            break
        if number:
            pdf.rule(18, top - 1.6, 174)
        pdf.text(term.upper(), Box(18, top + 0.6, 38, 5), font="sans", size=7.5, color=SOFT, spacing=0.8)
        top = pdf.text(value, Box(58, top, 134, 14), font="sans", size=10) + 3


def _outlines(pdf: Sheet, place: Box, picture: Asset, entries: Sequence[Entry]) -> None:
    """Number the regions on a picture that stands at `place`."""
    scale = place.width / picture.width
    for entry in entries:
        x, y, width, height = (side * scale for side in entry.close_up.region.box)
        pdf.outline(Box(place.x + x, place.y + y, width, height), str(entry.number))


def _whole(pdf: Sheet, store: Store, branch: Branch, certified: Certificate) -> None:
    """The whole view that close-ups were cut from, where the master shows the piece close."""
    apart = [e for e in certified.entries if e.close_up.region.shot]
    if branch.whole is None or not apart:
        return
    pdf.page("Whole view")
    place = pdf.picture(_photo(store, branch.whole), Box(18, 38, 174, 174), alt="The whole piece", frame=True)
    _outlines(pdf, place, branch.whole, apart)
    words = certificate.beyond(e.label for e in apart)
    pdf.text(
        words, Box(18, place.y + place.height + 7, 174, 20), font="sans", size=10, color=SOFT, leading=1.3
    )


def _model_row(store: Store, branch: Branch) -> Sequence[tuple[str, str]]:
    if branch.model is None:
        return ()
    data = store.read(branch.model.glb)
    size = (
        f"glTF 2.0, {glb.triangles(data):,} triangles, {len(data) / 1e6:.1f} MB. "
        if not glb.fault(data)
        else ""
    )
    return (("3D model", f"{size}{branch.model.known}"),)


def _model(pdf: Sheet, store: Store, design: Design, model: Model3D) -> None:
    """The angles of the 3D model, two in a row, and how far it is known."""
    pdf.page("3D views")
    side, gap = 68.0, 6.0
    left = (210 - 2 * side - gap) / 2
    below = 36.0
    for number, view in enumerate(model.views[:6]):
        box = Box(left + number % 2 * (side + gap), 36 + number // 2 * (side + gap + 1), side, side)
        place = pdf.picture(
            _photo(store, view.picture, of=design.branch.master if design.branch else None),
            box,
            alt=view.name,
            frame=True,
        )
        name = f"{view.name[:1].upper()}{view.name[1:]}"
        below = pdf.text(
            name,
            Box(place.x, place.y + place.height + 1, side, 5),
            font="sans",
            size=8,
            color=SOFT,
            align="C",
        )
    provenance = store.provenance(design.id)
    foreign = provenance is not None and model.id in provenance.others
    figures = {} if foreign else model.figures
    judged = not is_relief(model)  # a relief's outline is the photograph's own
    parts = [
        f"silhouette {figures['iou']:.1%} the master’s" if judged and "iou" in figures else "",
        f"edges within {figures['edge_px']:.1f} px of 1024" if judged and "edge_px" in figures else "",
        f"colour ΔE {figures['colour_delta_e']:.1f}" if "colour_delta_e" in figures else "",
    ]
    measured = ", ".join(words for words in parts if words)
    sentence = f"{model.known} Laid over the master: {measured}." if measured else model.known
    sentence += " Imported; its agreement with the master is not measured here." if foreign else ""
    pdf.text(
        sentence, Box(left, below + 4, 2 * side + gap, 14), font="sans", size=9, color=SOFT, leading=1.32
    )


def _missing(pdf: Sheet, top: float) -> None:
    """Say which signs could not be set, so that a box on the page is no riddle."""
    if pdf.missing:
        shown = ", ".join(f"U+{ord(sign):04X}" for sign in pdf.missing[:24])
        more = f" and {len(pdf.missing) - 24} more" if len(pdf.missing) > 24 else ""
        sentence = f"□ stands for signs that the fonts of this document do not have: {shown}{more}."
        pdf.text(sentence, Box(18, top, 174, 9), font="sans", size=7.5, color=SOFT)


def _close_up(pdf: Sheet, store: Store, picture: Asset, entry: Entry) -> None:
    pdf.page(f"{entry.number}  {entry.label[:1].upper()}{entry.label[1:]}")
    place = pdf.picture(
        _photo(store, entry.result, of=picture), Box(18, 38, 174, 164), alt=entry.label, frame=True
    )
    top = place.y + place.height + 8
    crop = pdf.picture(
        _photo(store, entry.crop, of=picture), Box(18, top, 38, 38), alt="The crop", frame=True, align="L"
    )
    heat = images.encode_jpeg(tint(store.pixels(entry.close_up.heatmap)), 95, xmp=_COMPUTED, exact=True)
    drift = pdf.picture(heat, Box(61, top, 38, 38), alt="The drift map", frame=True, align="L")
    source = "the whole view" if entry.close_up.region.shot else "the master"
    for box, words in (
        (crop, f"{source.capitalize()}’s own pixels"),
        (drift, "Drift map: white agrees, red does not"),
    ):
        pdf.text(words, Box(box.x, top + box.height + 1.5, 39, 8), font="sans", size=8, color=SOFT)
    left, width = 108, 84
    line = pdf.text(entry.seal, Box(left, top - 1, width, 8), font="serif", size=18, color=_TONES[entry.tone])
    rows = (
        (f"Agreement with {source}", f"{entry.agreement_db:.1f} dB"),
        ("Worst 7 × 7 window", f"{entry.worst_db:.1f} dB"),
        ("Largest colour difference", f"ΔE {entry.delta_e:.1f}"),
        ("As delivered", f"{entry.raw_db:.1f} dB, {entry.raw_verdict}"),
        ("Drift as delivered", f"{entry.drift:.2f} of 1"),
        *((("Stones as delivered", entry.counts),) if entry.counts else ()),
        *((("Bent as delivered", entry.straightened),) if entry.straightened else ()),
        ("Fine detail", entry.detail),
        ("Made by", entry.maker),
        ("Size", f"{entry.result.width} × {entry.result.height} px, {entry.close_up.factor}× the crop"),
        *((("Lock", entry.dial),) if entry.dial != "strict" else ()),
        *(("Reason", reason) for reason in entry.reasons[:4]),
    )
    line += 2
    for term, value in rows:
        pdf.text(term, Box(left, line, 42, 5), font="sans", size=8.5, color=SOFT)
        line = pdf.text(value, Box(left + 42, line, width - 42, 9), font="sans", size=8.5, align="R") + 1.1
        pdf.rule(left, line - 0.4, width)
        line += 0.6


def _certificate(pdf: Sheet, certified: Certificate) -> None:
    pdf.page("Certificate of fidelity")
    top = pdf.text(certified.claim, Box(18, 38, 174, 16), font="italic", size=17, leading=1.15) + 5
    columns = (("View", 30, "L"), ("Verdict", 40, "L"), ("Agreement", 22, "R"), ("Worst", 20, "R"),
               ("Colour", 18, "R"), ("Delivered", 26, "R"), ("Drift", 18, "R"))  # fmt: skip
    x = 18.0
    for name, width, align in columns:
        pdf.text(
            name.upper(), Box(x, top, width, 4), font="sans", size=6.8, color=SOFT, align=align, spacing=0.5
        )
        x += width
    top += 5.5
    for entry in certified.entries:
        pdf.rule(18, top - 1, 174)
        cells = (entry.label, entry.seal, f"{entry.agreement_db:.1f} dB", f"{entry.worst_db:.1f} dB",
                 f"ΔE {entry.delta_e:.1f}", f"{entry.raw_db:.1f}, {entry.raw_verdict}",
                 f"{entry.drift:.2f}")  # fmt: skip
        x, below = 18.0, top
        for (_, width, align), cell, column in zip(columns, cells, range(len(cells)), strict=True):
            color = _TONES[entry.tone] if column == 1 else INK
            box = Box(x, top, width - (2 if align == "L" else 0), 12)
            below = max(below, pdf.text(cell, box, font="sans", size=8.5, color=color, align=align))
            x += width
        top = below + 2
    pdf.rule(18, top - 1, 174)
    top += 4
    top = _proof(pdf, certified, top)
    for title, body in (
        ("How it was measured", certificate.METHOD),
        ("How each part came to be", " ".join(certified.origins)),
        ("What it cannot see", " ".join(certificate.LIMITS)),
        ("Measure it again", f"{certificate.CHECK} recomputes every figure from the files alone."),
    ):
        top = pdf.text(title, Box(18, top, 174, 7), font="serif", size=13.5) + 0.8
        top = pdf.text(body, Box(18, top, 174, 30), font="sans", size=9.5, color=SOFT, leading=1.32) + 3


def _proof(pdf: Sheet, certified: Certificate, top: float) -> float:
    if certified.composite is None:
        return top
    difference = images.encode_jpeg(images.within(certified.composite.difference, 1000), 88, xmp=_COMPUTED)
    box = pdf.picture(difference, Box(18, top, 62, 62), alt="The difference image", frame=True, align="L")
    proof = certified.composite.proof
    left = box.x + box.width + 8
    below = pdf.text(
        f"{proof.psnr_db:.1f} dB", Box(left, top, 192 - left, 12), font="serif", size=28, leading=1
    )
    below = pdf.text(
        "Composite-back: every close-up averaged down to the master’s pixels and laid back into it. The picture "
        "shows the difference to the master, amplified 16 times; white is no difference. "
        + certificate.largest(proof.largest_level),
        Box(left, below + 2, 192 - left, 40),
        font="sans",
        size=9.5,
        color=SOFT,
        leading=1.32,
    )
    return max(below, top + box.height) + 6


def _hashes(pdf: Sheet, branch: Branch, certified: Certificate) -> None:
    lines = [("Master", branch.master.id)]
    lines += [("Whole view", branch.whole.id)] if branch.whole is not None else []
    for entry in certified.entries:
        lines += [(f"{entry.label}, crop", entry.crop.id), (f"{entry.label}, close-up", entry.result.id)]
    lines += [(f"{sketch.title}, sketch", sketch.sheet.id) for sketch in branch.latest_sketches]
    if branch.model:
        lines += [(f"3D, {view.name}", view.picture.id) for view in branch.model.views]
        lines += [("3D model", branch.model.glb.id)]
    pdf.page("SHA-256 of the originals")
    top = 40.0
    for name, digest in lines:
        if top > _FULL.y + _FULL.height:
            pdf.page("SHA-256 of the originals")
            top = 40.0
        pdf.text(name, Box(18, top, 60, 5), font="sans", size=7.5, color=SOFT)
        pdf.text(digest, Box(80, top, 112, 5), font="mono", size=7.2, align="R")
        top += 6


def _master_picture(store: Store, asset: Asset) -> bytes:
    """The master within 1 CIEDE2000 in 99 of 100 pixels, of a noisy photograph too, where that is not too large."""
    pixels = images.within(store.pixels(asset), _PHOTO_SIDE_PX)
    stated = metadata.xmp(asset.recipe.model_dump())
    exact = images.encode_jpeg(pixels, 100, xmp=stated, exact=True)
    return exact if len(exact) <= _LARGEST_MASTER else _photo(store, asset)


def _photo(store: Store, asset: Asset, *, of: Asset | None = None) -> bytes:
    """A picture as the dossier shows it; one whose recipe tells nothing, a crop, states what it is `of`."""
    pixels = images.within(store.pixels(asset), _PHOTO_SIDE_PX)
    stated = metadata.xmp(asset.recipe.model_dump()) or (metadata.xmp(of.recipe.model_dump()) if of else "")
    exact = images.encode_jpeg(pixels, 98, xmp=stated, exact=True)
    return exact if len(exact) <= _LARGEST_EXACT else images.encode_jpeg(pixels, 95, xmp=stated)
