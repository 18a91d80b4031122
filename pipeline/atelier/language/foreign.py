"""The commonest words of the trade in German, French, Italian and Spanish, as data for the lexicon.

Written as the parser sees them: lower case, without accents.
"""


def words_of(text: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(text.split())


FOREIGN: tuple[tuple[str, dict[str, str]], ...] = (
    ("kind", {
        "ring": "bague, anneau, anello, anillo, sortija, verlobungsring, ehering, trauring, alliance, fede, "
        "bague de fiancailles, anillo de compromiso, anello di fidanzamento, siegelring, chevaliere",
        "necklace": "halskette, collana, collar, kette, collier, gargantilla, "
        "perlenkette, perlencollier, collier de perles, collar de perlas, collana di perle, filo di perle",
        "earrings": "ohrring, ohrringe, ohrstecker, ohrhanger, boucles d'oreilles, orecchini, aretes, pendientes, "
        "creolen, creole, aros, puces d'oreilles",
        "bracelet": "bracciale rigido, bracelet rigide, pulsera rigida, "
        "armband, armreif, armkette, braccialetto, bracciale, pulsera, brazalete, jonc, tennisarmband, "
        "armspange, perlenarmband, bracelet de perles, pulsera de perlas",
        "brooch": "brosche, broche, spilla, anstecknadel",
    }),
    ("noun", {"clasp": "verschluss, fermoir, chiusura, cierre"}),
    ("kind_weak", {"necklace": "cadena, catena, chaine"}),
    ("kind_medium", {"necklace": "pendentif, anhanger, ciondolo, colgante, medaillon"}),
    ("noun", {"pendant": "pendentif, anhanger, ciondolo, colgante"}),
    ("metal", {
        "yellow_gold": "gelbgold, or jaune, oro, oro giallo, oro amarillo, goldener, goldene, goldenes, "
        "en or, en or jaune",
        "white_gold": "weissgold, or blanc, en or blanc, oro bianco, oro blanco",
        "rose_gold": "rosegold, rotgold, or rose, en or rose, oro rosa",
        "platinum": "platin, platine, platino",
        "silver": "silber, silberner, silberne, silbernes, sterlingsilber, argent, argento, plata",
    }),
    ("gem", {
        "diamond": "diamant, diamanten, diamante, diamanti, diamantes, brillant, brillanten, brillante",
        "ruby": "rubin, rubine, rubis, rubino, rubini, rubi, rubies",
        "sapphire": "saphir, saphire, zaffiro, zaffiri, zafiro, zafiros",
        "emerald": "smaragd, smaragde, emeraude, smeraldo, esmeralda",
        "pearl": "perle, perlen, perla, perlas, perles",
        "amethyst": "amatista, ametista, amethyste",
        "aquamarine": "aquamarin, acquamarina, aguamarina, aigue marine",
        "opal": "opale, opalo",
        "topaz": "topas, topaze, topazio, topacio",
        "garnet": "granat, grenat, granato, granate",
        "citrine": "citrin, citrino",
        "onyx": "onice, onix",
        "turquoise": "turkis, turchese, turquesa",
    }),
    ("style", {
        "solitaire": "solitar, solitario",
        "three_stone": "dreistein, trilogie, trilogia",
        "signet": "siegelring, chevaliere",
        "band": "ehering, trauring, alliance, fede",
        "hoop": "creolen, creole, aros",
        "stud": "ohrstecker, puces d'oreilles",
        "drop": "ohrhanger",
        "tennis": "tennisarmband",
        "bangle": "armreif, jonc, bracciale rigido, bracelet rigide, pulsera rigida",
        "cuff": "armspange",
        "flower": "blume, fleur, fiore, flor",
    }),
    ("form", {
        "heart": "herz, coeur, cuore, corazon, herzformig, herzformige, herzformiger, herzformiges, herzformigen, "
        "en forme de coeur, a forma di cuore, en forma de corazon",
        "cross": "kreuz, croix, croce, cruz",
        "teardrop": "tropfen, goutte, goccia, gota",
        "locket": "medaillon",
        "initial": "buchstabe, lettre, lettera, letra, iniziale, inicial",
    }),
    ("chain", {
        "curb": "panzerkette, maille gourmette, grumetta, barbada",
        "cable": "ankerkette, maille forcat, erbskette",
        "figaro": "figarokette, maille figaro",
        "box": "venezianerkette, maille venitienne, veneziana",
        "rope": "kordelkette, maille corde, cordon",
        "snake": "schlangenkette, maille serpent",
        "ball": "kugelkette, maille boule",
        "pearl": "perlenkette, perlencollier, collier de perles, rang de perles, collar de perlas, filo di perle, "
        "collana di perle, perlenarmband, bracelet de perles, pulsera de perlas",
    }),
    ("cut", {
        "round": "brillantschliff, taille brillant",
        "emerald": "smaragdschliff, taille emeraude, talla esmeralda, taglio smeraldo",
        "heart": "herzschliff, taille coeur, taglio cuore, taglio a cuore, talla corazon",
        "trillion": "trillionschliff, trillantschliff, dreieckschliff, taille trillion, taille triangle, "
        "taglio trillion, taglio triangolo, talla trillion, talla triangulo",
        "baguette": "baguetteschliff, taille baguette, taglio baguette, talla baguette",
        "asscher": "asscherschliff, taille asscher, taglio asscher, talla asscher",
        "radiant": "radiantschliff, taille radiant, taglio radiant, talla radiante",
        "rose": "rosenschliff, taille rose, taille en rose, taglio rosa, taglio a rosa, rosetta, talla rosa",
        "old_european": "altschliff, altschliffdiamant, taille ancienne, taille europeenne, taglio antico, "
        "talla antigua",
        "hexagon": "sechseckschliff, sechseckig, taille hexagonale, hexagonale, taglio esagonale, esagonale, "
        "talla hexagonal",
        "kite": "drachenschliff, taille kite, taille cerf volant, taglio kite, taglio aquilone, talla cometa",
        "marquise": "marquiseschliff, navetteschliff, taille marquise, taglio marquise, talla marquesa",
        "oval": "ovaler, ovale, ovales, ovalen, ovalo",
        "princess": "princessschliff, prinzessschliff, taille princesse",
        "cushion": "kissenschliff, taille coussin, talla cojin",
        "pear": "tropfenschliff, taille poire, talla pera, taglio goccia",
    }),
    ("setting", {
        "prong": "krappe, krappen, griffe, griffes, krappenfassung, serti griffes",
        "bezel": "zargenfassung, zarge, serti clos",
    }),
    ("finish", {
        "polished": "poliert, polierte, polierter, poli, polie, pulido, pulida, lucido, glanzend",
        "satin": "satiniert, mattiert, matte, mat, mate, satinato, satinado, satine",
        "brushed": "geburstet, brosse, spazzolato, cepillado",
        "hammered": "gehammert, gehammerte, martele, martelee, martellato, martillado",
        "sandblasted": "sandgestrahlt, sable, sabbiato, arenado",
    }),
    ("stone", {
        "any": "stein, steine, steinen, edelstein, edelsteine, pierre, pierres, pietra, pietre, piedra, piedras",
        "none": "liso, lisa",
    }),
    ("weight", {
        "thin": "dunn, dunne, dunner, fein, feine, feiner, zart, zarte, zarter, fin, sottile, fino, fina, delgado",
        "bold": "breite, breiter, massiv, massive, massiver, epais, grosso, grueso",
    }),
    ("scale", {
        "small": "klein, kleine, kleiner, kleinen, kleines, petit, piccolo, piccola, pequeno, pequena",
        "large": "grosser, grosses, grossen, grand, grande",
    }),
    ("shape", {"round": "runder, runde, rundes, runden, rond, ronde, rotondo, redondo"}),
    ("style wish", {"simple": "schlicht, schlichte, schlichter, schlichtes, sobre, semplice, sencillo"}),
)  # fmt: skip
"""Slot, and per value the phrases that mean it."""

NEGATIONS = words_of(
    """
    ohne kein keine keinen sin senza sans pas
    """
)

ROLES: dict[str, str] = {
    **dict.fromkeys(("breit", "breite", "ancho", "larghezza", "largeur"), "width"),
    **dict.fromkeys(("dick", "starke", "epaisseur", "grosor", "spessore"), "thickness"),
    **dict.fromkeys(("lang", "lange", "largo", "lunga", "lungo", "longueur"), "length"),
    **dict.fromkeys(("hoch", "hohe", "hauteur", "altura", "altezza"), "height"),
    **dict.fromkeys(("durchmesser", "diametre", "diametro"), "diameter"),
}

SIZES = words_of(
    """
    gr grosse ringgrosse taille tour talla misura
    """
)
"""Words before a ring's size."""

FILLER = words_of(
    """
    mit und aus ein eine einen einem der die das den im in von fur schliff fassung gefasst besetzt
    avec et une un en de des du sur pour le la les maille femme homme
    con y e di da del il el lo los las per para boda mujer hombre
    """
)
"""Words that carry grammar, not jewelry."""
