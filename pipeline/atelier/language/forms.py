"""Words for the forms of shanks, chains, drops and clusters, and for cords and beads; data for the lexicon."""

from pipeline.atelier.language.text import Meaning

_WORDS: dict[Meaning, str] = {
    ("shank", "split"): "split shank, split band, split shank ring, divided shank, double shank",
    ("shank", "bypass"): "bypass, bypass ring, bypass shank, crossover, cross over, crossover ring, wrap around ring",
    ("shank", "closed"): "closed shank, whole shank",
    ("shank", "open"): "cuff ring, open cuff ring, torque ring, "
    "adjustable, adjustable ring, open ring, open end, open ended, open end ring, opening ring, open mouth ring, "
    "open band, open shank, open front ring, resizable",
    ("hidden_halo", "yes"): "hidden halo, under halo, secret halo, undergallery halo",
    ("cluster", "yes"): "cluster, cluster ring, rosette, stone flower, petal cluster, flower cluster, daisy cluster, "
    "cluster setting, petal burst",
    ("hung", "double"): "double drop, two tier, two tiered, tiered, tier, multi tier, graduated drop",
    ("hung", "chandelier"): "chandelier, chandelier earring",
    ("hung", "tassel"): "tassel, fringe, tassel earring",
    ("hung", "jhumka"): "jhumka, jhumki, bell earring",
    ("lay", "lariat"): "lariat, lariat necklace, y necklace, lariat chain",
    ("layers", "yes"): "layered, layer, layering, layered chain, layered necklace, multi strand, multistrand, "
    "multi layer, multilayer, double layer, triple layer, double strand, triple strand, multi row",
    ("worn", "ankle"): "anklet, ankle bracelet, ankle chain, ankle strap",
    ("worn", "toe"): "toe ring",
    ("cord", "leather"): "leather, leather cord, black leather, black leather cord, leather strap, braided leather",
    ("cord", "brown_leather"): "brown leather, brown leather cord, tan leather",
    ("cord", "cotton"): "cord, waxed cord, cotton cord, black cord, waxed cotton, rope cord",
    ("cord", "silk"): "silk cord, red cord, red string, red thread, silk, silk thread, velvet cord, ribbon cord",
    ("bead", "yes"): "bead, beads, beaded, bead necklace, beaded necklace, bead bracelet, beaded bracelet, "
    "string of bead, strand of bead, tiny bead, seed bead, black bead, round bead, gemstone bead",
}  # fmt: skip
PHRASES: dict[str, Meaning] = {
    phrase.strip(): meaning for meaning, words in _WORDS.items() for phrase in words.split(",")
}
"""Every phrase with its slot and value."""

_KIND_OF = {"necklace": "necklace", "bracelet": "bracelet", "ring": "ring", "earring": "earrings"}
ALSO: dict[str, Meaning] = {
    phrase: ("kind", _KIND_OF[noun]) for phrase in PHRASES if (noun := phrase.split()[-1]) in _KIND_OF
}
"""Phrases that name the kind as well."""
OPEN: dict[str, Meaning] = {"toe ring": ("shank", "open")}
"""A toe ring is bent to size."""
