"""What strangers ask for that the atelier does not model: motifs, other kinds of piece, materials; data for the lexicon.

A motif is left out of a piece that is otherwise made. A kind of piece has a nearest one, offered before anything is
rendered, or none. A material that is no precious metal is left out, or named where the piece is of nothing else.
"""
# ruff: noqa: E501 -- a meaning's words stand together

from dataclasses import dataclass

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
    "evil eye": "evil eye, evil eyes, nazar, third eye, eye of horus", "hamsa": "hamsa, hamsa hand, fatima hand, hand of fatima",
    "star": "star, north star, starburst, constellation, pentagram, star of david, shooting star, polaris",
    "moon": "moon, crescent, crescent moon, moon phase, moon phases", "sun": "sun, sunburst, sunshine",
    "flower": "flower, floral, blossom, daisy, petal, sunflower, lotus, lotus flower, rose flower, lily, orchid, poppy, "
    "cherry blossom, sakura, tulip, forget me not, marigold, hibiscus, plumeria, edelweiss",
    "leaf": "leaf, leaves, vine, vines, ivy, fern, olive branch, laurel, monstera, branch, twig, foliage",
    "tree": "tree, tree of life, family tree, palm tree",
    "butterfly": "butterfly", "dragonfly": "dragonfly", "bee": "bee, honey bee, bumblebee, honeycomb",
    "bird": "bird, swallow, dove, hummingbird, sparrow, swan, eagle, raven, crow, flamingo, parrot, phoenix, peacock, owl",
    "cat": "cat, kitten, panther, leopard, tiger, lion, paw, paw print, cheetah",
    "dog": "dog, puppy, wolf, wolf head, fox, bear, dachshund",
    "animal": "elephant, horse, horseshoe, deer, stag, turtle, tortoise, frog, rabbit, bunny, unicorn, pegasus, hedgehog, "
    "giraffe, panda, ram, bull, scarab, beetle, ladybug, ladybird, spider, scorpion, lizard, gecko, bat, monkey, pig",
    "sea": "shell, seashell, cowrie, starfish, dolphin, whale, whale tail, fish, koi, octopus, tentacle, mermaid, "
    "seahorse, anchor, wave, conch, crab, shark",
    "dragon": "dragon phoenix, griffin, dinosaur", "snake": "snake, serpent, cobra, ouroboros, medusa",
    "skull": "skull, sugar skull, skeleton, reaper",
    "celtic": "celtic, celtic knot, trinity knot, triquetra, claddagh, viking, rune, runes, valknut, mjolnir, thor hammer, "
    "norse, penannular",
    "knot": "knot, love knot, bow, ribbon, infinity, infinity symbol, infinity knot, twist knot, sailor knot, endless knot",
    "angel": "angel, guardian angel, wing, wings, angel wing, angel wings, cherub, fairy, elvish, elven",
    "saint": "saint, st christopher, saint christopher, virgin mary, miraculous medal, jesus, jesus head, christ, madonna, "
    "buddha, guanyin, ganesh, ganesha, om, aum, krishna, lakshmi, allah, ayatul kursi, ayat al kursi, bismillah, "
    "mashallah, khanda, chai symbol, menorah, rosary, medal",
    "zodiac": "zodiac, aries, taurus, gemini, leo, virgo, libra, scorpio, sagittarius, capricorn, aquarius, pisces, "
    "astrology, horoscope",
    "name": "name, nameplate, name plate, arabic name, calligraphy, arabic calligraphy, word, letters",
    "key": "key, lock, padlock, heart lock, arrow, sword, dagger, axe, lightning, lightning bolt, nail, screw, safety pin, "
    "razor blade, compass, globe, map, dice, music note, guitar, camera charm, book, coffin, cannabis leaf, wishbone, "
    "peace sign, yin yang, puzzle piece, atom, dna, football, basketball, car, airplane, bicycle, motorcycle",
    "clover": "clover, four leaf clover, shamrock, four leaf, quatrefoil",
    "fruit": "cherry, strawberry, pineapple, lemon, avocado, apple, mushroom, pomegranate, grape, acorn, pinecone",
    "crown": "queen crown, king crown, princess crown, crown shaped, crown style",
    "cosmos": "galaxy, galaxy swirl, planet, saturn, cosmos, cloud, rainbow, raindrops, snowflake, mountain, swirl, spiral",
    "horn": "horn, italian horn, cornicello, tusk, claw pendant, tooth, shark tooth, bone",
    "temple": "temple, peacock motif, paisley, mango motif, coin motif",
    "filigree": "filigree, openwork, lattice, mesh, lace, braided, woven, twisted, twist, rope twist",
    "bead": "bead, beaded, beads, tiny beads, seed beads, black beads",
    "name tag": "id plate, identity, id",
    "donut": "donut, pi disc",
}  # fmt: skip

KINDS: dict[str, Nearest | None] = {
    "kada": Nearest("bracelet", "bangle with 60 mm inner diameter", "a kada is worn as a bangle: make a 60 mm bangle?"),
    "kara": Nearest("bracelet", "bangle with 60 mm inner diameter", "a kara is worn as a bangle: make a 60 mm bangle?"),
    "nose ring": Nearest("earrings", "huggie earrings", "its nearest here is a pair of huggie hoops: make those?"),
    "nose hoop": Nearest("earrings", "huggie earrings", "its nearest here is a pair of huggie hoops: make those?"),
    "nath": Nearest("earrings", "huggie earrings", "its nearest here is a pair of huggie hoops: make those?"),
    "nose stud": Nearest("earrings", "stud earrings", "its nearest here is a pair of small studs: make those?"),
    "nose pin": Nearest("earrings", "stud earrings", "its nearest here is a pair of small studs: make those?"),
    "jhumka": Nearest("earrings", "drop earrings", "a jhumka's bell is not modelled: make a pair of drop earrings?"),
    "jhumki": Nearest("earrings", "drop earrings", "a jhumki's bell is not modelled: make a pair of drop earrings?"),
    "chandbali": Nearest("earrings", "drop earrings", "its crescent is not modelled: make a pair of drop earrings?"),
    "mangalsutra": Nearest("necklace", "necklace", "its black beads are not modelled: make the chain with its pendant?"),
    "thali": Nearest("necklace", "necklace with a round pendant", "make a chain with a round pendant?"),
    "rani haar": Nearest("necklace", "long necklace", "its tiers are not modelled: make a long necklace?"),
    "haram": Nearest("necklace", "long necklace", "its tiers are not modelled: make a long necklace?"),
    "haar": Nearest("necklace", "necklace", "its tiers are not modelled: make a necklace?"),
    "vanki": Nearest("ring", "plain band ring", "its peak is not modelled: make a plain band?"),
    "toe ring": Nearest("ring", "plain band ring", "it is made closed, in a finger's sizes: make a plain band?"),
    "penannular brooch": Nearest("brooch", "circle brooch", "its open ring is not modelled: make a circle brooch?"),
    "kilt pin": Nearest("brooch", "bar brooch", "its nearest here is a bar brooch: make that?"),
    "rosary": Nearest("necklace", "necklace with a cross pendant", "its beads are not modelled: make a cross on a chain?"),
    **dict.fromkeys(
        (
            "cufflink", "cuff link", "tie clip", "tie bar", "tie pin", "tie tack", "tiara", "diadem", "crown", "hair pin",
            "hairpin", "hair clip", "hair comb", "comb", "barrette", "watch", "wristwatch", "pocket watch", "key ring",
            "keychain", "keyring", "belly ring", "belly button ring", "navel ring", "belt buckle", "money clip",
            "septum ring", "septum clicker", "septum", "body chain", "ear plug", "body jewelry", "tongue ring",
            "maang tikka", "mang tikka", "tikka", "matha patti", "waist belt", "waist chain", "kamarband", "vaddanam",
            "armlet", "bajuband", "statue", "figurine", "ornament", "spoon", "bookmark", "pen", "sceptre", "scepter",
            "goblet", "ring box", "trophy", "cufflinks", "monocle", "eyeglasses", "brass knuckles", "grillz", "thimble",
        ),
        None,
    ),
}  # fmt: skip
"""Kinds of piece besides the five, each with the nearest that is made, or none."""

BODIES = (
    "leather", "leather cord", "cord", "silk cord", "string", "ribbon cord", "wood", "wooden", "wood inlay", "resin",
    "ceramic", "carbon fiber", "carbon fibre", "rubber", "silicone", "meteorite", "antler", "glass", "murano glass",
    "acrylic", "clay", "fabric", "velvet cord", "macrame", "nylon", "thread", "fur", "ebony", "ivory",
)  # fmt: skip
"""Materials of whole pieces that no metal here stands for."""

MATERIALS = (
    *BODIES, "enamel", "enameled", "enamelled", "kundan", "polki", "meenakari", "marcasite", "bone inlay",
    "whisky barrel", "navaratna", "navratna", "nine gems", "magnetic",
)  # fmt: skip
"""Those, and settings of whole trades that no stone here stands for."""
