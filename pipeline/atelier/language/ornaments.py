"""Words for the motifs of the catalogue, and those that are made as the nearest of them; data for the lexicon."""
# ruff: noqa: E501 -- a meaning's words stand together

from typing import get_args

from pipeline.atelier.language.terms import Term
from pipeline.atelier.spec import MotifName

MOTIFS: dict[MotifName, str] = {
    "flower": "flower, floral, blossom, petal, cherry blossom, sakura, forget me not, plumeria, hibiscus, poppy, orchid, flower motif",
    "daisy": "daisy, marigold, edelweiss, aster", "rose": "rose flower, rose motif, rosebud", "lotus": "lotus, lotus flower, water lily",
    "leaf": "leaf, leaves, foliage", "branch": "branch, olive branch, laurel, twig, vine, fern, ivy, sprig",
    "tree": "tree, tree of life, family tree", "palm": "palm tree, palm",
    "clover": "clover, four leaf clover, shamrock, four leaf, lucky clover", "cherry": "cherry", "mushroom": "mushroom, toadstool",
    "star": "star, pentagram, star motif", "north_star": "north star, starburst, polaris, guiding star, compass star",
    "moon": "moon, crescent, crescent moon, half moon, luna", "moon_and_star": "moon and star, star and moon, crescent and star, crescent moon and star",
    "sun": "sun, sunburst, sunshine", "snowflake": "snowflake", "cloud": "cloud", "lightning": "lightning, lightning bolt, thunderbolt, flash",
    "planet": "planet, saturn", "heart": "heart motif, open heart, floating heart", "infinity": "infinity, infinity symbol, infinity sign, infinity knot, figure eight",
    "bow": "bow, ribbon, bow tie, bowknot", "knot": "knot, love knot, celtic knot, trefoil, trefoil knot, lover's knot, sailor knot, endless knot",
    "trinity": "trinity knot, triquetra, celtic trinity knot, celtic trinity", "star_of_david": "star of david, magen david, jewish star",
    "cross": "cross motif, open cross", "celtic_cross": "celtic cross, irish cross", "orthodox_cross": "orthodox cross, russian cross, three bar cross",
    "maltese_cross": "maltese cross, pattee cross, iron cross", "ankh": "ankh, key of life", "om": "om, aum, ohm symbol, om symbol",
    "yin_yang": "yin yang, ying yang", "peace": "peace sign, peace symbol", "evil_eye": "evil eye, evil eyes, third eye, lucky eye", "nazar": "nazar, nazar boncugu, mati",
    "hamsa": "hamsa, hamsa hand, fatima hand, hand of fatima, khamsa, chamsa", "fleur_de_lis": "fleur de lis, fleur de lys, lily motif",
    "key": "key, skeleton key, key motif", "padlock": "padlock, lock, lock pendant", "anchor": "anchor", "crown": "queen crown, king crown, princess crown, crown shaped, crown style, crown motif",
    "arrow": "arrow", "sword": "sword, dagger", "horseshoe": "horseshoe, horse shoe, lucky horseshoe", "music_note": "music note, musical note",
    "wave": "wave, ocean wave", "mountain": "mountain, mountains", "skull": "skull", "feather": "feather, plume",
    "wing": "wing, angel wing", "wings": "wings, angel wings", "horn": "horn, italian horn, cornicello",
    "butterfly": "butterfly", "dragonfly": "dragonfly", "bee": "bee, honey bee, bumblebee", "ladybug": "ladybug, ladybird",
    "bird": "bird, dove, swallow", "swan": "swan", "owl": "owl", "cat": "cat, kitty", "dog": "dog", "paw": "paw, paw print, dog paw, cat paw",
    "fox": "fox, fox head", "lion": "lion, lion head, lion's head", "elephant": "elephant", "horse": "horse, horse head, pony", "rabbit": "rabbit, bunny",
    "deer": "deer, stag, stag head", "fish": "fish, koi, koi fish", "dolphin": "dolphin", "whale_tail": "whale tail, whale's tail, whale fluke", "seahorse": "seahorse, sea horse",
    "turtle": "turtle, tortoise, sea turtle", "snake": "snake motif, snake, serpent, cobra", "shell": "shell, seashell, scallop shell, scallop, sea shell", "starfish": "starfish, sea star",
    "scarab": "scarab, beetle", **{
        sign: ", ".join((*([] if sign == "cancer" else [sign]), f"{sign} zodiac", f"zodiac {sign}", f"{sign} zodiac sign", f"zodiac sign {sign}"))
        for sign in ("aries", "taurus", "gemini", "cancer", "leo", "virgo", "libra", "scorpio", "sagittarius", "capricorn", "aquarius", "pisces")
    },
    "text": "name, nameplate, name plate, word, name tag",
}  # fmt: skip
"""Motifs that are drawn, each with its words; the first one is what a description says."""

NEAREST: dict[str, tuple[MotifName, str]] = {
    "sunflower": ("daisy", "made as a daisy with many petals."), "tulip": ("lotus", "made as a lotus."), "lily": ("lotus", "made as a lotus."),
    "monstera": ("leaf", "made as a plain leaf."), "cannabis leaf": ("leaf", "made as a plain leaf."), "quatrefoil": ("clover", "made as a four-leaf clover."),
    "shooting star": ("star", "made as a star without a tail."), "constellation": ("star", "made as a single star."),
    "moon phase": ("moon", "one crescent is made."), "cosmos": ("planet", "made as a planet with its ring."), "galaxy": ("planet", "made as a planet with its ring."),
    "eye of horus": ("evil_eye", "made as an eye."), "angel": ("wings", "made as a pair of wings."), "guardian angel": ("wings", "made as a pair of wings."),
    "cherub": ("wings", "made as a pair of wings."), "fairy": ("wings", "made as a pair of wings."),
    "bird of prey": ("bird", "made as a bird in flight."), "hummingbird": ("bird", "made as a bird in flight."), "sparrow": ("bird", "made as a bird in flight."),
    "eagle": ("bird", "made as a bird in flight."), "raven": ("bird", "made as a bird in flight."), "crow": ("bird", "made as a bird in flight."),
    "phoenix": ("bird", "made as a bird in flight."), "parrot": ("bird", "made as a bird in flight."), "pegasus": ("horse", "made as a horse's head, without wings or horn."),
    "unicorn": ("horse", "made as a horse's head, without wings or horn."), "kitten": ("cat", "made as a sitting cat."), "panther": ("cat", "made as a sitting cat."),
    "leopard": ("cat", "made as a sitting cat."), "cheetah": ("cat", "made as a sitting cat."), "tiger": ("cat", "made as a sitting cat."),
    "puppy": ("dog", "made as a standing dog."), "dachshund": ("dog", "made as a standing dog."), "wolf": ("fox", "made as a fox's head."),
    "wolf head": ("fox", "made as a fox's head."), "whale": ("whale_tail", "its tail is made."), "mermaid": ("whale_tail", "a tail is made."),
    "shark": ("dolphin", "made as a dolphin."), "cowrie": ("shell", "made as a scallop shell."), "conch": ("shell", "made as a scallop shell."),
    "ouroboros": ("snake", "made as a snake that does not bite its tail."), "sugar skull": ("skull", "made as a plain skull."), "skeleton": ("skull", "its skull is made."),
    "tusk": ("horn", "made as a horn."), "claw pendant": ("horn", "made as a horn."), "shark tooth": ("horn", "made as a horn."),
    "axe": ("sword", "made as a sword."), "compass": ("north_star", "made as a compass star."), "letters": ("text", "set as a word."),
    "heart lock": ("padlock", "made as a padlock."), "valentine": ("heart", "made as a heart."), "celtic": ("knot", "made as a knot of one strand."),
    "viking": ("trinity", "made as a triquetra."), "norse": ("trinity", "made as a triquetra."), "valknut": ("trinity", "made as a triquetra."),
    "beehive": ("bee", "made as a bee."), "honeycomb": ("bee", "made as a bee."), "treble clef": ("music_note", "made as a note."),
}  # fmt: skip
"""Motifs that are made as another one, and what is said of it after the word in quotes."""

WIDE: dict[str, float] = {
    "infinity": 0.5, "evil_eye": 0.65, "lotus": 0.68, "cloud": 0.66, "planet": 0.7, "text": 0.45, "mountain": 0.7, "wave": 0.75, "wings": 0.75,
    "crown": 0.85, "elephant": 0.85, "fish": 0.6, "bee": 0.9, "dragonfly": 0.9, "whale_tail": 0.9, "aquarius": 0.7, "dog": 0.9, "bow": 0.85,
}  # fmt: skip
"""Usual heights of motifs that are wider than tall, over that of a disc."""

ENAMELS = frozenset(
    {"enamel", "enameled", "enamelled", "enameling", "cloisonne", "meenakari", "plique a jour"}
)
"""Words for coloured glass on metal."""

ENAMEL_COLOURS: dict[str, str] = {
    "red": "red", "blue": "blue", "cobalt blue": "blue", "royal blue": "blue", "navy blue": "blue", "navy": "blue", "dark blue": "blue",
    "midnight blue": "blue", "light blue": "light_blue", "pale blue": "light_blue", "baby blue": "light_blue", "sky blue": "light_blue",
    "turquoise": "turquoise", "teal": "turquoise", "green": "green", "emerald green": "green", "lime green": "green", "black": "black",
    "white": "white", "pink": "pink", "peach": "orange", "purple": "purple", "violet": "purple", "lilac": "purple", "yellow": "yellow", "orange": "orange",
}  # fmt: skip

NAMES: frozenset[str] = frozenset(get_args(MotifName))


def motif_of(value: str) -> MotifName | None:
    """The motif that a value of the lexicon is made as; none where it is not drawn."""
    if value in NAMES:
        return value  # type: ignore[return-value]
    return NEAREST[value][0] if value in NEAREST else None


def phrases() -> dict[str, tuple[str, str]]:
    """Every phrase with its slot and value."""
    table: dict[str, tuple[str, str]] = {
        phrase.strip(): ("motif", name) for name, text in MOTIFS.items() for phrase in text.split(",")
    }
    table |= {phrase: ("motif", phrase) for phrase in NEAREST}
    return table | {
        f"{colour} {word}": ("material", "enamel") for colour in ENAMEL_COLOURS for word in ENAMELS
    }


def is_enamel(term: Term) -> bool:
    """Whether a material is enamel, of any colour and in any language."""
    return term.value == "enamel" or term.text.split()[-1] in ENAMELS


def enamel_colour(text: str) -> str | None:
    """The colour named before "enamel", or none."""
    return ENAMEL_COLOURS.get(text.rpartition(" ")[0])
