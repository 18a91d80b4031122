"""The jeweler's vocabulary: phrases and what each one means, as data.

A phrase is written in plain lower-case words; hyphens and accents in a prompt are folded away, and a plural is
read as its singular. The longest phrase at a place wins, so "emerald cut" is a cut and "rose gold" a metal.
"""
# ruff: noqa: E501 -- a meaning's words stand together

from functools import cache
from typing import get_args

from pipeline.atelier.alloys import PARTS_BY_KARAT
from pipeline.atelier.language import foreign, forms, ornaments, unmade
from pipeline.atelier.language.ordinary import ORDINARY
from pipeline.atelier.language.terms import Term
from pipeline.atelier.language.text import Meaning, singular, words_of
from pipeline.atelier.spec import Gem, Metal

GEMS: frozenset[str] = frozenset(get_args(Gem))
METALS: frozenset[str] = frozenset(get_args(Metal))


def _phrases(slot: str, table: dict[str, str]) -> dict[str, Meaning]:
    """``table`` maps a value to its phrases, separated by commas."""
    return {phrase.strip(): (slot, value) for value, text in table.items() for phrase in text.split(",")}


# A strong kind names the piece; a medium one does so only where no strong one stands; a weak one last.
_KINDS = {
    "ring": "ring, finger ring, engagement ring, wedding ring, cocktail ring, promise ring, dress ring, stacking ring, "
    "signet ring, solitaire ring, eternity ring, three stone ring, plain ring, seal ring, pinky ring, band ring, toe ring, midi ring, couple ring, couples ring, matching ring, "
    "full hoop eternity ring, full hoop ring, full et ring, bypass ring, cluster ring, open ring, toi et moi ring",
    "necklace": "necklace, choker, lariat, y necklace, necklet, riviera necklace, riviere necklace, tennis necklace, tennis chain, bead necklace, beaded necklace, layered necklace, collier, pearl necklace, pearl choker, pearl collar",
    "earrings": "earring, ear ring, stud, stud earring, hoop, hoop earring, huggie, huggie hoop, huggy, sleeper, "
    "ear clip, earclip, clip earring, ear pendant, earpendant, ear hoop, ear drop, eardrop, ear wire earring, "
    "ear stud, ball stud, ball stud earring, drop earring, dangle earring, ear cuff, huggie earring, ear climber, ear crawler, ear jacket, "
    "ear buckle, labret, labret stud, climber, crawler, cuff earring, nose ring, nose hoop, nath, nose stud, nose pin, nostril screw, jhumka, jhumki, chandelier earring, tassel earring",
    "bracelet": "bracelet, bangle, cuff, cuff bracelet, tennis bracelet, chain bracelet, anklet, ankle bracelet, ankle chain, ankle strap, bead bracelet, beaded bracelet, wristlet, armband, "
    "wrist chain, link bracelet, line bracelet, charm bracelet, open bangle, open cuff, torc bangle, torque bangle, torc bracelet, torque bracelet, tiara, diadem, coronet, circlet, "
    "pearl bracelet",
    "brooch": "brooch, cufflink, cuff link, tie bar, tie clip, tie slide, tie clasp, lapel pin, pin brooch, fibula, circle brooch, flower brooch, bar brooch, circle pin, bar pin",
}
_MEDIUM_KINDS = {
    "ring": "wedding band, eternity band, plain band, simple band, signet, "
    "anniversary band, full eternity, half eternity, half eternity ring, half eternity band",
    "necklace": "pendant, locket, charm, medallion, medal, talisman, amulet, lavaliere, lavalier, bulla, dog tag, round pendant, bar pendant, "
    "jewelry set, jewellery set, parure, demi parure, matching set, schmuckset, "
    "my neck, her neck, his neck, the neck, your neck, neck chain, neckpiece, neckwear",
    "bracelet": "tennis, my wrist, her wrist, his wrist, the wrist, your wrist, my ankle, her ankle, the ankle",
    "earrings": "hugger, ear hugger, hug the ear, hugs the ear, hugging the ear, my ear, her ear, his ear, the ear, your ear, my earlobe, her earlobe, the earlobe",
    "brooch": "shirt cuff, french cuff, double cuff, cuff button, pin, my lapel, his lapel, her lapel, the lapel",
}
_WEAK_KINDS = {
    "ring": "band, pave band, solitaire, eternity, trilogy, finger, ring finger, wedder, stacker, stacking band, stack band",
    "necklace": "chain, riviera, riviere",
    "earrings": "drops, hook, ear wire, earwire",
    "brooch": "his tie, my tie, a tie, the tie, necktie",
}

_METALS = {
    "yellow_gold": "yellow gold, yg, gold, golden, gold plated, gold vermeil, vermeil, gold filled, "
    "green gold, brass, bronze, gold fill, gp, solid gold, gold tone, gold toned",
    "white_gold": "white gold, palladium, wg",
    "rose_gold": "rose gold, pink gold, red gold, copper, rosegold, rg",
    "platinum": "platinum, plat, tungsten, tungsten carbide, cobalt, pt950",
    "silver": "silver, sterling silver, sterling, argentium, 925 silver, fine silver, steel, stainless steel, surgical steel, titanium, ceramic, white ceramic, zirconia ceramic, pewter, silver tone, silver plated, aluminium, aluminum, nickel, "
    "german silver, nickel silver, tibetan silver, tibet silver, alpaca silver, neusilber, maillechort, alpacca",
    "blackened_silver": "blackened silver, oxidised silver, oxidized silver, black silver, black rhodium, black gold, black zirconium, "
    "blackened, oxidised, oxidized, antiqued silver, dark silver, black metal, gunmetal, oxidised sterling silver, "
    "oxidized sterling silver, black tungsten, black titanium, black steel, black tungsten carbide, black ceramic, black plated",
}

_GEMS = {
    "diamond": "diamond, brilliant, april birthstone",
    "ruby": "ruby, july birthstone",
    "sapphire": "sapphire, blue sapphire, september birthstone",
    "emerald": "emerald, may birthstone",
    "amethyst": "amethyst, february birthstone",
    "aquamarine": "aquamarine, aqua, march birthstone",
    "topaz": "topaz, blue topaz, swiss blue topaz, london blue topaz, sky blue topaz, december birthstone",
    "morganite": "morganite",
    "citrine": "citrine, november birthstone",
    "garnet": "garnet, rhodolite, january birthstone",
    "peridot": "peridot, olivine, august birthstone",
    "onyx": "onyx, black onyx",
    "opal": "opal, fire opal, october birthstone",
    "pearl": "pearl, akoya pearl, freshwater pearl, south sea pearl, cultured pearl, freshwater cultured pearl, baroque pearl, seed pearl, akoya, edison pearl, shell pearl, june birthstone",
    "turquoise": "turquoise",
    "star_sapphire": "star sapphire, blue star sapphire, asteria, star of india, lindy star",
    "star_ruby": "star ruby",
    "cats_eye": "cat's eye chrysoberyl, chrysoberyl cat's eye, cats eye chrysoberyl, chrysoberyl cats eye, cymophane",
    "zircon": "white zircon, colourless zircon, colorless zircon, natural zircon",
}

_STONES: dict[str, str] = {
    **dict.fromkeys(
        ("moissanite", "cubic zirconia", "zirconia", "cz", "crystal", "rhinestone", "white topaz", "white sapphire",
         "zircon", "quartz", "clear quartz", "rock crystal", "herkimer", "swarovski", "simulated diamond", "uncut diamond",
         "raw diamond", "polki", "polki diamond", "uncut polki", "salt and pepper diamond", "grey diamond", "gray diamond"), "diamond"
    ),
    **dict.fromkeys(
        ("pink diamond", "pink tourmaline", "tourmaline", "rose quartz", "kunzite", "padparadscha",
         "strawberry quartz", "pink opal", "rhodonite", "rhodochrosite", "pink zircon"), "morganite"
    ),
    **dict.fromkeys(
        ("yellow diamond", "yellow sapphire", "canary diamond", "champagne diamond", "cognac diamond", "brown diamond",
         "amber", "smoky quartz", "cat's eye", "cats eye", "cat eye", "tiger's eye", "tigers eye", "tiger eye", "imperial topaz", "yellow topaz",
         "orange sapphire", "heliodor", "golden topaz", "sunstone", "mystic topaz"), "citrine"
    ),
    **dict.fromkeys(("blue diamond", "paraiba tourmaline", "paraiba", "larimar", "blue zircon"), "aquamarine"),
    **dict.fromkeys(("green sapphire", "prehnite", "moldavite", "chrysoberyl"), "peridot"),
    **dict.fromkeys(
        ("green tourmaline", "tsavorite", "malachite", "jade", "green jade", "jadeite", "nephrite", "green onyx",
         "green agate", "aventurine", "green aventurine", "chrysoprase", "moss agate", "chrome diopside", "bloodstone",
         "green amethyst"), "emerald"
    ),
    **dict.fromkeys(("tanzanite", "iolite", "lapis", "lapis lazuli", "sodalite", "blue spinel", "kyanite", "azurite",
                     "blue goldstone", "ceylon sapphire"), "sapphire"),
    **dict.fromkeys(("spinel", "red spinel", "coral", "red coral", "rubellite", "red jasper"), "ruby"),
    **dict.fromkeys(("carnelian", "agate", "aqeeq", "jasper", "bloodstone red", "red agate"), "garnet"),
    **dict.fromkeys(("black diamond", "jet", "obsidian", "hematite", "black spinel", "black tourmaline", "black agate",
                     "black star sapphire", "black jade", "lava"), "onyx"),
    **dict.fromkeys(("moonstone", "rainbow moonstone", "labradorite", "howlite", "white agate", "white jade"), "opal"),
    **dict.fromkeys(("alexandrite", "lavender jade", "charoite", "sugilite", "purple sapphire", "ametrine", "fluorite"),
                    "amethyst"),
    **dict.fromkeys(("amazonite", "chrysocolla", "blue opal"), "turquoise"),
    **dict.fromkeys(("black pearl", "tahitian pearl", "tahitian black pearl", "mother of pearl", "mop", "abalone",
                     "pink pearl", "golden pearl"), "pearl"),
}  # fmt: skip
"""Stones known by name, and the one nearest in colour."""

_NAMES = {
    **dict.fromkeys(("green jade", "jadeite", "nephrite", "jade stone"), "jade"), "red coral": "coral",
    "rainbow moonstone": "moonstone", "red spinel": "spinel", "pink tourmaline": "tourmaline", "mop": "mother of pearl",
    "cz": "cubic zirconia", "zirconia": "cubic zirconia", "lapis": "lapis lazuli", "tahitian pearl": "Tahitian pearl",
    "aqeeq": "aqeeq agate", "tigers eye": "tiger's eye", "tiger eye": "tiger's eye", "cats eye": "cat's eye", "cat eye": "cat's eye",
}  # fmt: skip
"""What a stone is called where the prompt shortens it."""

AS_CABOCHON = frozenset({
    "amber", "cat's eye", "cats eye", "cat eye", "tiger's eye", "tigers eye", "tiger eye", "malachite", "jade", "green jade", "jadeite", "nephrite",
    "green onyx", "green agate", "aventurine", "green aventurine", "chrysoprase", "moss agate", "lapis", "lapis lazuli",
    "sodalite", "coral", "red coral", "carnelian", "agate", "aqeeq", "jasper", "red jasper", "pink opal", "larimar",
    "rhodonite", "rhodochrosite", "charoite", "lavender jade", "bloodstone", "red agate", "azurite",
})  # fmt: skip
"""Stones that are cut in domes, whatever stands for them."""


_OF_MANY_COLOURS = (
    "sapphire",
    "diamond",
    "tourmaline",
    "topaz",
    "spinel",
    "zircon",
    "garnet",
    "quartz",
    "moissanite",
)
"""Species that are cut in any colour, each known by one where none is named."""


def _varieties() -> dict[str, str]:
    """Such a species in a colour that is neither its usual one nor known by name: "violet sapphire"."""
    known = _phrases("gem", _GEMS)
    colours = COLOURS | {"champagne": "citrine", "cognac": "citrine", "brown": "citrine", "grey": "diamond"}
    return {
        f"{hue} {species}": gem
        for species in _OF_MANY_COLOURS
        for hue, gem in colours.items()
        if gem != species
        and f"{hue} {species}" not in known
        and hue not in GEM_HUES.get(species, "").split(", ")
    }


def called(name: str) -> str:
    """What a stone is told as."""
    return _NAMES.get(name, name)


def stands_for(name: str) -> str:
    """The gem of the spec that is used for one the prompt names."""
    species = called(name).replace("'", "").replace(" ", "_")
    return species if species in GEMS else SUBSTITUTES[name]


_CUTS = {
    "round": "round brilliant, round brilliant cut, brilliant cut, round cut, heart and arrow",
    "princess": "princess, princess cut, square cut, square stone",
    "emerald": "emerald cut, step cut, rectangular cut, octagon cut, emerald step cut",
    "oval": "oval, oval cut, oval shaped",
    "pear": "pear, pear cut, pear shaped, pear shape, teardrop cut, drop cut, briolette, briolette cut",
    "marquise": "marquise, marquise cut, navette",
    "cushion": "cushion, cushion cut",
    "cabochon": "cabochon, cab, cabochon cut",
    "heart": "heart cut, heart brilliant, heart shaped cut, heart shape cut",
    "trillion": "trillion, trillion cut, trilliant, trilliant cut, trillian, trillian cut, triangle cut, "
    "triangular cut, triangle, triangular, triangle shaped, trillion shaped",
    "baguette": "baguette, baguette cut, straight baguette, tapered baguette, tapered baguette cut",
    "asscher": "asscher, asscher cut, square emerald cut, square step cut, royal asscher",
    "radiant": "radiant, radiant cut",
    "rose": "rose cut, dutch rose, rosette cut, rose cut brilliant",
    "old_european": "old european cut, old european, european cut, oec, old cut, old european brilliant, "
    "transitional cut",
    "old_mine": "old mine cut, old mine, old miner, old mine cushion, antique cushion, antique cushion cut, "
    "old mine brilliant",
    "hexagon": "hexagon, hexagon cut, hexagonal, hexagonal cut, hexagon shaped, hex cut, hexagon step cut",
    "kite": "kite, kite cut, kite shaped, kite shape",
}

_FITTINGS = "Studs have posts with a nut, drops hang from a plain hook; other fittings are not made."

_OF_A_SET = (
    "Of a set one piece is made first; “Its set …” under its master makes the others of the same design."
)

_OF_SEVERAL = "Of several pieces one is made."
_PACKS: dict[str, str] = {
    phrase: _OF_SEVERAL
    for count in ("two", "three", "four", "five", "six", *map(str, range(2, 13)))
    for phrase in (f"pack of {count}", f"{count} pack", f"bundle of {count}", f"lot of {count}")
}

BRIDAL_SETS = (
    "bridal set", "wedding set", "wedding ring set", "bridal ring set", "engagement set", "engagement ring set", "trio set",
)  # fmt: skip

STANDINS: dict[str, str] = {
    **_PACKS,
    "tapered baguette": "A tapered baguette is cut straight.",
    "tapered baguette cut": "A tapered baguette is cut straight.",
    "transitional cut": "A transitional cut is made as an old European.",
    "briolette": "A briolette is cut as a pear-shaped brilliant.",
    "ear jacket": "An ear jacket is made as a stud.",
    "labret": _FITTINGS,
    "labret stud": _FITTINGS,
    "lever back": _FITTINGS,
    "leverback": _FITTINGS,
    "screw back": _FITTINGS,
    "push back": _FITTINGS,
    "french hook": _FITTINGS,
    "fish hook": _FITTINGS,
    "fishhook": _FITTINGS,
    "shepherd hook": _FITTINGS,
    "clip on": _FITTINGS,
    "herringbone": "A herringbone chain is made as a snake chain.",
    "omega": "An omega chain is made as a snake chain.",
    "ball stud": "Ball studs are made as plain discs.",
    "ball stud earring": "Ball studs are made as plain discs.",
    **dict.fromkeys(BRIDAL_SETS, "Of a bridal set the engagement ring is made."),
    "set of pieces": _OF_A_SET,
    **dict.fromkeys(
        ("couple ring", "couples ring", "matching ring", "his and hers", "his and her", "him and her"),
        _OF_SEVERAL,
    ),
    "set of two": _OF_A_SET,
    "set of 2": _OF_A_SET,
    "set of three": _OF_A_SET,
    "set of 3": _OF_A_SET,
    "set of four": _OF_A_SET,
    "set of 4": _OF_A_SET,
    "set of 5": _OF_A_SET,
    "set of 6": _OF_A_SET,
    "iced out": "Links set with stones all over are made plain.",
    **dict.fromkeys(
        ("wheat", "spiga", "foxtail", "singapore", "prince of wales"), "Such a chain is made as a rope chain."
    ),
    **dict.fromkeys(
        ("mariner", "albert", "byzantine", "popcorn"),
        "Such a chain is made with the oval links of a cable chain.",
    ),
    **dict.fromkeys(
        (
            "necklace set",
            "jewelry set",
            "jewellery set",
            "parure",
            "demi parure",
            "matching set",
            "schmuckset",
        ),
        _OF_A_SET,
    ),
    "wire wrapped": "A stone wrapped in wire is set in prongs or a bezel.",
    "krawattennadel": "A tie pin is made as a tie bar.",
    "stackable": "Of a stack one ring is made.",
    "thumb": "A thumb ring is made in the size given, else in a finger's.",
    "threader": "A threader earring is made as a drop on a hook.",
    "stack": "Of a stack one ring is made.",
    "paper clip": "A paperclip chain is made with the oval links of a cable chain.",
    "paperclip": "A paperclip chain is made with the oval links of a cable chain.",
}
"""Words that are understood but made as something near, and what the user is told."""

PLAIN = frozenset(
    {
        "ball stud",
        "ball studs",
        "ball stud earring",
        "ball stud earrings",
        "threader",
        "threaders",
        "tops",
        "टॉप्स",
    }
)
"""Those that carry no stone unless one is named."""

_SETTINGS = {
    "prong": "prong, claw, prong set, claw set, prong setting, claw setting, tiffany setting, basket setting, "
    "martini, martini setting, crown setting, crown prong",
    "bezel": "bezel, bezel set, bezel setting, rub over, rubover, collet set",
    "flush": "flush, flush set, flush setting, gypsy, gypsy set, gypsy setting, hammer set",
}

_STYLES = {
    "solitaire": "solitaire, single stone, solitaire ring",
    "three_stone": "three stone, 3 stone, trilogy, past present future, three stone ring",
    "eternity": "eternity, eternity ring, eternity band, full eternity, full hoop, full hoop eternity ring, "
    "full hoop eternity, full hoop ring, full et, full et ring",
    "signet": "signet, signet ring, seal ring, pinky ring",
    "band": "plain band, wedding band, plain ring, anniversary band, simple band, half eternity, half eternity ring, "
    "half eternity band, wedding ring, wedder",
    "stud": "stud, labret, labret stud, stud earring, ear stud, ball stud, ball stud earring, ear jacket",
    "hoop": "hoop, hoop earring",
    "drop": "drop earring, dangle earring, dangling, dangle, chandelier, chandelier earring, tassel earring, jhumka, jhumki, fish hook, fishhook, shepherd hook",
    "huggie": "huggie, huggie hoop, huggy, sleeper, huggie earring, hugger, ear hugger, hug the ear, hugs the ear, hugging the ear",
    "ear_cuff": "ear cuff, cuff earring",
    "climber": "ear climber, ear crawler, climber, crawler",
    "nose_stud": "nose stud, nose pin, nostril screw",
    "nose_ring": "nose ring, nose hoop, nath",
    "toi_et_moi": "toi et moi, toi et moi ring, toi and moi, toi moi, you and me ring, two stone, 2 stone",
    "cufflinks": "cufflink, cuff link, shirt cuff, french cuff, double cuff, cuff button",
    "tie_bar": "tie bar, tie clip, tie slide, tie clasp, his tie, my tie, a tie, the tie, necktie",
    "tennis": "tennis, tennis bracelet, line bracelet, riviera, riviere, riviera necklace, riviere necklace, tennis necklace, tennis chain, line necklace",
    "bangle": "bangle, kada, kara",
    "tiara": "tiara, diadem, coronet, circlet",
    "cuff": "cuff, cuff bracelet, open bangle, open cuff, torc bangle, torque bangle, torc bracelet, torque bracelet",
    "link": "chain bracelet, link bracelet, wrist chain, charm bracelet",
    "circle": "circle brooch, wreath, circle pin",
    "flower": "flower brooch",
    "bar_brooch": "bar brooch, bar pin",
}

_FORMS = {
    "round": "disc, disk, coin, medallion, round pendant, circle, round disc, round disk",
    "bar": "bar, bar pendant, vertical bar",
    "heart": "heart, heart shaped, heart shape",
    "teardrop": "teardrop, tear drop, drop shaped, teardrop shaped, raindrop",
    "initial": "initial, letter, monogram",
    "locket": "locket",
    "cross": "cross, crucifix, pectoral cross",
}

_DISCS = frozenset({"disc", "disk", "coin", "medallion", "moneta", "moneda", "munze", "moeda"})


def is_disc(term: Term) -> bool:
    """Whether a round form is a plate and not an outline."""
    return bool(_DISCS & {singular(word) for word in term.text.split()})


_CHAINS = {
    "cable": "cable, cable chain, trace chain, link chain, rolo, rolo chain, belcher, belcher chain, anchor chain, "
    "paperclip, paperclip chain, paper clip chain, cable link, mariner, mariner chain, albert, albert chain, byzantine, byzantine chain, popcorn chain",
    "curb": "curb, curb chain, cuban, cuban link, cuban chain, curb link, miami cuban",
    "figaro": "figaro, figaro chain",
    "rope": "rope, rope chain, twisted rope, wheat, wheat chain, spiga, spiga chain, foxtail, foxtail chain, singapore, singapore chain, prince of wales, prince of wales chain",
    "box": "box chain, box link, venetian chain, venetian, box",
    "snake": "snake, snake chain, omega chain, herringbone, herringbone chain",
    "pearl": "pearl strand, strand of pearl, string of pearl, row of pearl, row of graduated pearl, row of cultured pearl, "
    "row of graduated cultured pearl, graduated pearl, graduated cultured pearl, single row pearl, pearl sautoir,  pearl chain, pearl rope, opera length pearl, pearl necklace, pearl choker, "
    "pearl collar, pearl bracelet, rope of pearl",
    "ball": "ball chain, bead chain, beaded chain, ball, pelline chain",
}

_CLASPS = {
    "lobster": "lobster, lobster clasp, lobster claw, lobster claw clasp, carabiner, karabiner",
    "spring_ring": "spring ring, spring ring clasp, bolt ring, bolt ring clasp, spring clasp",
    "toggle": "toggle, toggle clasp, t bar clasp, t bar, fob clasp",
}

_FINISHES = {
    "polished": "polished, smooth polished, high polish, high polished, shiny, glossy, mirror, mirror polished, "
    "mirror finish, gleaming, smooth, smooth polished texture, polished finish",
    "satin": "satin, matte, matt, satin finish, matte finish, frosted, silky, soft matte",
    "brushed": "brushed, brushed finish, linear brushed, scratch finish, cross hatch, cross hatched, crosshatch, crosshatched",
    "hammered": "hammered, hammered finish, hand hammered, beaten, planished, hammer finish, hammered texture",
    "sandblasted": "sandblasted, sand blasted, sandblast, stone finish, grained",
}

_PROFILES = {
    "d_shape": "d shape, d shaped, d profile, court, comfort fit, domed band, half round, dome, domed",
    "flat": "flat band, flat profile, flat, flat shank, flat court, pipe cut",
    "knife": "knife edge, knife edged, knife edge band",
    "round": "round profile, halo profile, round wire band, full round",
}

_WHOLE = {
    f"{all_of}{noun}": ("kind" if noun == "necklace" else "kind_weak", "necklace")
    for all_of in ("whole ", "full ", "entire ", "complete ", "whole of the ", "all of the ")
    for noun in ("necklace", "chain")
}
"""How a picture of more than the pendant is asked for; these phrases speak of a necklace as well."""

_EXTRAS: dict[str, Meaning] = {
    **dict.fromkeys(("halo", "halo setting", "halo of diamonds", "halo of small diamonds", "surrounded",
                     "surrounded by", "encircled by", "within a surround", "in a surround", "surround of",
                     "diamond surround"), ("halo", "yes")),
    **dict.fromkeys(("double halo", "twin halo", "two halos", "double row halo", "two row halo", "dual halo",
                     "double halo setting"), ("halo", "double")),
    **dict.fromkeys(("pave", "pave set", "pave band", "pave setting", "micro pave", "pave shank"), ("accents", "pave")),
    **dict.fromkeys(("channel", "channel set", "channel setting"), ("accents", "channel")),
    **dict.fromkeys(("cathedral", "cathedral setting", "cathedral shank", "cathedral arches"), ("cathedral", "yes")),
    **dict.fromkeys(
        ("milgrain", "milgrained", "millgrain", "milgrain edge", "milgrain edges", "beaded edge", "beaded edges"),
        ("milgrain", "yes"),
    ),
    **dict.fromkeys(("vintage", "antique", "art deco", "art nouveau", "edwardian", "heirloom"), ("era", "vintage")),
    "victorian": ("era", "vintage"),
    **dict.fromkeys(("two tone", "two toned", "bicolor", "bicolour", "mixed metal", "bi color"), ("two_tone", "yes")),
    **dict.fromkeys(("engraving", "engraved", "engrave", "inscription", "inscribed"), ("engraved", "yes")),
    **dict.fromkeys(("tapered", "tapering"), ("taper", "yes")),
    **dict.fromkeys(("untapered", "even width"), ("taper", "no")),
    **dict.fromkeys(("plain", "stoneless", "stone free", "all metal", "unset"), ("stone", "none")),
    **dict.fromkeys(
        ("stone", "gem", "gemstone", "jewel", "precious stone", "center stone", "centre stone", "birthstone"),
        ("stone", "any"),
    ),
    **dict.fromkeys(
        ("accent", "accent stone", "side stone", "small stone", "melee", "half eternity", "half eternity ring",
         "half eternity band", "half hoop", "half hoop ring", "shoulder", "shoulders", "set shoulders", "shoulder stone"),
        ("accents", "any"),
    ),
    **dict.fromkeys(
        ("fl", "vvs", "vs", "si", "vvs 1", "vvs 2", "vs 1", "vs 2", "si 1", "si 2", "flawless", "internally flawless", "eye clean",
         "excellent cut", "ideal cut", "triple excellent", *(f"{letter} {noun}" for letter in "defghij"
                                                           for noun in ("color", "colour"))),
        ("grade", "clean and colourless"),
    ),
    **dict.fromkeys(
        ("jardin", "jardins", "inclusion", "visible inclusion", "natural inclusion", "fingerprint inclusion", "mossy inclusion",
         "heavily included", "visibly included", "moderately included", "included stone", "included gem", "included gemstone",
         "veils inside", "garden of inclusions"),
        ("inclusions", "included"),
    ),
    **dict.fromkeys(
        ("well worn", "worn look", "worn finish", "worn metal", "worn gold", "worn silver", "worn surface", "worn patina",
         "worn in", "hair scratch", "hairline scratch", "scratch", "scratched", "scuffed", "wear marks", "signs of wear",
         "sign of wear", "visible wear", "patina", "patinated", "aged", "aged look", "aged finish", "antiqued", "antique finish",
         "antique patina", "time worn", "timeworn", "weathered", "distressed"),
        ("wear", "worn"),
    ),
    **dict.fromkeys(
        ("filed claw", "filed prong", "filed claw prong", "filed to a point", "pointed prong", "pointed claw", "eagle claw",
         "eagle claw prong", "talon prong", "talon claw", "slender claw", "petite claw", "fine claw"),
        ("tips", "claw"),
    ),
    **dict.fromkeys(("rounded prong", "rounded claw", "round prong", "round tip prong"), ("tips", "round")),
    **dict.fromkeys(
        ("brand new", "new condition", "mint condition", "freshly polished", "unworn", "never worn"),
        ("wear", "new"),
    ),
    **dict.fromkeys(
        (*_PACKS, "his and hers", "his and her", "him and her", "lever back", "wire wrapped", "thumb", "threader", "stack", "stackable", *BRIDAL_SETS, "set of two", "set of 2", "set of three", "set of 3", "set of four", "set of 4", "set of 5", "set of 6", "iced out", "herringbone",
         "leverback", "screw back", "push back", "french hook", "fish hook", "fishhook", "shepherd hook",
         "clip on"), ("standin", "other")
    ),
    **dict.fromkeys(("strand", "strung", "stranded"), ("strand", "yes")),
    **dict.fromkeys(("east west", "east to west", "set east west", "horizontally set", "set sideways", "end to end", "set lengthwise", "lengthwise"),
                    ("east_west", "yes")),
    **forms.PHRASES,
    **{name: ("unmade", name) for name in unmade.KINDS if name not in unmade.FOREIGN_ONLY},
    **dict.fromkeys(unmade.MATERIALS, ("material", "other")),
    **dict.fromkeys(("flanked", "flanked by", "flanking", "between two", "between them"), ("sides", "two")),
    **dict.fromkeys(("shank", "band width"), ("noun", "band")),
    **dict.fromkeys(("clasp", "closure"), ("noun", "clasp")),
    **dict.fromkeys(("link", *sorted(unmade.FINDINGS - {"clasp"})), ("noun", "finding")),
    **dict.fromkeys(("setting", "mounting", "mount", "set", "gallery", "head"), ("noun", "setting")),
    **dict.fromkeys(("edge", "rim", "border"), ("noun", "edge")),
    **dict.fromkeys(("pendant", "charm", "amulet", "dog tag"), ("noun", "pendant")),
    **dict.fromkeys(("motif", "emblem", "symbol"), ("noun", "motif")),
    **dict.fromkeys(("puffed", "puffy", "puff", "pillow shaped", "bombe", "3d"), ("relief", "domed")),
    **dict.fromkeys(("openwork", "open", "open work", "cut out", "cutout", "outlined", "silhouette outline", "hollowed",
                     "hollow out", "hollowed out"),
                    ("openwork", "yes")),
    **dict.fromkeys(("hollow", "hollow tube", "hollow inside", "hollow core", "made of tubing"), ("construction", "hollow")),
    **dict.fromkeys(
        ("castable", "thickened to cast", "thick enough to cast", "ready to cast", "ready for casting", "to be cast"),
        ("casting", "yes"),
    ),
    **dict.fromkeys(("solid tube", "solid wire", "solid inside", "non hollow", "solid balls", "solid construction"),
                    ("construction", "solid")),
    **dict.fromkeys(("station", "sideways", "connector"), ("mount", "station")),
    **dict.fromkeys(("hanging motif",), ("mount", "hung")),
    **dict.fromkeys(
        ("plain white background", "white background", "plain background", "pure white background", "clean background",
         "soft light", "studio light", "fine jewelry", "fine jewellery", "gift box"),
        ("picture", "product photograph on white"),
    ),
    **dict.fromkeys((*_WHOLE, "full length", "whole piece", "entire piece", "full view", "uncropped"),
                    ("framing", "whole")),
    **dict.fromkeys(("close view of the pendant", "close up of the pendant", "chain running out of frame"),
                    ("framing", "pendant")),
    **dict.fromkeys(("round", "circular"), ("shape", "round")),
    **dict.fromkeys(("square",), ("shape", "square")),
    **dict.fromkeys(("rectangular", "rectangle"), ("shape", "rectangular")),
    **dict.fromkeys(("drop", "drops", "dangly"), ("shape", "drop")),
}  # fmt: skip

_WEIGHTS = {
    "thin": "thin, delicate, dainty, fine, slim, slender, minimalist, minimal, lightweight, skinny, narrow, "
    "thin wire, ultra thin, very thin, whisper thin, light weight",
    "bold": "bold, chunky, thick, heavy, wide, broad, statement, massive, substantial, hefty, extra wide, heavyweight",
}
_SIZES = {
    "small": "small, tiny, mini, petite, little, short, minute",
    "large": "large, big, oversized, oversize, huge, grand, long, impressive, giant",
}

PRAISE = words_of(
    """
    bright
    elegant beautiful luxury luxurious modern contemporary classic classical timeless sleek simple refined
    stunning gorgeous exquisite sophisticated chic stylish premium fancy pretty lovely high-end fashionable
    trendy romantic feminine masculine unisex everyday bridal royal unique understated subtle sparkling sparkly
    brilliant shining radiant glamorous boho bohemian scandinavian architectural geometric sculptural organic
    clean delicate crafted handmade handcrafted artisan bespoke custom fine quality perfect flawless precious
    genuine real natural pure cute sweet charming striking dazzling adorable edgy
    """
)
"""Words that praise; they steer no dimension."""

PICTURE = words_of(
    """
    background backdrop photo photograph photography image picture shot render rendering rendered realistic
    photorealistic photoreal hyperrealistic studio lighting light lights lit shadow shadows reflection
    reflections product catalog catalogue closeup close-up macro view angle front top side isolated centered
    centred white-background hd 4k 8k resolution ultra high detailed detail details sharp focus texture quality
    camera lens commercial ecommerce professional transparent seamless bokeh depth field soft crisp
    visible close cropped shallow blurry blurred watermark deformed text people person hands hand logo signature worst low
    ugly noise noisy artifacts extra duplicate grain shot by artist artwork gallery render-style masterpiece best
    """
)
"""Words about the photograph. The studio always gives a product photograph on white."""

_ENGLISH_FILLER = words_of(
    """
    row rows knotted middle centre center mean sz men women women's gents'
    a an the with and or of in on at for to from by as is are be it its this that these those my me i we our
    your you his her their them him she he please create make made design designed designs want need would like
    give show generate draw build jewelry jewellery jewel piece pieces item style styled look looks looking
    featuring features feature having has have set setting settings which who plus
    also very really quite more
    most some any just only around along across into over under between each both all one pair matching worn
    wear wearing hanging hangs hung holding held holds metal material color colour coloured colored finish
    finished surface shape shaped form size sized total weight ctw tcw made-of about approximately ca circa wife
    husband mom mother girlfriend daughter friend gift anniversary birthday wedding engagement something wrist
    neck ear woman women man men's mens womens ratio ladies gents kt k karat carat ct mm cm inch inches
    inner outer inside outside length width height diameter long wide thick tall high eu us uk no. number then
    than so up down but s t piece's either inspired face top band's initials grain grains
    stacking profile tw solid shared likes loves his hers him way lab grown labgrown created simulated cultured certified
    gia igi conflict free hypoallergenic nickel waterproof tarnish resistant proof anti personalized personalised
    customized customised customizable engravable stretch stretchy hinged children child kids kid baby girl girls boy boys
    teen couple couples lover new sale best seller seller free shipping box vintage-style heirloom-quality inspired
    plated plating filled fill vermeil tone toned real daily use office party bride bridesmaid groom valentine valentines
    christmas mum dad sister grandma valentine's mother's day friend's cultured coloured dangle about g gm gms gram grams
    beside inlay inlaid made-to-order hallmark hallmarked stamped style traditional designer collection series edition ethnic
    wholesale bulk price prices priced moq lot lots pcs pc factory supplier stock dozen weighing weighs mounted lot
    hi hello hey dear thanks thank cheers regards sincerely sorry sir madam team there hoping hope wondering wonder could
    possible possibly maybe perhaps think thinking something anything someone anyone simple know let get got getting buy
    buying order ordering find found lost look looking after before ago year years month months week weeks day days today
    old old-fashioned own one's same like love loved loves if when while because since until than too enough really quite
    please can may might must shall will would should do does did done been being am were was had not yet already again
    definitely absolutely preferably ideally rather instead mostly also else other another such well fine good great nice
    beautiful budget money cost afford expensive cheap cheaper around roughly approx approx. est maximum max minimum min
    mum's mom's dad's 60th 50th 40th 30th sensitive ears skin fiancee fiance partner boyfriend sister's brother friend's
    fully made making makes maker maker's mark marks bring picture attached photo sent send email mail reply question
    morning afternoon evening wedding's proposing propose proposal married marry turns turning special occasion surprise
    pre-owned preowned owned secondhand used estate circa unmarked tested tests gross included extender extension cert
    certificate certified report comes come bis hallmarking gents' graduated between points century late early mid
    pack sets bridal rapper lady's navajo irish italian french chinese dubai indian turkish greek roman mens' ladies' medium خطوبه زواج
    """
)
"""Words that carry grammar, not jewelry."""

IDLE = words_of(
    """
    architectural geometric sculptural organic boho bohemian scandinavian edgy
    knotted hinged stretch stretchy extender extension personalized personalised customized customised
    customizable engravable traditional ethnic navajo irish italian french chinese dubai indian turkish greek roman
    old-fashioned hands logo signature texture transparent
    italy carre rigido rigidi tracht tasarim ايطالي لازوردي 缅甸 日本製 大粒 誕生石
    """
)
"""Words that say something of a piece, in a title as often as not in vain: they steer nothing here, and that is told."""

FILLER = _ENGLISH_FILLER | foreign.FILLER | frozenset(foreign.SIZES)
ENGLISH = (_ENGLISH_FILLER - {"or"}) | PRAISE | PICTURE | ORDINARY
"""Words that mean what they say in English, whatever they mean elsewhere."""

NEGATIONS = foreign.NEGATIONS | words_of(
    """
    no not without never zero minus except excluding w/o lacking nor neither hate hates dislike dislikes avoid
    isn't aren't nothing replace replacing swap swapping
    """
)

UNDONE = words_of(
    """
    don't dont doesn't doesnt didn't isn't isnt aren't arent won't wont can't cant cannot wouldn't never
    """
)
WISHES = words_of(
    """
    want wants like likes love need wear wears prefer include have do add use care suit really
    """
)
"""Words behind "don't" with which something is not wanted."""
DENYING_PAIRS = frozenset({
    ("instead", "of"), ("anything", "but"), ("everything", "but"), ("all", "but"), ("rather", "than"), ("other", "than"), ("free", "of"), ("allergic", "to"), ("hates", "the"),
    *((word, whose) for word in ("match", "matches", "matching") for whose in ("my", "her", "his", "our", "your")),
    *(("already", owned) for owned in ("has", "have", "had", "owns", "own", "wears", "wear", "got", "bought")),
    ("has", "already"), ("have", "already"), ("hat", "schon"), ("hat", "bereits"), ("habe", "schon"), ("deja", "une"),
    ("deja", "un"), ("deja", "des"), ("ya", "tiene"), ("ya", "tengo"), ("gia", "un"), ("gia", "una"), ("ja", "tem"),
    ("heeft", "al"), ("juz", "ma"),
})  # fmt: skip
DENIED_BEFORE = frozenset({"free"}) | foreign.DENIALS
"""Words that deny what stands right before them."""
RESUMES = words_of(
    """
    so just only please prefer instead sondern sino mais pero aber ma seulement solo nur
    """
)
"""Words behind which what is wanted is named again."""

FINENESS = frozenset(PARTS_BY_KARAT)
"""Karats that gold is alloyed to."""

HALLMARKS = frozenset({333, 375, 416, 417, 585, 750, 800, 833, 835, 900, 916, 917, 950, 958, 990, 999})
"""Parts in a thousand that hallmarks name, but for sterling's 925."""

NUMBERS: dict[str, float] = {
    "half": 0.5, "quarter": 0.25, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "single": 1, "double": 2, "triple": 3, "dozen": 12,
    "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10, "半": 0.5,
    "نصف": 0.5, "ربع": 0.25, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
}  # fmt: skip

UNITS: dict[str, tuple[str, float]] = {
    **dict.fromkeys(
        ("mm", "millimeter", "millimetre", "millimeters", "millimetres", "mil", "mils"), ("mm", 1.0)
    ),
    **dict.fromkeys(("cm", "centimeter", "centimetre", "centimeters", "centimetres"), ("mm", 10.0)),
    **dict.fromkeys(("inch", "inches", "in", '"', "''"), ("mm", 25.4)),
    **dict.fromkeys(("m", "meter", "metre", "meters", "metres"), ("mm", 1000.0)),
    **foreign.UNITS,
    **dict.fromkeys(("ct", "cts", "carat", "carats", "ctw", "tcw", "cttw"), ("ct", 1.0)),
    **dict.fromkeys(("pt", "pts", "point", "points", "pointer", "cent", "cents"), ("ct", 0.01)),
    **dict.fromkeys(("k", "kt", "karat", "karats"), ("karat", 1.0)),
    **dict.fromkeys(
        (
            "g",
            "gm",
            "gms",
            "gr",
            "grs",
            "gram",
            "grams",
            "gramm",
            "gramme",
            "grammes",
            "grammi",
            "gramos",
            "克",
        ),
        ("g", 1.0),
    ),
    **dict.fromkeys(("dwt", "pennyweight", "pennyweights"), ("g", 1.555)),
    **dict.fromkeys(("ozt",), ("g", 31.1)),
    "%": ("percent", 1.0),
}

ROLES: dict[str, str] = {
    **foreign.ROLES,
    **dict.fromkeys(("wide", "width", "broad"), "width"),
    **dict.fromkeys(("thick", "thickness"), "thickness"),
    **dict.fromkeys(("wall", "walls"), "wall"),
    **dict.fromkeys(("long", "length"), "length"),
    **dict.fromkeys(("high", "tall", "height"), "height"),
    **dict.fromkeys(("diameter", "across", "dia", "diam", "ø"), "diameter"),
    **dict.fromkeys(("tube", "wire", "tubing"), "wire"),
    **dict.fromkeys(("circumference", "wrist"), "length"),
    **dict.fromkeys(("inner", "inside", "internal"), "inner"),
    "gauge": "gauge",
}
"""Words beside a measure that say what was measured."""


def vocabulary() -> dict[str, list[Meaning]]:
    """Every phrase with all it means, in every language."""
    return english() | _foreign(frozenset(english()))


@cache
def english() -> dict[str, list[Meaning]]:
    """Every English phrase with all it means; a phrase such as "hoop" names a kind and a style at once."""
    tables = [
        _phrases("kind", _KINDS), _phrases("kind_medium", _MEDIUM_KINDS), _phrases("kind_weak", _WEAK_KINDS),
        _metals(), _phrases("gem", _GEMS), _phrases("cut", _CUTS), _phrases("setting", _SETTINGS),
        _phrases("style", _STYLES), _phrases("form", _FORMS), _phrases("chain", _CHAINS), _phrases("clasp", _CLASPS),
        _phrases("finish", _FINISHES), _phrases("profile", _PROFILES), _phrases("weight", _WEIGHTS),
        _phrases("scale", _SIZES), _phrases("motif", unmade.MOTIFS), ornaments.phrases(),
        _EXTRAS, forms.ALSO, forms.OPEN, _WHOLE, {name: ("substitute", name) for name in SUBSTITUTES}, _two_metals(),
    ]  # fmt: skip
    merged: dict[str, list[Meaning]] = {}
    for table in tables:
        for phrase, meaning in table.items():
            if meaning not in merged.setdefault(phrase, []):
                merged[phrase].append(meaning)
    for phrase, gem in _coloured_stones().items():
        merged.setdefault(phrase, []).append(("gem", gem))
    for colour, gem in _BEADS.items():
        for noun in ("bead", "crystal bead", "glass bead"):
            merged.setdefault(f"{colour} {noun}", [])[:] = [("bead", "yes"), ("gem", gem)]
    for colour in HUES:
        merged.setdefault(colour, []).append(("hue", colour))
    for blend in (
        "cobalt blue",
        "royal blue",
        "navy blue",
        "midnight blue",
        "teal",
        "turquoise blue",
        "emerald green",
    ):
        merged.setdefault(blend, []).append(("hue", "green" if blend == "emerald green" else "blue"))
    return merged


def _metals() -> dict[str, Meaning]:
    """Metals and what shows them; one the spec knows by name shows itself ("stainless steel" where there is steel)."""
    return {
        phrase: (
            slot,
            metal if (metal := phrase.split()[-1]) in METALS and metal not in value.split("_") else value,
        )
        for phrase, (slot, value) in _phrases("metal", _METALS).items()
    }


def _foreign(english: frozenset[str]) -> dict[str, list[Meaning]]:
    """Phrases of other languages that mean nothing in English."""
    taken = english | ENGLISH
    merged: dict[str, list[Meaning]] = {}
    for phrase, meaning in foreign.phrases():
        if phrase not in taken and meaning not in merged.setdefault(phrase, []):
            merged[phrase].append(meaning)
    return merged


COLOURS = {
    "white": "diamond", "clear": "diamond", "colourless": "diamond", "colorless": "diamond", "red": "ruby",
    "blue": "sapphire", "dark blue": "sapphire", "light blue": "aquamarine", "pale blue": "aquamarine",
    "green": "emerald", "lime green": "peridot", "purple": "amethyst", "violet": "amethyst", "lilac": "amethyst",
    "pink": "tourmaline", "hot pink": "tourmaline", "light pink": "morganite", "pale pink": "morganite",
    "peach": "morganite", "yellow": "citrine", "orange": "citrine", "black": "onyx",
}  # fmt: skip
"""Colours of stones, and the gem each one means."""

_BEADS = {
    "black": "onyx", "white": "mother_of_pearl", "red": "coral", "blue": "lapis_lazuli", "green": "jade",
    "purple": "amethyst", "pink": "morganite", "yellow": "citrine", "brown": "tigers_eye",
}  # fmt: skip
"""Colours of beads, and the gem that beads of that colour are cut of."""

HUES = tuple(colour for colour in COLOURS if not {"white", "yellow", "black", "clear"} & {colour})
"""Those that no metal has."""

GEM_HUES: dict[str, str] = {
    **dict.fromkeys(("diamond", "moissanite", "cubic_zirconia", "zircon", "pearl"), "white, clear"), "onyx": "black",
    "black_diamond": "black",
    "ruby": "red", "garnet": "red", "sapphire": "blue, dark blue", "emerald": "green", "peridot": "green, lime green",
    "amethyst": "purple, violet, lilac", "aquamarine": "blue, light blue, pale blue", "morganite": "pink, light pink, pale pink, peach",
    "topaz": "blue, light blue, pale blue", "citrine": "orange, yellow", "turquoise": "blue, green",
    "opal": ", ".join(HUES), "spinel": "red", "tanzanite": "blue, purple, violet", "tourmaline": "pink, hot pink",
    "alexandrite": "green, purple", "moonstone": "blue", "labradorite": "blue, green", "malachite": "green",
    "lapis_lazuli": "blue, dark blue", "jade": "green", "coral": "red, orange, pink", "tigers_eye": "orange",
    "star_sapphire": "blue, dark blue", "star_ruby": "red", "cats_eye": "orange", "iolite": "blue, purple, violet",
}  # fmt: skip
"""Colours that go without saying."""

SUBSTITUTES = _varieties() | _STONES
"""Stones the atelier may not stock, and the one nearest in colour; a stone the spec knows is used as itself."""


STONE_NOUNS = ("stone", "gem", "gemstone", "jewel", "crystal")
"""What a stone without a name is called."""


def _coloured_stones() -> dict[str, str]:
    """Phrases such as "green gemstone"."""
    return {f"{colour} {noun}": gem for colour, gem in COLOURS.items() for noun in STONE_NOUNS}


def _two_metals() -> dict[str, Meaning]:
    """Phrases such as "yellow and white gold"."""
    colours = ("yellow", "white", "rose")
    return {
        f"{first}{joint}{second} gold": ("metals", f"{first}_gold {second}_gold")
        for first in colours
        for second in colours
        for joint in (" and ", " ", " gold and ")
        if first != second
    }
