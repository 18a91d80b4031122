"""A contact sheet of ninety-six pieces, of all kinds, forms, metals, stones and finishes, each from its words.

Run: python -m benchmarks.contact [sheet.webp [first count]]

Look at it as a photographer would: nothing floats, nothing is black or noisy, stones live, metals differ. What a
program can see is printed: that the frame around every piece is pure white, and how bright the piece itself is.
"""

import io
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pipeline.atelier.camera import master_camera
from pipeline.atelier.language.prompt import read
from pipeline.atelier.pieces.build import build
from pipeline.atelier.render.client import Renderer
from pipeline.atelier.render.film import DRAFT
from pipeline.atelier.spec import composed

SHEET = Path(__file__).parents[1] / "docs" / "pieces.webp"
SIDE_PX, COLUMNS, SHOWN_PX, CAPTION_PX = 512, 12, 176, 24
MARGIN_PX = 8
"""Of the rendered frame: here nothing but page may show."""

PIECES = """
solitaire, yellow gold | yellow gold six prong solitaire ring, 1.5 ct round diamond
three stones | three-stone ring in platinum, 7 mm oval sapphire and two diamonds
halo, pave | rose gold halo ring with a cushion cut morganite, pavé band
eternity, channel | channel set full eternity ring with rubies 2.2 mm in white gold
signet, onyx | yellow gold signet ring with an oval onyx
signet, engraved | silver signet ring engraved "JK"
hammered band | hammered yellow gold wedding band 6 mm
cathedral | cathedral solitaire in platinum, 2 ct princess cut diamond, 4 prongs
bezel, emerald cut | emerald-cut emerald in yellow gold, bezel set, 2.6 mm band
marquise, knife edge | marquise amethyst solitaire in yellow gold, knife-edge shank
pear | platinum ring, pear-shaped aquamarine, claw setting
pave band | thin rose gold pavé band, 2.4 mm wide
flush | flush set 3 mm diamond in a 6 mm flat platinum band, brushed
two-tone | two-tone ring, yellow gold shank, white gold head, oval ruby
opal, milgrain | silver ring with a bezel set opal cabochon, milgrain edge
blackened silver | blackened silver ring with a cushion cut garnet
disc on cable | necklace with a thin yellow gold cable chain and a round disc pendant
locket on figaro | oval locket engraved "ANNA" on a silver figaro chain
initial on box | letter M initial pendant in rose gold on a box chain
cross on curb | white gold cross necklace, curb chain 3 mm
halo pendant | sapphire pendant with diamond halo on a white gold chain
bezel pendant | round yellow gold pendant with a bezel-set emerald
teardrop, satin | satin yellow gold teardrop pendant on a rope chain
heart, ruby | rose gold heart pendant with a small ruby, snake chain
bar, engraved | silver bar pendant engraved "LOVE" on a ball chain
turquoise | turquoise pendant in silver, bezel, spring ring clasp
rope chain | yellow gold rope chain 45 cm, 4 mm, toggle clasp
diamond studs | diamond studs in platinum, 1 ct each
hoops | hammered yellow gold hoops 30 mm, 4 mm tube
pearl drops | pearl drop earrings in yellow gold
huggies | white gold huggies with pavé diamonds
halo studs | topaz halo studs in rose gold
heart studs | sandblasted silver heart stud earrings, no stone
tennis bracelet | tennis bracelet in white gold with 3 mm diamonds
curb bracelet | chunky silver curb chain bracelet
bangle | rose gold bangle 7 mm wide with pavé diamonds
cuff | wide brushed yellow gold cuff 28 mm, engraved "AMOR"
circle brooch | circle brooch in yellow gold with a peridot
flower brooch | flower brooch in rose gold with a citrine centre
bar brooch | bar brooch, platinum, emerald cut diamond, milgrain
heart cut | rose gold ring with a 2 ct heart cut morganite
Asscher, trillions | platinum ring, 2.5 ct Asscher cut diamond with trillion side stones
old European | yellow gold ring, 1.5 ct old European cut diamond, milgrain
radiant, halo | white gold halo ring with a 2 ct radiant cut diamond, pave band
cathedral, pave | yellow gold cathedral ring with an oval emerald and a pave shank
five stones | platinum ring with five 3 mm sapphires
kite pendant | yellow gold pendant, kite cut garnet in prongs, fine chain
strand of pearls | strand of 8 mm pearls with a white gold toggle clasp, 42 cm
lotus pendant | yellow gold lotus pendant with a small diamond on a fine cable chain
name necklace | name necklace "Lucía" in rose gold
evil eye, enamel | evil eye pendant with enamel in yellow gold
tree of life | silver tree of life pendant on a snake chain
butterfly studs | butterfly stud earrings in rose gold with pavé diamonds
hamsa station | hamsa station necklace in white gold
charm bracelet | silver charm bracelet with five star charms
infinity bracelet | infinity bracelet in yellow gold
zodiac coin | leo zodiac pendant in yellow gold
key, two colours | key pendant in white gold on a rose gold chain
motif ring | flower ring in yellow gold with a diamond
bee brooch | bee brooch in yellow gold with black enamel
cross, two colours | two-tone cross pendant, yellow and white gold
split shank, halo | split shank halo engagement ring, 1.2 ct oval diamond in platinum
bypass | bypass ring in rose gold with a 5 mm round sapphire
toi et moi | toi et moi ring, pear emerald and round diamond, yellow gold
east-west | east-west emerald cut diamond ring in yellow gold, 1.5 ct
hidden halo | hidden halo engagement ring, 2 ct cushion diamond, white gold
double halo | double halo ring with a round sapphire in white gold
cluster | sapphire and diamond cluster ring in white gold
three halos | three-stone halo ring, emeralds in platinum with diamond halos
baguette eternity | baguette eternity band in platinum
open ring | open ring in yellow gold, adjustable
two-tone band | two-tone wedding band 6 mm, yellow and white gold
black ceramic | black ceramic band 7 mm
titanium | brushed titanium band 8 mm
signet, two-tone | two-tone signet ring in yellow gold with a rose gold face
emerald tennis | emerald cut diamond tennis bracelet in white gold
riviera | diamond riviera necklace, 3 mm, white gold
cluster studs | diamond cluster stud earrings in white gold
double halo studs | double halo diamond studs, rose gold
chandelier | chandelier earrings in yellow gold with rubies
tassel | tassel earrings in yellow gold
jhumka | jhumka earrings in 22k gold
double drops | double drop earrings with emeralds in yellow gold
ear cuff | ear cuff with pavé diamonds in yellow gold
climbers | ear climbers with diamonds in white gold
nose stud | diamond nose stud in yellow gold
moon drops | moon drop earrings in silver
fancy huggies | princess cut diamond huggies in yellow gold
layered | layered necklace with three fine yellow gold chains
lariat | lariat necklace in yellow gold
bead necklace | lapis lazuli bead necklace, 8 mm beads
leather | leather cord necklace with a silver disc pendant
two-colour bangle | two-tone bangle in yellow and rose gold 8 mm
anklet | anklet in yellow gold with a box chain
cufflinks | silver cufflinks with onyx
tie bar | tie bar in white gold engraved "H. M."
"""


def pieces() -> list[tuple[str, str]]:
    """The sheet as (caption, prompt)."""
    return [
        (caption.strip(), prompt.strip())
        for caption, prompt in (line.split("|", 1) for line in PIECES.strip().splitlines())
    ]


def compose(shots: list[tuple[str, np.ndarray]]) -> Image.Image:
    """Put square pictures (n, n, 3) with their captions on one white sheet."""
    rows = -(-len(shots) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * SHOWN_PX, rows * (SHOWN_PX + CAPTION_PX)), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(12)
    for number, (caption, shot) in enumerate(shots):
        row, column = divmod(number, COLUMNS)
        left, top = column * SHOWN_PX, row * (SHOWN_PX + CAPTION_PX)
        sheet.paste(Image.fromarray(shot).resize((SHOWN_PX, SHOWN_PX), Image.Resampling.LANCZOS), (left, top))
        pen.text(
            (left + SHOWN_PX / 2, top + SHOWN_PX + 4), caption, fill=(70, 70, 70), font=font, anchor="ma"
        )
    return sheet


def main(path: Path = SHEET, first: int = 0, count: int | None = None) -> None:
    """Render the sheet, or some of it, write it as WebP, and print what can be measured of it."""
    shots, grey, dark = [], [], []
    with tempfile.TemporaryDirectory() as folder, Renderer(Path(folder)) as renderer:
        begun = time.monotonic()
        for caption, prompt in pieces()[first:][:count]:
            reading = read(prompt)
            if reading.unknown:
                print(f"{caption}: not understood: {', '.join(reading.unknown)}")
            piece = build(composed(reading.spec))
            shot = renderer.render(piece, master_camera(piece), size=SIDE_PX, quality=DRAFT)
            frame = np.ones(shot.shape[:2], bool)
            # The chain of a pendant seen close leaves by the top.
            top = MARGIN_PX if piece.framing == "whole" else 0
            frame[top:-MARGIN_PX, MARGIN_PX:-MARGIN_PX] = False
            if shot[frame].min() < 255:
                grey.append(f"{caption} ({shot[frame].min()})")
            if np.percentile(shot[(shot < 250).any(axis=2)].mean(axis=1), 50) < 40:
                dark.append(caption)
            shots.append((caption, shot))
        print(f"{len(shots)} pieces in {time.monotonic() - begun:.0f} s at {SIDE_PX} px, draft")
    print(f"frame not pure white: {', '.join(grey) or 'none'}")
    print(f"half of the piece nearly black: {', '.join(dark) or 'none'}")
    file = io.BytesIO()
    compose(shots).save(file, "WEBP", quality=86, method=6)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file.getvalue())
    print(f"{path}: {len(file.getvalue()) / 1e3:.0f} kB")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]), *map(int, sys.argv[2:4]))
