"""Tables of pieces as shops export them: CSV, Excel or JSON lines, with our own columns, Shopify's or WooCommerce's."""

import codecs
import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html.parser import HTMLParser
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import Annotated, Any, Literal
from zipfile import BadZipFile, ZipFile

from pydantic import BeforeValidator, Field, ValidationError

from pipeline.drawing import Style
from pipeline.errors import BadInput
from pipeline.images import content_id
from pipeline.prompts import MAX_PROMPT_CHARS
from pipeline.records import KINDS, Kind, Record
from pipeline.stages.generate import MASTER_PX

MOST_ROWS = 100_000
MOST_BYTES = 200_000_000
Form = Literal["own", "shopify", "woocommerce"]

_SHOPIFY = ({"handle", "title", "body (html)"}, {"url handle", "title", "description"})
"""The columns of its export, and those of its template since 2025."""
_WOOCOMMERCE = {"name", "images", "sku", "published"}
_WOOCOMMERCE_ABROAD = {
    "typ": "type",
    "artikelnummer": "sku",
    "veröffentlicht": "published",
    "kurzbeschreibung": "short description",
    "beschreibung": "description",
    "kategorien": "categories",
    "schlagwörter": "tags",
    "bilder": "images",
    "ugs": "sku",
    "nom": "name",
    "publié": "published",
    "description courte": "short description",
    "catégories": "categories",
    "étiquettes": "tags",
    "tipo": "type",
    "nombre": "name",
    "publicado": "published",
    "descripción corta": "short description",
    "descripción": "description",
    "categorías": "categories",
    "etiquetas": "tags",
    "imágenes": "images",
}
"""It writes its columns in the language of the shop: German, French, Spanish."""
_WORDS = ("prompt", "description")
_PICTURES = ("picture", "image", "photo", "image src", "picture url", "image url", "photo url", "images")
_NAMED = {
    "name": "name",
    "title": "name",
    "product": "name",
    "product name": "name",
    "sku": "key",
    "id": "key",
    "key": "key",
}
_FREE = ("kind", "provider", "enhancer", "sketcher", "modeler", "size", "seed", "factor", "style")
_OWN = {*_WORDS, *_PICTURES, *_NAMED, *_FREE}
_KINDS: tuple[tuple[str, Kind], ...] = (
    ("earring", "earrings"),
    ("stud", "earrings"),
    ("hoop", "earrings"),
    ("necklace", "necklace"),
    ("pendant", "necklace"),
    ("chain", "necklace"),
    ("bracelet", "bracelet"),
    ("bangle", "bracelet"),
    ("tiara", "tiara"),
    ("diadem", "tiara"),
    ("brooch", "brooch"),
    ("pin", "brooch"),
    ("ring", "ring"),
)
"""What a shop's categories call our kinds; a word that holds another one stands before it."""


def _kind(value: object) -> object:
    """A shop's word for a kind of piece; None for one that names none."""
    text = str(value or "").strip().lower()
    if text in KINDS or not text:
        return text or None
    return next((kind for word, kind in _KINDS if re.search(rf"\b{word}s?\b", text)), None)


class Piece(Record):
    """One row: what a piece is made from, by whom, and what it is called."""

    row: int = Field(ge=1)
    """Its place in the table, from 1; a shop's further rows of one product count to its first."""
    key: Annotated[str, Field(max_length=200)] = ""
    """The shop's own number or handle."""
    name: Annotated[str, Field(max_length=300)] = ""
    prompt: Annotated[str, Field(max_length=MAX_PROMPT_CHARS)] = ""
    picture: Annotated[str, Field(max_length=2000)] = ""
    """A file beside the table, or an https address; it goes before the words."""
    kind: Annotated[Kind | None, BeforeValidator(_kind)] = None
    provider: Annotated[str, Field(max_length=80)] = "atelier"
    enhancer: Annotated[str, Field(max_length=80)] = ""
    sketcher: Annotated[str, Field(max_length=80)] = ""
    modeler: Annotated[str, Field(max_length=80)] = ""
    size: int = Field(default=MASTER_PX, ge=256, le=4096)
    seed: int = Field(default=0, ge=0)
    factor: int = Field(default=4, ge=2, le=4)
    style: Style = "pencil"
    fault: str = ""
    """Why the row cannot be used; such a row is told in the report and nothing is made of it."""

    @property
    def print(self) -> str:
        """What tells this work from other work: all of the row but its place."""
        return content_id(self.model_dump_json(exclude={"row"}).encode())[:24]

    @property
    def work(self) -> str:
        """What tells designs apart: rows that differ in what they are called alone are one design."""
        return content_id(self.model_dump_json(exclude={"row", "key", "name", "fault"}).encode())[:24]


def read(path: Path, defaults: Mapping[str, Any]) -> tuple[Piece, ...]:
    """The pieces of a table; `defaults` stand where a row says nothing. Raises BadInput for one that cannot be read."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read ({error.strerror}).") from error
    return parsed(path.name, data, defaults)


def parsed(name: str, data: bytes, defaults: Mapping[str, Any]) -> tuple[Piece, ...]:
    """The pieces of a table that came under this name; as `read`."""
    path = Path(name)
    if len(data) > MOST_BYTES:
        raise BadInput(f"{path.name} has more than {MOST_BYTES // 1_000_000} MB; split it.")
    written = ((number, row) for number, row in enumerate(_rows(path, data), start=1) if any(row.values()))
    rows = list(islice(written, MOST_ROWS + 1))
    if not rows:
        raise BadInput(f"{path.name} has no rows; the first line of a sheet names its columns.")
    if len(rows) > MOST_ROWS:
        raise BadInput(f"{path.name} has more than {MOST_ROWS:,} rows; split it.")
    broken = [Piece(row=number, fault=row[_BROKEN]) for number, row in rows if _BROKEN in row]
    rows = _in_english([(number, row) for number, row in rows if _BROKEN not in row])
    if not rows:
        raise BadInput(f"{path.name} is damaged or no table ({broken[0].fault})")
    form = _form(rows)
    pieces = (_piece(number, fields, defaults) for number, fields in _PRODUCTS[form](rows))
    return tuple(sorted((*pieces, *broken), key=lambda piece: piece.row))


_BROKEN = "\0broken"
"""Not a column: why a line of a table is no row."""
_MOST_SHEETS = 5
_HEAD_WITHIN = 10
"""Lines that may stand above those that name the columns: a title, a date, nothing."""
Row = dict[str, str]
Rows = list[tuple[int, Row]]
"""The rows that say something, each with its place in the table."""


def _rows(path: Path, data: bytes) -> Iterator[Row]:
    """The table's rows by column, whatever it is written in; columns in small letters."""
    suffix = path.suffix.lower()
    try:
        if suffix in {".jsonl", ".ndjson", ".json"}:
            yield from _of_lines(data)
        elif suffix == ".xlsx":
            yield from _of_sheet(data)
        elif suffix in {".csv", ".tsv", ".txt"}:
            yield from _of_text(data)
        else:
            raise BadInput(f"{path.name} is no table Loupe reads; save it as .csv, .xlsx or .jsonl.")
    except (ValueError, KeyError, csv.Error, RecursionError) as error:
        raise BadInput(f"{path.name} is damaged or no table ({str(error)[:120]}).") from error


def _of_lines(data: bytes) -> Iterator[Row]:
    """Objects, one a line; or one list of them, as programs write it."""
    text = data.decode("utf-8-sig")
    if text.lstrip().startswith("["):
        yield from (_of_object(fields) for fields in json.loads(text))
        return
    for line in text.split("\n"):  # a text may hold other signs that begin a line
        if line.strip():
            try:
                yield _of_object(json.loads(line))
            except ValueError as error:
                yield {_BROKEN: f"This line is no JSON ({str(error)[:80]})."}


def _of_object(fields: object) -> Row:
    if not isinstance(fields, dict):
        return {_BROKEN: "This line is no JSON object, as {“prompt”: “a gold ring”} is one."}
    return _clean(fields.items())


def _of_text(data: bytes) -> Iterator[Row]:
    text = _decoded(data).lstrip("\r\n")
    head, _, rest = text.partition("\n")
    if named := re.fullmatch(r"sep=(.)\s*", head):  # how Excel writes which one it used
        delimiter, text = named[1], rest
    else:
        delimiter = _delimiter(text)
    csv.field_size_limit(10_000_000)
    lines = iter(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    columns, following, _ = _headed(lines)
    for cells in following:
        if cells:
            yield _clean(zip(columns, cells, strict=False))


def _delimiter(text: str) -> str:
    """What separates the cells of the line that names columns, else of the first one."""
    lines = text[:100_000].splitlines()[:_HEAD_WITHIN] or [""]
    for line in lines:
        for delimiter in ",;\t":
            if len(cells := line.split(delimiter)) > 1 and _names_columns(cell.strip(' "') for cell in cells):
                return delimiter
    return max(",;\t", key=lines[0].count)


def _headed(lines: Iterator[Sequence[Any]]) -> tuple[list[str], Iterator[Sequence[Any]], int]:
    """The columns' names, the lines after them, and the number of the first of those.

    The first line where none of the first ones names a column we know.
    """
    first = list(islice(lines, _HEAD_WITHIN))
    at = next((n for n, cells in enumerate(first) if _names_columns(cells)), 0)
    columns = [str(cell if cell is not None else "") for cell in first[at]] if first else []
    return columns, chain(first[at + 1 :], lines), at + 2


def _names_columns(cells: Iterable[Any]) -> bool:
    names = {str(cell).strip().lower() for cell in cells if cell}
    return bool(names & {*_OWN, "handle", "url handle", *_WOOCOMMERCE_ABROAD})


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):  # Excel's "Unicode text"
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252")  # Excel's "CSV" on Windows


def _of_sheet(data: bytes) -> Iterator[Row]:
    """The rows of a workbook's first sheet that names columns we know, else of its first one.

    Raises BadInput for a formula that nobody has computed, and for a workbook that unpacks to more than is read.
    """
    if _unpacked_bytes(data) > MOST_BYTES:
        raise BadInput(f"This workbook unpacks to more than {MOST_BYTES // 1_000_000} MB of text; split it.")
    sheet = _sheet_of_pieces(data)
    columns, values, begins = _headed(_cells(data, sheet, data_only=True))
    formulas = islice(_cells(data, sheet, data_only=False), begins - 1, None)
    for number, (cells, written) in enumerate(zip(values, formulas, strict=True), start=begins):
        for column, cell, formula in zip_longest(columns, cells, written, fillvalue=""):
            if cell is None and str(formula).startswith("=") and column.strip().lower() in _OWN:
                raise BadInput(
                    f"Line {number} of this workbook has a formula under “{column}” and not what it comes to; "
                    "save it in Excel or LibreOffice, or as CSV."
                )
        yield _clean(zip(columns, cells, strict=False))


def _sheet_of_pieces(data: bytes) -> int:
    """Which sheet names columns we know; the first where none does."""
    for sheet in range(_MOST_SHEETS):
        lines = list(islice(_cells(data, sheet, data_only=True), _HEAD_WITHIN))
        if any(_names_columns(cells) for cells in lines):
            return sheet
    return 0


def _unpacked_bytes(data: bytes) -> int:
    """What the parts of a workbook state they unpack to; no more of them is ever read. Raises ValueError."""
    try:
        with ZipFile(io.BytesIO(data)) as book:
            parts = book.infolist()
    except (BadZipFile, NotImplementedError, OSError) as error:
        raise ValueError("it is no whole Excel workbook") from error
    return sum(part.file_size for part in parts if not part.filename.startswith("xl/media/"))


def _cells(data: bytes, number: int, *, data_only: bool) -> Iterator[tuple[Any, ...]]:
    """The cells of a workbook's sheet, line by line; none where there is no such sheet, as long as there is a first.

    Raises ValueError, whatever is wrong with it.
    """
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=data_only)
        sheet = book.worksheets[number] if number < len(book.worksheets) or not number else None
        if sheet is None:
            return
        sheet.reset_dimensions()  # those stated are wrong in what some shops write
        yield from sheet.iter_rows(values_only=True)
        book.close()
    except Exception as error:  # the library's own, and those of zip and XML beneath it
        raise ValueError("it is no whole Excel workbook") from error


def _clean(fields: Iterable[tuple[Any, Any]]) -> Row:
    return {
        str(name).strip().lower(): _text(value)
        for name, value in fields
        if name and not isinstance(value, list | dict)
    }


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # a spreadsheet's 7 is 7.0
    return str(value).strip().encode(errors="replace").decode()  # half a character of JSON's is none


def _in_english(rows: Rows) -> Rows:
    """WooCommerce's rows with its English columns, in whichever language the shop is; others as they are."""
    columns = set().union(*(row.keys() for _, row in rows[:50]))
    if not columns >= {"id"} or not {_WOOCOMMERCE_ABROAD.get(name, name) for name in columns} >= _WOOCOMMERCE:
        return rows
    return [
        (number, {_WOOCOMMERCE_ABROAD.get(name, name): value for name, value in row.items()})
        for number, row in rows
    ]


def _form(rows: Rows) -> Form:
    columns = set().union(*(row.keys() for _, row in rows[:50]))
    if any(columns >= known for known in _SHOPIFY):
        return "shopify"
    if columns >= _WOOCOMMERCE:
        return "woocommerce"
    if not columns & {*_WORDS, *_PICTURES, "name", "title"}:
        raise BadInput("This table has neither a column “prompt” nor “picture”; name one of its columns so.")
    return "own"


Products = Iterator[tuple[int, Row]]


def _pieces(rows: Rows) -> Products:
    for number, row in rows:
        fields = {name: row[name] for name in _FREE if row.get(name)}
        for column, name in _NAMED.items():
            if row.get(column) and name not in fields:
                fields[name] = row[column]
        yield number, {**fields, "prompt": _first(row, _WORDS), "picture": _first(row, _PICTURES)}


def _shopify(rows: Rows) -> Products:
    """One product for each handle: its first row has the words, the row whose image comes first the picture."""
    numbers: dict[str, int] = {}
    products: dict[str, Row] = {}
    for number, row in rows:
        handle = _first(row, ("handle", "url handle"))
        if not handle or row.get("gift card", "").lower() == "true":
            continue
        if handle not in products:
            numbers[handle] = number
            products[handle] = {
                "key": _first(row, ("variant sku", "sku")) or handle,
                "name": row.get("title", ""),
                "prompt": _described(row.get("title", ""), _first(row, ("body (html)", "description"))),
                "kind": _kind_of(
                    row.get("type"), row.get("product category"), row.get("tags"), row.get("title")
                ),
                "picture": "",
                **{name: row[name] for name in _FREE if row.get(name) and name != "kind"},
            }
        picture = _first(row, ("image src", "product image url"))
        if picture and (not products[handle]["picture"] or row.get("image position") == "1"):
            products[handle]["picture"] = picture
    yield from ((numbers[handle], product) for handle, product in products.items())


def _woocommerce(rows: Rows) -> Products:
    r"""One product a row; the variations of one are its own business.

    As its exporter writes them: a new line of a description is `\n`, a comma in a list is `\,`, and what a
    spreadsheet would take for a formula has an apostrophe before it (WC_CSV_Exporter, WC_Product_CSV_Exporter).
    """
    for number, row in rows:
        if "variation" in re.split(r"\W+", row.get("type", "").lower()) or not row.get("name"):
            continue
        words = (row.get("short description") or row.get("description", "")).replace("\\n", " ")
        yield (
            number,
            {
                "key": _unescaped(row.get("sku") or row.get("id", "")),
                "name": _unescaped(row["name"]),
                "prompt": _described(_unescaped(row["name"]), _unescaped(words)),
                "kind": _kind_of(row.get("categories"), row.get("tags"), row["name"]),
                "picture": re.split(r"(?<!\\),", row.get("images", ""))[0].replace("\\,", ",").strip(),
                **{name: row[name] for name in _FREE if row.get(name) and name != "kind"},
            },
        )


def _unescaped(text: str) -> str:
    return text[1:] if text[:2] in {"'=", "'+", "'-", "'@"} else text


_PRODUCTS = {"own": _pieces, "shopify": _shopify, "woocommerce": _woocommerce}


def _piece(number: int, fields: Row, defaults: Mapping[str, Any]) -> Piece:
    """A row as a piece; a row that is not one says why."""
    given = {name: value for name, value in fields.items() if value}
    try:
        piece = Piece.model_validate({**defaults, **given, "row": number})
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        name = ".".join(str(step) for step in fault["loc"])
        said = f"Its {name} “{str(fault['input'])[:60]}” cannot be used: {fault['msg'].lower()}."
        return Piece(row=number, name=given.get("name", "")[:300], fault=said)
    if not piece.prompt and not piece.picture:
        return piece.model_copy(update={"fault": "It has neither words nor a picture."})
    return piece


def _first(row: Row, columns: tuple[str, ...]) -> str:
    return next((row[column] for column in columns if row.get(column)), "")


def _kind_of(*texts: str | None) -> str:
    """The first of a shop's texts that names a kind."""
    return next((str(kind) for text in texts if text and (kind := _kind(text))), "")


def _described(title: str, words: str) -> str:
    """A prompt from a product's title and its description, without mark-up, as long as prompts may be."""
    reader = _Words()
    reader.feed(words)
    reader.close()
    text = ". ".join(part for part in (title.strip().rstrip("."), " ".join(reader.words.split())) if part)
    return text[:MAX_PROMPT_CHARS]


class _Words(HTMLParser):
    """The words of a description; scripts and styles are none."""

    def __init__(self) -> None:
        super().__init__()
        self.words = ""
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the parser's own
        self._silent += tag in {"script", "style"}
        self.words += " "

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in {"script", "style"}))

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words += data
