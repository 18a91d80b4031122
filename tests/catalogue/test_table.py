"""Tables of pieces: our own columns and those shops export, in CSV, Excel and JSON lines."""

import csv
import io
import json
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
        ({"prompt": ""}, "neither words nor a picture"),
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


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.sampled_from(["t.csv", "t.jsonl", "t.xlsx"]), st.booleans())
def test_any_bytes_are_a_table_or_a_sentence(tmp_path: Path, data: bytes, name: str, headed: bool) -> None:
    path = tmp_path / name
    path.write_bytes(b"prompt,kind,size\n" * headed + data)
    try:
        pieces = read(path, {})
    except BadInput:
        return
    assert all(piece.fault or piece.prompt or piece.picture for piece in pieces)
