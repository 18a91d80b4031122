"""What strangers ask for that the atelier does not model: motifs, other kinds of piece, materials; data for the lexicon.

A motif is left out of a piece that is otherwise made. A kind of piece has a nearest one, offered before anything is
rendered, or none. A material that is no precious metal is left out, or named where the piece is of nothing else.
"""
# ruff: noqa: E501 -- a meaning's words stand together

from dataclasses import dataclass

from pipeline.atelier.language.ornaments import ENAMELS
from pipeline.atelier.spec import Kind


@dataclass(frozen=True)
class Nearest:
    """The piece that is made nearest to one of another kind."""

    kind: Kind
    words: str
    """What is put in the prompt in its place."""
    sentence: str
    """How near it is."""


MOTIFS: dict[str, str] = {
    "saint": "saint, st christopher, saint christopher, virgin mary, miraculous medal, jesus, jesus head, christ, madonna, "
    "buddha, guanyin, ganesh, ganesha, krishna, lakshmi, allah, ayatul kursi, ayat al kursi, bismillah, "
    "mashallah, khanda, chai symbol, menorah, rosary, medal",
    "animal": "frog, hedgehog, giraffe, panda, ram, bull, spider, scorpion, lizard, gecko, bat, monkey, pig, bear, flamingo, peacock, octopus, "
    "tentacle, crab, dragon phoenix, griffin, dinosaur, medusa, reaper, elvish, elven",
    "celtic sign": "claddagh, rune, runes, mjolnir, thor hammer, penannular, twist knot",
    "script": "arabic name, calligraphy, arabic calligraphy",
    "zodiac": "zodiac, astrology, horoscope",
    "thing": "horse bit, horsebit, snaffle bit, nail, screw, safety pin, razor blade, globe, map, dice, guitar, camera charm, book, coffin, wishbone, "
    "puzzle piece, atom, dna, football, basketball, car, airplane, bicycle, motorcycle",
    "fruit": "strawberry, pineapple, lemon, avocado, apple, pomegranate, grape, acorn, pinecone",
    "sky": "galaxy swirl, rainbow, raindrops, swirl, spiral", "tooth": "tooth, bone",
    "temple": "temple, peacock motif, paisley, mango motif, coin motif",
    "filigree": "filigree, lattice, mesh, lace, braided, woven, twisted, twist, rope twist",
    "name tag": "id plate, identity, id",
    "donut": "donut, pi disc", "diamond cut": "facetted edges", "lucky bead": "lucky bead, gourd charm", "mythical beast": "pixiu, qilin", "ear chain": "ear chain",
}  # fmt: skip
"""Motifs that are not drawn; ``ornaments`` has those that are."""

KINDS: dict[str, Nearest | None] = {
    "kada": Nearest("bracelet", "bangle with 60 mm inner diameter", "a kada is worn as a bangle: make a 60 mm bangle?"),
    "kara": Nearest("bracelet", "bangle with 60 mm inner diameter", "a kara is worn as a bangle: make a 60 mm bangle?"),
    "chandbali": Nearest("earrings", "drop earrings", "its crescent is not modelled: make a pair of drop earrings?"),
    "mangalsutra": Nearest("necklace", "necklace of black beads with a round pendant", "its nearest here is a string of onyx beads with a round pendant: make that?"),
    "thali": Nearest("necklace", "necklace with a round pendant", "make a chain with a round pendant?"),
    "rani haar": Nearest("necklace", "long necklace", "its tiers are not modelled: make a long necklace?"),
    **dict.fromkeys(
        (
            "rigid neck ring", "torc", "torque", "torc necklace", "torque necklace", "neck torc",
            "hasli", "hansli",
        ),
        Nearest("necklace", "chain necklace", "its rigid ring is not modelled: make a chain?"),
    ),
    "haram": Nearest("necklace", "long necklace", "its tiers are not modelled: make a long necklace?"),
    "haar": Nearest("necklace", "necklace", "its tiers are not modelled: make a necklace?"),
    "vanki": Nearest("ring", "plain band ring", "its peak is not modelled: make a plain band?"),
    "penannular brooch": Nearest("brooch", "circle brooch", "its open ring is not modelled: make a circle brooch?"),
    **dict.fromkeys(
        ("broad collar", "usekh", "wesekh", "gorget", "lunula", "pectoral", "breastplate", "bib collar"),
        Nearest("necklace", "chain necklace", "its plate is not modelled: make a chain?"),
    ),
    **dict.fromkeys(
        ("arm ring", "armring", "arm cuff", "upper arm cuff", "bracer", "vambrace", "wrist guard", "gauntlet"),
        Nearest("bracelet", "cuff bracelet", "the nearest here is worn on the wrist: make a cuff bracelet?"),
    ),
    **dict.fromkeys(
        ("hand chain", "slave bracelet", "finger bracelet", "hand bracelet"),
        Nearest("bracelet", "chain bracelet", "its ring is not joined to the wrist here: make a chain bracelet?"),
    ),
    **dict.fromkeys(
        ("dress clip", "fur clip", "sweater clip", "sweater guard", "cardigan clip", "shawl pin", "cloak pin", "cloak clasp", "cape clasp"),
        Nearest("brooch", "bar brooch", "its nearest here is a bar brooch: make that?"),
    ),
    **dict.fromkeys(
        ("collar bar", "collar pin"),
        Nearest("brooch", "tie bar", "its nearest here is a tie bar: make that?"),
    ),
    "kilt pin": Nearest("brooch", "bar brooch", "its nearest here is a bar brooch: make that?"),
    **dict.fromkeys(
        ("stick pin", "stickpin", "cravat pin", "jabot pin", "sash pin", "lapel stick pin", "hat pin", "scarf pin"),
        Nearest("brooch", "bar brooch", "its pin stands upright, which is not modelled: make a bar brooch?"),
    ),
    "rosary": Nearest("necklace", "necklace with a cross pendant", "its beads are not modelled: make a cross on a chain?"),
    **dict.fromkeys(
        (
            "tie pin", "tie tack", "wedding coins", "crown", "hair pin",
            "hairpin", "hair clip", "hair comb", "comb", "barrette", "watch", "wristwatch", "pocket watch", "key ring",
            "keychain", "keyring", "belly ring", "belly button ring", "navel ring", "navel bar", "navel stud",
            "navel piercing", "belly piercing", "eyebrow ring", "eyebrow bar", "lip ring", "tongue bar", "tongue stud", "dermal", "belt buckle", "money clip",
            "septum ring", "septum clicker", "septum", "body chain", "ear plug", "body jewelry", "tongue ring",
            "maang tikka", "mang tikka", "tikka", "matha patti", "waist belt", "waist chain", "kamarband", "vaddanam",
            "armlet", "bajuband", "statue", "figurine", "ornament", "spoon", "bookmark", "pen", "sceptre", "scepter",
            "goblet", "ring box", "trophy", "monocle", "eyeglasses", "brass knuckles", "grillz", "thimble",
            "nipple ring", "nipple barbell", "barbell", "belly bar", "cigarette case", "snuff box", "pill box",
            "letter opener", "hip flask", "dress stud", "shirt stud", "collar stud", "napkin ring", "key fob",
            "jewelry box", "jewellery box", "ring holder", "ring dish", "earring holder", "necklace stand",
            "scarf ring", "scarf clip", "shoe clip", "bag charm", "phone charm", "phone strap", "zipper pull", "hair ring",
            "hair chain", "head chain", "headpiece", "headband", "hair band", "hair stick", "hair fork", "hair slide",
            "hair vine", "bobby pin", "haath phool", "hand harness", "foot harness", "barefoot sandal", "sarpech", "kalgi",
            "wallet chain", "pocket chain", "watch chain", "watch strap", "watch band", "eyeglass chain", "glasses chain",
            "sunglasses chain", "mask chain", "dog collar", "cat collar", "pet tag", "curtain ring", "ring sizer",
            "teething ring", "candle holder", "picture frame", "chopsticks", "bolo tie", "collar tip",
            "collar chain", "belly chain", "hip chain", "back chain", "shoulder chain", "thigh chain", "leg chain",
            "nail ring", "tooth gem", "toothpick", "cigar cutter", "jewelry stand",
            "jewelry tree", "jewelry tray", "trinket dish", "ring tray", "ring cone", "ring pillow", "worry beads",
            "prayer beads", "komboloi", "bullion", "vase", "fascinator",
            # of the table, the desk and the pocket
            "rattle", "christening rattle", "baby rattle", "fork", "knife", "cutlery", "flatware", "salt cellar", "caddy spoon",
            "sugar tong", "tea strainer", "tea caddy", "teapot", "tankard", "salver", "christening cup", "christening mug",
            "baby cup", "chalice", "quaich", "kiddush cup", "candlestick", "candelabrum", "candelabra", "card case",
            "business card holder", "vinaigrette", "scent bottle", "perfume bottle", "powder compact", "chatelaine",
            "lorgnette", "pince nez", "opera glass", "cane", "cane top", "cane handle", "walking stick", "cigar case",
            "cigarette holder", "lighter", "cigarette lighter", "match safe", "vesta case", "collar stay", "collar stiffener", "bolo", "bolo slide",
            "sporran", "sgian dubh", "inkwell", "inkstand", "fountain pen", "ballpoint pen", "rollerball pen", "nib",
            "propelling pencil", "penknife", "pocket knife", "paper knife", "page marker", "magnifying glass",
            "magnifier", "loupe glass", "needle case", "pincushion", "pin cushion", "purse", "coin purse", "handbag",
            "clutch bag", "minaudiere", "wallet", "belt", "buckle", "belt hook", "strap end", "scabbard", "pommel", "hilt",
            "door knocker", "drawer pull", "door handle", "hand bell", "whistle", "mezuzah", "torah pointer", "reliquary",
            "thurible", "censer", "icon frame", "bottle opener", "bottle stopper", "wine stopper", "corkscrew",
            "wine charm", "golf marker", "ball marker", "poker chip", "chess set", "chess piece", "music box", "cufflink box",
            "netsuke", "obidome", "kanzashi", "aigrette", "hair cuff", "loc cuff", "loc bead", "beard ring",
            "beard bead", "pacifier clip", "dummy clip", "fob seal", "watch fob",
            # of a body
            "nipple bar", "nipple shield", "industrial barbell", "industrial bar", "captive bead ring",
            "lip stud", "tongue barbell", "dermal anchor", "ear gauge", "ear tunnel", "flesh tunnel", "ear taper",
            "navel jewelry", "navel jewellery", "belly jewelry", "septum piercing", "nipple piercing", "tongue piercing",
            "lip piercing", "eyebrow piercing", "dermal piercing", "prince albert piercing",
            "polishing cloth", "hair tie", "phone case", "christmas bauble", "paperweight", "photo frame",
        ),
        None,
    ),
}  # fmt: skip
"""Kinds of piece besides the five, each with the nearest that is made, or none."""

FOREIGN_ONLY = frozenset({"lighter"})
"""Kinds whose English word says something else as often: what is lighter in weight."""

FINDINGS = frozenset({
    "jump ring", "bail", "finding", "head pin", "eye pin", "ear hook", "crimp", "crimp bead", "spacer", "spacer bead",
    "cord end", "ear post", "ear back", "earring back", "clasp",
})  # fmt: skip
"""Parts that pieces are put together of, and none of them by itself."""

KEEPERS = frozenset({
    "stand", "stands", "tray", "case", "hanger", "display", "rack", "organizer", "organiser", "holder", "pouch", "bag", "box", "boxes",
    "mold", "mould", "bust", "mannequin", "packaging", "cleaner", "cloth", "pliers", "drawer", "shelf", "dish", "bowl",
    "cabinet", "chest", "roll", "tool", "tools", "kit", "sizer",
    "stander", "halter", "etui", "kastchen", "schale", "beutel", "reiniger", "schatulle", "dose", "schachtel",
    "presentoir", "boite", "ecrin", "support", "coffret", "pochette", "plateau", "moule",
    "caja", "joyero", "soporte", "expositor", "estuche", "bandeja", "molde", "bolsa",
    "scatola", "portagioie", "espositore", "astuccio", "vassoio", "sacchetto", "stampo",
    "caixa", "suporte", "doos", "houder", "standaard", "doosje", "pudelko", "stojak", "szkatulka",
    "коробка", "подставка", "шкатулка", "футляр", "мешочек", "kutu", "stant",
})  # fmt: skip
"""Things that jewelry is kept, shown, cleaned or made with, where what they are for is said behind them."""
FOR = frozenset({"for", "fur", "pour", "para", "per", "voor", "na", "dla", "для"})
"""Words between such a thing and the pieces it is for."""

BODIES = (
    "string", "wood", "wooden", "wood inlay", "resin",
    "carbon fiber", "carbon fibre", "rubber", "silicone", "meteorite", "antler", "glass", "murano glass", "sea glass", "beach glass",
    "acrylic", "clay", "fabric", "macrame", "nylon", "thread", "fur", "ebony", "ivory",
)  # fmt: skip
"""Materials of whole pieces that no metal here stands for."""

MATERIALS = (
    *BODIES, *sorted(ENAMELS), "kundan", "marcasite", "bone inlay",
    "whisky barrel", "navaratna", "navratna", "nine gems", "magnetic",
)  # fmt: skip
"""Those, and settings of whole trades that no stone here stands for."""
