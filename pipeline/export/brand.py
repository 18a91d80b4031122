"""Whose documents they are: name, logo and colour on page, dossier and cards, and whether clients see the workshop."""

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from pipeline import images
from pipeline.errors import BadImage, BadInput
from pipeline.export.credentials import Credentials
from pipeline.records import Design

_LOGO_PX = 800
_LONGEST_NAME = 60


@dataclass(frozen=True)
class Brand:
    """What a house puts on what it hands out; by default nothing, and none of the workshop's own figures."""

    name: str = ""
    logo: bytes = b""
    """A PNG at most 800 px on its longer side; empty for none."""
    colour: tuple[int, int, int] | None = None
    """For hairlines, numbers and small headings, sRGB; None for Loupe's gold."""
    workshop: bool = False
    """Whether cost, working time and the hashes of files are told."""
    credentials: Credentials | None = None
    """Who signs pictures that leave one by one; None: nobody."""

    @property
    def key(self) -> str:
        """Changes whenever a document of this brand would."""
        return sha256(repr(self).encode()).hexdigest()[:16]

    @property
    def css_colour(self) -> str:
        """As CSS writes it; empty for Loupe's own."""
        return "#{:02x}{:02x}{:02x}".format(*self.colour) if self.colour else ""


def read(
    name: str,
    logo: Path | None,
    colour: str,
    *,
    workshop: bool,
    credentials: Credentials | None = None,
) -> Brand:
    """Make a brand of what settings say. Raises BadInput for a colour or a logo that cannot be read."""
    if colour and not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise BadInput(
            f"The brand's colour {colour[:20]!r} is not written as six hexadecimal digits; write #7a5a14, for example."
        )
    rgb = (int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)) if colour else None
    return Brand(" ".join(name.split())[:_LONGEST_NAME], _logo(logo), rgb, workshop, credentials)


def _logo(file: Path | None) -> bytes:
    if file is None:
        return b""
    try:
        pixels = images.decode(file.read_bytes())
    except (OSError, BadImage) as error:
        raise BadInput(f"The brand's logo {file.name} cannot be read; choose a PNG or JPEG file.") from error
    return images.encode_png(images.within(pixels, _LOGO_PX))


def file_name(design: Design, suffix: str, part: str = "") -> str:
    """A file named after its design, safe on every system: oval-halo-ring-square.jpeg; its id where it has no words."""
    words = re.sub(r"[\W_]+", "-", design.name.lower()).strip("-")[:_LONGEST_NAME].strip("-")
    return f"{words or design.id}{'-' if part else ''}{part}.{suffix}"
