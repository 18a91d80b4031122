"""Tables of pieces: our own columns and those shops export, in CSV, Excel and JSON lines."""

import csv
import html
import io
import json
import re
import zipfile
from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from pipeline.catalogue.table import read
from pipeline.errors import BadInput

OWN = [
    {"name": "Band", "sku": "B-1", "prompt": "a gold band", "kind": "Rings", "size": 512, "seed": 7},
    {"name": "Photo", "sku": "P-1", "picture": "photos/p.jpg", "kind": "ring", "provider": "openai"},
]


def written(path: Path, rows: list[dict[str, Any]], delimiter: str = ",", encoding: str = "utf-8") -> Path:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    if path.suffix == ".xlsx":
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.append(columns)
        for row in rows:
            sheet.append([row.get(name) for name in columns])
        book.save(path)
    elif path.suffix == ".jsonl":
        path.write_text("\n".join(json.dumps(row) for row in rows))
    else:
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, columns, delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
        path.write_bytes(text.getvalue().encode(encoding))
    return path


@pytest.mark.parametrize(
    ("name", "delimiter", "encoding"),
    [
        ("t.csv", ",", "utf-8"),
        ("t.csv", ";", "utf-8-sig"),
        ("t.tsv", "\t", "utf-8"),
        ("t.csv", ",", "cp1252"),
        ("t.xlsx", "", ""),
        ("t.jsonl", "", ""),
    ],
)
def test_one_table_reads_alike_from_every_kind_of_file(
    tmp_path: Path, name: str, delimiter: str, encoding: str
) -> None:
    rows = [*OWN, {"name": "Épée", "prompt": "a gold brooch"}]
    band, photo, brooch = read(written(tmp_path / name, rows, delimiter, encoding), {"modeler": "local"})
    assert (band.row, band.key, band.prompt, band.kind, band.size, band.seed) == (
        1, "B-1", "a gold band", "ring", 512, 7,
    )  # fmt: skip
    assert (photo.row, photo.picture, photo.provider, photo.prompt) == (2, "photos/p.jpg", "openai", "")
    assert (brooch.name, brooch.kind, brooch.modeler, brooch.fault) == ("Épée", None, "local", "")


@pytest.mark.parametrize(
    ("export", "keys", "picture"),
    [
        ("shopify", ("HR-52", "moon-studs"), "https://cdn.shopify.com/a.jpg"),
        ("shopify-today", ("HR-52", "moon-studs"), "https://cdn.shopify.com/a.jpg"),
        ("woocommerce", ("HR", "MS"), "https://shop.example/a.jpg"),
    ],
)
def test_a_shops_export_is_one_piece_for_each_product(
    export: str, keys: tuple[str, str], picture: str
) -> None:
    """Variants and further images join their product; mark-up goes; categories become kinds."""
    ring, studs = read(Path(__file__).with_name(f"{export}.csv"), {"size": 512})
    assert (ring.key, studs.key) == keys
    assert ring.prompt == "Halo ring. Platinum ring with a 1 ct sapphire."
    assert (ring.name, ring.kind, ring.picture, ring.row, ring.size) == ("Halo ring", "ring", picture, 1, 512)
    assert (studs.name, studs.kind, studs.prompt, studs.row) == (
        "Moon studs", "earrings", "Moon studs. Silver studs", 3,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": "Band", "prompt": ""}, "neither words nor a picture"),
        ({"prompt": "x", "size": "12"}, "size"),
        ({"prompt": "x", "factor": "nine"}, "factor"),
        ({"prompt": "x" * 5000}, "prompt"),
        ({"prompt": "x", "style": "crayon"}, "style"),
    ],
)
def test_a_bad_row_is_one_bad_row(tmp_path: Path, fields: dict[str, str], words: str) -> None:
    good, bad = read(written(tmp_path / "t.csv", [{"prompt": "a gold ring"}, fields]), {})
    assert good.fault == ""
    assert words in bad.fault


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("t.csv", b""),
        ("t.csv", b"a,b\n1,2\n"),
        ("t.xlsx", b"PK\x03\x04 no workbook"),
        ("t.xlsx", b"prompt\nring"),
        ("t.jsonl", b'{"prompt": "x"'),
        ("t.jsonl", b"[1, 2]"),
        ("t.jsonl", b"[" * 100_000),
        ("t.docx", b"words"),
        ("t.csv", b"prompt\n" + b'"' + b"x" * 11_000_000),
    ],
)
def test_what_is_no_table_is_told_so(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(BadInput):
        read(path, {})


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.sampled_from(["t.csv", "t.jsonl", "t.xlsx"]), st.booleans())
def test_any_bytes_are_a_table_or_a_sentence(tmp_path: Path, data: bytes, name: str, headed: bool) -> None:
    path = tmp_path / name
    path.write_bytes(b"prompt,kind,size\n" * headed + data)
    try:
        pieces = read(path, {})
    except BadInput:
        return
    assert all(piece.fault or piece.prompt or piece.picture for piece in pieces)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("t.csv", "\ufeffprompt;name\r\na gold band;A\r\n;;\r\n;\r\nblack&white;B\r\n".encode()),
        ("t.csv", b"sep=;\r\nprompt;name\r\na gold band;A\r\n;\r\n;\r\nblack&white;B\r\n"),
        ("t.csv", b"\r\n\r\nprompt,name\r\na gold band,A\r\n,\r\n,\r\nblack&white,B\r\n"),
        ("t.txt", "prompt\tname\r\na gold band\tA\r\n\t\r\n\t\r\nblack&white\tB\r\n".encode("utf-16")),
        (
            "t.jsonl",
            b'{"prompt": "a gold band", "name": "A"}\r\n{}\n{"prompt": ""}\n{"prompt": "black&white", "name": "B"}',
        ),
    ],
)
def test_rows_that_say_nothing_are_none_however_the_table_was_saved(
    tmp_path: Path, name: str, data: bytes
) -> None:
    (tmp_path / name).write_bytes(data)
    pieces = read(tmp_path / name, {})
    assert [(piece.row, piece.prompt, piece.name) for piece in pieces] == [
        (1, "a gold band", "A"),
        (4, "black&white", "B"),
    ]


def _workbook(part: str = "", change: Callable[[bytes], bytes] = bytes) -> bytes:
    """A sheet with an empty row and a formula that nobody has computed, one part of its file changed."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["prompt", "price"], ["a gold band", "=2*3"], [], ["a silver band", 7]):
        sheet.append(row)
    whole, changed = io.BytesIO(), io.BytesIO()
    book.save(whole)
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            target.writestr(name, change(source.read(name)) if name == part else source.read(name))
    return changed.getvalue()


SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"


def test_a_workbook_is_read_as_far_as_it_goes_whatever_size_it_states(tmp_path: Path) -> None:
    table = tmp_path / "t.xlsx"
    for stated in (b"A1", b"A1:B4", b"A1:XFD1048576"):
        table.write_bytes(_workbook(SHEET, lambda xml, stated=stated: xml.replace(b"A1:B4", stated)))  # type: ignore[misc]
        assert [(p.row, p.prompt) for p in read(table, {})] == [(1, "a gold band"), (3, "a silver band")]


def test_a_workbook_that_unpacks_to_far_more_than_it_has_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few kilobytes may hold gigabytes of one letter; a picture in it is no text."""
    monkeypatch.setattr("pipeline.catalogue.table.MOST_BYTES", 100_000)
    table = tmp_path / "t.xlsx"
    for name, is_told in (("xl/sharedStrings.xml", True), ("xl/media/image1.png", False)):
        table.write_bytes(_workbook())
        with zipfile.ZipFile(table, "a", zipfile.ZIP_DEFLATED) as book:
            book.writestr(name, b" " * 200_000)
        assert table.stat().st_size < 50_000
        with pytest.raises(BadInput, match="unpacks to more than") if is_told else nullcontext():
            read(table, {})


def test_a_formula_without_its_value_is_told(tmp_path: Path) -> None:
    """Programs that write workbooks compute nothing: the cell would be taken for an empty one."""
    table = tmp_path / "t.xlsx"
    table.write_bytes(
        _workbook(SHEET, lambda xml: xml.replace(b'r="B2"', b'r="A2"').replace(b'r="A2"', b'r="B2"', 1))
    )
    with pytest.raises(BadInput, match=r"Line 2 .* formula under “prompt”"):
        read(table, {})


@pytest.mark.parametrize("part", [SHEET, BOOK])
def test_a_damaged_workbook_is_told(tmp_path: Path, part: str) -> None:
    table = tmp_path / "t.xlsx"
    whole = _workbook()
    for data in (
        _workbook(part, lambda xml: xml[: len(xml) // 2]),
        _workbook(part, lambda _: b""),
        _workbook(BOOK, lambda xml: re.sub(rb"<sheets>.*</sheets>", b"<sheets/>", xml)),
        whole[: len(whole) // 2],
        whole.replace(b"a gold band", b"a gold sand"),
    ):
        table.write_bytes(data)
        with pytest.raises(BadInput, match="damaged or no table"):
            read(table, {})


@pytest.mark.parametrize("field", ["prompt", "name", "style", "picture"])
def test_half_a_character_harms_no_other_row(tmp_path: Path, field: str) -> None:
    """JSON may hold one; no file can be written with it."""
    table = tmp_path / "t.jsonl"
    table.write_bytes(
        b'{"prompt": "a ring", "%s": "\\ud800"}\n{"prompt": "a \xe2\x80\xa8ring"}' % field.encode()
    )
    first, second = read(table, {})
    assert first.print != second.print
    assert second.prompt == "a \u2028ring"


@pytest.mark.parametrize("words", ["a band of black&white", "a band of <b>black", "x < y &amp"])
def test_a_description_is_read_to_its_end(tmp_path: Path, words: str) -> None:
    rows = [{"handle": "a", "title": "Band", "body (html)": words}]
    (piece,) = read(written(tmp_path / "t.csv", rows), {})
    assert piece.prompt.split()[-1] == html.unescape(words).split()[-1].removeprefix("<b>")


SHOPIFY = (
    "Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,Option1 Value,Option1 Linked To,"
    "Variant SKU,Variant Grams,Variant Price,Image Src,Image Position,Image Alt Text,Gift Card,SEO Title,Status"
)
BODY = (
    "<div>\n<p>A solitaire ring in 18k gold&nbsp;with a 0.5&nbsp;ct &quot;D&quot; diamond.</p>\n<ul>\n<li>Size: 52,\n54"
    "</li>\n</ul><!-- a, note -->\n<script>x()</script></div>"
)
EXPORTED = [
    ["sol", "Solitaire", BODY, "H", "Jewelry > Rings", "", 'gold, "new"', "TRUE", "Size", "52", "", "S-52", "3", "100",
     "https://cdn/b.jpg?v=1", "2", "", "FALSE", "", "active"],
    ["sol", *[""] * 8, "54", "", "S-54", "3", "100", "https://cdn/a.jpg?v=1", "1", "", "", "", ""],
    ["sol", *[""] * 13, "https://cdn/c.jpg", "3", "", "", "", ""],
    ["gift", "Gift card", "<p>Give it</p>", "H", "Gift Cards", "", "", "TRUE", "Amount", "10", "", "", "", "10",
     "https://cdn/g.jpg", "1", "", "TRUE", "", "active"],
    ["epee", "Épée", "", "H", "", "", "", "FALSE", "Title", "Default Title", "", "", "", "5", "", "", "", "FALSE", "",
     "draft"],
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "delimiter", "encoding", "newline"),
    [
        ("p.csv", ",", "utf-8", "\n"),
        ("p.csv", ",", "utf-8-sig", "\r\n"),
        ("p.csv", ";", "cp1252", "\r\n"),
        ("p.txt", "\t", "utf-16", "\r\n"),
    ],
)
def test_a_shopify_export_in_whichever_way_a_spreadsheet_saved_it(
    tmp_path: Path, name: str, delimiter: str, encoding: str, newline: str
) -> None:
    """Descriptions of several lines, three images and two variants a handle, a gift card, mark-up, a comment."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=newline)
    writer.writerow(SHOPIFY.split(","))
    writer.writerows(EXPORTED)
    (tmp_path / name).write_bytes(text.getvalue().encode(encoding))
    ring, brooch = read(tmp_path / name, {})
    assert (ring.key, ring.kind, ring.picture) == ("S-52", "ring", "https://cdn/a.jpg?v=1")
    assert ring.prompt == 'Solitaire. A solitaire ring in 18k gold with a 0.5 ct "D" diamond. Size: 52, 54'
    assert (brooch.key, brooch.name, brooch.row) == ("epee", "Épée", 5)


@pytest.mark.parametrize(
    "head",
    [
        "ID,Type,SKU,Name,Published,Is featured?,Short description,Description,Categories,Tags,Images,Parent",
        "ID,Typ,Artikelnummer,Name,Veröffentlicht,Ist hervorgehoben?,Kurzbeschreibung,Beschreibung,Kategorien,"
        "Schlagwörter,Bilder,Übergeordnetes Produkt",
        "ID,Type,UGS,Nom,Publié,Mis en avant ?,Description courte,Description,Catégories,Étiquettes,Images,Parent",
        "ID,Tipo,SKU,Nombre,Publicado,¿Está destacado?,Descripción corta,Descripción,Categorías,Etiquetas,Imágenes,"
        "Superior",
    ],
    ids=["English", "German", "French", "Spanish"],
)
def test_a_woocommerce_export_in_the_language_of_its_shop(tmp_path: Path, head: str) -> None:
    """Its exporter escapes new lines, commas in lists and what a spreadsheet would take for a formula."""
    rows = (
        '1,variable,\'-R1,Halo,1,0,"<p>A platinum ring\\\\nwith a sapphire</p>",long,"Jewelry > Rings, Sale",,'
        '"https://a/1\\,2.jpg, https://a/3.jpg",\n2,variation,R1-52,Halo - 52,1,0,,,,,,id:1\n'
    ).replace("\\\\n", "\\n")
    (tmp_path / "wc.csv").write_text(f"{head}\n{rows}", encoding="utf-8-sig")
    (piece,) = read(tmp_path / "wc.csv", {})
    assert (piece.key, piece.kind, piece.picture) == ("-R1", "ring", "https://a/1,2.jpg")
    assert piece.prompt == "Halo. A platinum ring with a sapphire"


def test_a_broken_line_is_one_bad_row(tmp_path: Path) -> None:
    table = tmp_path / "t.jsonl"
    table.write_text('{"prompt": "a ring"}\n{"prompt": "a r\n"words"\n\n{"prompt": "a band", "size": null}\n')
    first, torn, words, last = read(table, {})
    assert (first.fault, last.fault, last.row) == ("", "", 4)
    assert "no JSON" in torn.fault
    assert "no JSON object" in words.fault


def test_a_list_of_objects_is_a_table(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text(json.dumps([{"prompt": "a ring"}, {"prompt": "a band"}], indent=1))
    assert [piece.prompt for piece in read(tmp_path / "t.json", {})] == ["a ring", "a band"]


@pytest.mark.parametrize("above", [["Spring 2026"], ["Spring; drafts, all", ""], ["a", "b", "c"]])
@pytest.mark.parametrize("name", ["t.csv", "t.xlsx"])
def test_what_stands_above_the_columns_is_no_row(tmp_path: Path, name: str, above: list[str]) -> None:
    """A title over merged cells, a date, an empty line; in a workbook, notes on an earlier sheet, too."""
    lines = [["prompt", "size", "made"], ["a gold ring", "512", "x"]]
    if name == "t.csv":
        (tmp_path / name).write_text("\n".join([*above, *(";".join(line) for line in lines)]))
    else:
        book = Workbook()
        assert book.active is not None
        book.active.append(["Read me first"])
        sheet = book.create_sheet("Pieces")
        for cell in above:
            sheet.append([cell])
        sheet.merge_cells("A1:C1")
        for line in lines:
            sheet.append(line)
        sheet.append([datetime(2026, 1, 2), 512.0, datetime(2026, 1, 2)])
        book.save(tmp_path / name)
    pieces = read(tmp_path / name, {})
    assert (pieces[0].prompt, pieces[0].size) == ("a gold ring", 512)
    assert all(not piece.fault for piece in pieces)
