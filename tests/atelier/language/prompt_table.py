"""Prompts as designers write them, with what each should become: kind | metal | stone | count | prompt.

``stone`` is the centre stone's gem, or the row's where there is no centre stone, or none. ``count`` is the number of
stones asked for (in one earring of a pair); ``row`` where small stones go all along without a number.
"""
# ruff: noqa: E501 -- prompts are quoted as they were written

TABLE = """
ring | yellow_gold | diamond | 1 | A classic solitaire engagement ring in 18k yellow gold with a 1 ct round brilliant diamond
ring | platinum | diamond | 1 | Platinum solitaire, 6 prongs, 2 carat princess cut diamond
ring | rose_gold | morganite | 1 | Delicate rose gold ring with an oval morganite, 8x6 mm, thin band
ring | white_gold | sapphire | 1 | 14k white gold engagement ring with a cushion cut blue sapphire surrounded by a diamond halo
ring | white_gold | diamond | 3 | three-stone diamond ring in white gold
ring | yellow_gold | ruby | 3 | Trilogy ring, oval ruby with two small diamonds, yellow gold
ring | platinum | emerald | 1 | Emerald-cut emerald in platinum, bezel set, 2.4 mm band
ring | yellow_gold | none | 0 | plain gold wedding band, 5 mm wide, comfort fit
ring | yellow_gold | none | 0 | hammered gold ring without stones
ring | silver | none | 0 | chunky sterling silver signet ring engraved "JK"
ring | yellow_gold | onyx | 1 | gold signet ring with black onyx
ring | white_gold | diamond | row | full eternity band with diamonds, channel set, white gold
ring | rose_gold | diamond | row | thin rose gold pavé band
ring | platinum | aquamarine | 1 | minimalist platinum ring, pear-shaped aquamarine, claw setting
ring | yellow_gold | amethyst | 1 | Marquise amethyst solitaire in yellow gold, knife-edge shank
ring | yellow_gold | pearl | 1 | a single 8 mm akoya pearl on a slim gold ring
ring | silver | opal | 1 | silver ring with a bezel set opal cabochon, milgrain edge
ring | silver | turquoise | 1 | bold bright sterling silver ring with turquoise
ring | blackened_silver | garnet | 1 | blackened silver ring with a square garnet
ring | yellow_gold | citrine | 1 | cocktail ring with a large emerald cut citrine in gold
ring | yellow_gold | peridot | 1 | peridot ring, gold, cathedral setting
ring | white_gold | topaz | 1 | Swiss blue topaz ring in white gold, round, 4 claws
ring | yellow_gold | diamond | 1 | flush set 3 mm diamond in a 6 mm flat gold band
ring | rose_gold | diamond | 1 | halo engagement ring, 0.75 ct round diamond, rose gold, pave band
ring | platinum | ruby | 1 | size 54 platinum ring with a 7 mm round ruby
ring | yellow_gold | diamond | 7 | gold wedding band with seven diamonds
ring | yellow_gold | none | 0 | simple flat band, 4mm, brushed yellow gold, US size 7
ring | white_gold | emerald | 3 | white gold three stone ring, emerald in the middle and diamonds at the sides
ring | yellow_gold | diamond | 1 | two tone ring, yellow gold shank, white gold head, round diamond
ring | platinum | diamond | 1 | Asscher cut diamond, platinum, six prong
ring | yellow_gold | garnet | 1 | vintage style garnet ring with milgrain, antique gold
ring | rose_gold | none | 0 | matte rose gold stacking ring, no stone, 2 mm
ring | silver | none | 0 | wide hammered silver band
ring | yellow_gold | sapphire | 1 | A ring for my wife: sapphire, gold, timeless
ring | yellow_gold | diamond | 42 | eternity ring with 42 diamonds
ring | white_gold | diamond | 1 | Solitär? I mean a solitaire in white gold please, half a carat
ring | rose_gold | diamond | 1 | pear diamond engagement ring rose gold 1.2ct size 6.5
ring | platinum | none | 0 | sandblasted platinum men's band 7mm without any stones
ring | yellow_gold | diamond | 1 | 1/2 ct diamond gypsy set gold ring
ring | yellow_gold | ruby | row | eternity band with rubies 2 mm, yellow gold
necklace | yellow_gold | none | 0 | A necklace with a thin gold chain and small round pendant, smooth polished texture, lightweight, elegant design, plain white background.
necklace | white_gold | emerald | 1 | 18k white gold necklace, thin cable chain, round pendant with bezel-set emerald
necklace | silver | none | 0 | silver curb chain necklace, 50 cm, bold
necklace | yellow_gold | none | 0 | gold rope chain 55 cm, 3 mm, lobster clasp
necklace | rose_gold | none | 0 | rose gold bar pendant engraved "LOVE" on a box chain
necklace | yellow_gold | none | 0 | letter M initial pendant in yellow gold on a fine chain
necklace | silver | none | 0 | oval locket on a 45 cm figaro chain, sterling silver
necklace | yellow_gold | none | 0 | Gold cross necklace for men, curb chain 4 mm thick
necklace | platinum | diamond | 1 | diamond solitaire pendant in platinum, 0.5 ct, spring ring clasp
necklace | rose_gold | ruby | 1 | Rose gold heart pendant with a small ruby
necklace | yellow_gold | pearl | 1 | pearl pendant necklace, gold
necklace | white_gold | sapphire | 1 | sapphire pendant with diamond halo on a white gold chain, 42 cm
necklace | silver | none | 0 | minimal silver teardrop pendant, no stone
necklace | yellow_gold | none | 0 | gold snake chain choker
necklace | silver | none | 0 | ball chain with a dog tag, silver
necklace | yellow_gold | amethyst | 1 | gold necklace, oval amethyst in claws
necklace | yellow_gold | none | 0 | medallion on a chunky gold chain with toggle clasp
necklace | silver | onyx | 1 | round silver pendant with onyx in the centre
necklace | white_gold | aquamarine | 1 | pear shaped aquamarine drop necklace in white gold
necklace | rose_gold | none | 0 | dainty disc necklace in rose gold, satin finish, 16 inch chain
necklace | yellow_gold | none | 0 | plain cable chain, gold, 60 cm
necklace | silver | turquoise | 1 | turquoise pendant in silver, bezel
necklace | yellow_gold | emerald | 1 | emerald-cut emerald pendant, yellow gold, 20" chain
necklace | blackened_silver | none | 0 | oxidized silver coin pendant, hammered
necklace | platinum | none | 0 | platinum chain without pendant, curb
necklace | yellow_gold | citrine | 1 | necklace with citrine
necklace | silver | none | 0 | heart locket, silver, engraved "ANNA"
necklace | yellow_gold | opal | 1 | fire opal pendant, gold milgrain bezel
necklace | rose_gold | morganite | 1 | cushion morganite pendant rose gold halo
necklace | yellow_gold | none | 0 | long gold chain 80 cm with a large round disc
earrings | platinum | diamond | 1 | diamond studs in platinum, 0.5 ct each
earrings | yellow_gold | none | 0 | hammered gold hoops, no stones
earrings | yellow_gold | pearl | 1 | pearl drop earrings
earrings | white_gold | diamond | row | white gold huggies with pavé diamonds
earrings | rose_gold | none | 0 | large thin rose gold hoop earrings 50 mm
earrings | silver | none | 0 | small silver heart stud earrings, without stone
earrings | white_gold | sapphire | 1 | sapphire halo studs white gold
earrings | yellow_gold | emerald | 1 | emerald drop earrings in gold, pear cut
earrings | silver | turquoise | 1 | turquoise cabochon studs, silver
earrings | silver | none | 0 | teardrop dangle earrings, brushed silver, no stone
earrings | yellow_gold | ruby | 1 | ruby earrings, gold, studs, bezel
earrings | yellow_gold | none | 0 | chunky gold hoops 30 mm diameter, 4 mm tube
earrings | rose_gold | morganite | 1 | morganite stud earrings rose gold 4 prongs
earrings | white_gold | pearl | 1 | 7 mm freshwater pearl studs, white gold
earrings | yellow_gold | none | 0 | initial studs letter K, gold, no stones
earrings | silver | amethyst | 1 | amethyst marquise drop earrings sterling silver
earrings | yellow_gold | diamond | row | gold hoops set with small diamonds
earrings | platinum | aquamarine | 1 | princess cut aquamarine stud earrings in platinum
earrings | silver | none | 0 | tiny silver huggie hoops 10 mm
earrings | yellow_gold | garnet | 1 | a pair of garnet earrings in yellow gold, six prong
bracelet | white_gold | diamond | 42 | tennis bracelet with 42 small diamonds in white gold
bracelet | silver | none | 0 | chunky silver curb chain bracelet 19 cm
bracelet | yellow_gold | none | 0 | gold bangle, 6 mm wide, polished
bracelet | silver | none | 0 | wide hammered silver cuff, 30 mm
bracelet | rose_gold | diamond | row | rose gold bangle with pave diamonds
bracelet | yellow_gold | none | 0 | figaro bracelet in gold with lobster clasp, 18 cm
bracelet | yellow_gold | sapphire | row | sapphire tennis bracelet, yellow gold
bracelet | silver | none | 0 | open cuff bracelet engraved "AMOR", silver
bracelet | platinum | diamond | row | platinum tennis bracelet 3 mm diamonds
bracelet | rose_gold | none | 0 | dainty rose gold chain bracelet, 7 inches
bracelet | blackened_silver | none | 0 | blackened silver box chain bracelet with toggle
bracelet | yellow_gold | none | 0 | rope bracelet gold
bracelet | white_gold | none | 0 | brushed white gold bangle no stones
bracelet | yellow_gold | ruby | 50 | tennis bracelet, 50 rubies, gold
bracelet | silver | none | 0 | snake chain bracelet in 925 silver
brooch | yellow_gold | sapphire | 1 | circle brooch in yellow gold with a sapphire
brooch | yellow_gold | ruby | 1 | flower brooch with a ruby centre
brooch | platinum | diamond | 1 | Art deco bar brooch, platinum, emerald cut diamond, milgrain
brooch | silver | none | 0 | plain silver circle brooch 40 mm
brooch | rose_gold | pearl | 1 | floral brooch, rose gold with pearl
brooch | white_gold | diamond | 1 | white gold daisy brooch
brooch | yellow_gold | none | 0 | bar pin, gold, no stone, 50 mm wide, engraved "ELLA"
ring | yellow_gold | diamond | 1 | something shiny for my mom
ring | yellow_gold | moissanite | 1 | gold ring with a moissanite
ring | rose_gold | tanzanite | 1 | tanzanite ring in pink gold
necklace | white_gold | none | 0 | White-gold pendant necklace - no diamonds, no pearls; just a heart
ring | yellow_gold | diamond | 1 | RING!!! GOLD!!! DIAMOND!!!
necklace | silver | none | 0 | steel chain, curb, men's, 22 inch
earrings | white_gold | emerald | 1 | Photorealistic product shot of emerald stud earrings in white gold on a white background, 8k
ring | silver | ruby | 1 | red stone ring in silver
ring | yellow_gold | emerald | 1 | green gemstone ring, gold
bracelet | yellow_gold | none | 0 | women's cuff in gold
ring | platinum | diamond | 1 | plat. solitaire w/ 1.25ct oval diamond, hidden details, size N
earrings | yellow_gold | diamond | 1 | cluster of light: diamond studs
necklace | yellow_gold | none | 0 | pendant shaped like a teardrop, gold
ring | yellow_gold | ruby | 1 | oval ruby halo ring with diamonds, yellow gold
ring | yellow_gold | diamond | 1 | solitaire with diamond shoulders, 18ct yellow gold
ring | white_gold | diamond | 1 | white gold but rose gold prongs, round diamond engagement ring
ring | rose_gold | emerald | 1 | emerald-cut emerald ring, rose gold, no halo please
ring | platinum | diamond | 1 | emerald cut diamond ring in platinum size N 1/2
ring | yellow_gold | diamond | 1 | US 7 yellow gold engagment ring with a 0.9 carrat diamond
ring | white_gold | sapphire | 1 | Verlobungsring Weißgold mit Saphir, ovaler Schliff, Größe 52
ring | yellow_gold | none | 0 | schlichter Ehering aus Gelbgold, 5 mm breit, matt, ohne Stein
ring | yellow_gold | diamond | 1 | bague solitaire en or jaune avec un diamant de 1 carat
ring | white_gold | emerald | 1 | anillo de compromiso de oro blanco con esmeralda
ring | silver | none | 0 | anillo de plata liso sin piedras
ring | rose_gold | morganite | 3 | rose gold trilogy: cushion morganite centre, 2 round diamonds either side
ring | platinum | sapphire | 1 | saphire cabochon in a bezel, platinum, comfort-fit band 3mm
ring | yellow_gold | amethyst | 1 | Art Nouveau inspired amethist ring, gold, oval 10x8mm
ring | white_gold | diamond | row | half eternity, channel-set diamonds, white gold, 3 mm wide
ring | yellow_gold | none | 0 | mens signet, 9ct gold, oval face, engrave initials "TB"
ring | silver | moonstone | 1 | silver ring with a moonstone cab
ring | yellow_gold | garnet | 5 | gold band set with 5 garnets
necklace | yellow_gold | none | 0 | initial M necklace 14k gold 16"
necklace | silver | aquamarine | 1 | Halskette Silber mit Aquamarin Anhänger
necklace | yellow_gold | none | 0 | collier en or jaune, maille forçat, pendentif coeur, sans pierre
necklace | rose_gold | diamond | 1 | 18 inch rose gold necklace w/ a 0.25ct bezel diamond
necklace | yellow_gold | pearl | 1 | collar de oro con perla
necklace | white_gold | diamond | 1 | pear cut diamond pendant, 1.7 grams, white gold, 1/4 ct
necklace | silver | none | 0 | Silberkette 45cm Panzerkette
necklace | blackened_silver | garnet | 1 | oxidised silver teardrop pendant with a garnet, rope chain 0.5 m
earrings | white_gold | diamond | 1 | pair of princess studs 0.5ct each, white gold
earrings | yellow_gold | none | 0 | goldene Creolen 25 mm
earrings | silver | pearl | 1 | boucles d'oreilles en argent avec perles
earrings | rose_gold | sapphire | 1 | saphire drops, rose gold, four claws, halo of diamonds
earrings | platinum | emerald | 1 | emerald-cut emerald studs, double... no, single, platinum
bracelet | white_gold | sapphire | row | tennis bracelet 17 cm sapphires white gold
bracelet | silver | none | 0 | Armreif Silber gehämmert 8 mm breit
bracelet | yellow_gold | none | 0 | bracelet jonc en or, poli
bracelet | rose_gold | none | 0 | rosegold paperclip bracelet, 7.5", t-bar
bracelet | platinum | ruby | row | line bracelet, rubies 2.5mm, plat
brooch | yellow_gold | pearl | 1 | Brosche Gelbgold mit Perle
brooch | silver | amethyst | 1 | flower broach in silver w amethyst
ring | white_gold | aquamarine | 1 | 4-prong aquamarine, 1.5 carats, cushion, whitegold
ring | yellow_gold | sapphire | 1 | ring, yelow gold, saphir bleu
ring | rose_gold | diamond | 1 | Rotgold Solitärring mit 0,7 ct Brillant, Gr. 54
ring | white_gold | diamond | 1 | halo ring, 1ct emrald cut diamond, wg
ring | platinum | none | 0 | his and hers platinum bands, 6mm, no gems
ring | yellow_gold | ruby | 1 | vintage rubby ring 750 gold, milgrain
ring | silver | amethyst | 1 | bague en argent avec améthyste taille coussin, 9 mm
ring | yellow_gold | sapphire | row | gold stacking band with tiny sapphires all the way round
ring | white_gold | diamond | 1 | 3/4 carat cushion halo, 18kt white, split shank
ring | yellow_gold | opal | 1 | Opalring Gold
necklace | yellow_gold | diamond | 1 | diamond by the yard style necklace with a bezel diamond 3mm, yellow gold
necklace | silver | none | 0 | Silberne Schlangenkette, 2 mm, 42 cm, Karabiner
necklace | rose_gold | pearl | 1 | collana in oro rosa con perla 8 mm
necklace | yellow_gold | none | 0 | gold St Christopher style disc on curb chain 20in
necklace | white_gold | emerald | 1 | colgante de oro blanco con esmeralda talla pera
earrings | yellow_gold | ruby | 1 | pendientes de oro con rubí
earrings | silver | none | 0 | silver hoops 1.5 inch, satin
earrings | white_gold | diamond | 1 | 2 ctw diamond studs, martini setting, white gold
earrings | rose_gold | pearl | 1 | Perlenohrringe Roségold
bracelet | yellow_gold | none | 0 | pulsera de oro, cadena barbada, 19 cm
bracelet | white_gold | diamond | 55 | tennis bracelet: 55 brilliants, 18k white gold, 2.2mm each
bracelet | silver | none | 0 | sterling cuff, 1 inch wide, hammerd
brooch | platinum | sapphire | 1 | platinum circle brooch with sapphire and diamonds
ring | rose_gold | moissanite | 1 | Vintage-inspired engagement ring, 1.2ct oval moissanite, hidden halo, 14k rose gold, 1.8mm pavé shank
ring | platinum | none | 0 | mens wedding ring tungsten look, 8mm, brushed center with polished edges
ring | platinum | sapphire | 1 | east-west marquise sapphire ring in platinum, bezel
ring | white_gold | diamond | 7 | cluster ring of seven diamonds in white gold
ring | yellow_gold | none | 0 | stackable rings, three thin bands yellow gold
ring | yellow_gold | none | 0 | solid 14k gold dome ring 10mm
ring | yellow_gold | sapphire | 1 | a solitaire but make it blue
ring | platinum | diamond | 1 | platinum knife edge solitaire .90ct round D VVS1
ring | yellow_gold | ruby | 3 | 6mm flat band satin yellow gold with three flush set rubies
ring | platinum | diamond | row | eternity band baguette diamonds, platinum, size 52
ring | rose_gold | morganite | 1 | ring US size 6.5, cushion cut morganite 8x8mm, rose gold, split shank
ring | white_gold | aquamarine | 1 | octagon emerald cut aquamarine 12 x 10 mm cocktail ring white gold
ring | yellow_gold | emerald | 1 | no diamonds, just an emerald ring in gold
ring | white_gold | ruby | 1 | ring mit rubin und brillanten, weissgold, grösse 54
ring | yellow_gold | diamond | 5 | 5 stone diamond ring, shared prongs, yellow gold
ring | yellow_gold | diamond | 3 | 3 stone oval ring, emeralds on the sides, yellow gold, 2 ct center
ring | rose_gold | none | 0 | fede nuziale oro rosa 5 mm
ring | silver | moonstone | 1 | cabochon moonstone ring hammered silver band 4mm
necklace | white_gold | diamond | 1 | solitaire pendant 0.3ct diamond 18" white gold chain
necklace | rose_gold | morganite | 1 | rosegold teardrop pendant with morganite pear 9 x 6 mm and diamond halo
necklace | silver | none | 0 | collar de plata con cruz
necklace | yellow_gold | none | 0 | medallion 22 mm with milgrain, engraved "Ad astra", yellow gold rope chain 55 cm
necklace | yellow_gold | emerald | 1 | Statement necklace with big emerald drop
necklace | yellow_gold | none | 0 | collier en or avec pendentif coeur
necklace | white_gold | none | 0 | ball chain with bar pendant vertical, satin white gold, engraved "07.12.2021"
earrings | yellow_gold | none | 0 | hoop earrings 45mm x 3mm yellow gold
earrings | white_gold | pearl | 1 | Tahitian pearl studs 9mm white gold
earrings | yellow_gold | none | 0 | gold vermeil studs shaped like hearts
earrings | silver | garnet | 1 | pair of cushion cut garnet stud earrings, 6 mm, bezel, silver
earrings | platinum | sapphire | 1 | Ohrstecker mit Saphiren, Platin
earrings | white_gold | aquamarine | 1 | drop earrings: pear aquamarines 10x7, lever back, white gold
bracelet | silver | none | 0 | Men's bracelet, silver, curb 10 mm, 22 cm, toggle clasp
bracelet | platinum | diamond | row | tennis bracelet 3ct total, platinum
bracelet | yellow_gold | none | 0 | bracciale rigido in oro giallo
bracelet | yellow_gold | none | 0 | anklet gold with small heart charm
bracelet | white_gold | diamond | row | pulsera de tenis con diamantes oro blanco
bracelet | silver | none | 0 | wide cuff 40 mm silver matte with turquoise
bracelet | yellow_gold | none | 0 | bangle 65mm inner diameter with engraved "carpe diem", oval profile
brooch | platinum | sapphire | 1 | bar brooch platinum, 50 mm, with sapphires
ring | platinum | diamond | 1 | platinum solitaire with a 1.2 ct heart shaped diamond, V prong
ring | yellow_gold | sapphire | 1 | trillion cut sapphire ring, 18k yellow gold, bezel
ring | white_gold | diamond | 3 | 2 ct asscher diamond with trillion side stones in white gold
ring | platinum | emerald | 3 | emerald cut emerald flanked by two tapered baguettes, platinum
ring | yellow_gold | diamond | 1 | old european cut diamond engagement ring, antique yellow gold, milgrain
ring | rose_gold | diamond | 1 | rose cut diamond in a rose gold bezel, thin band
ring | platinum | diamond | 1 | 1.5 carat radiant cut diamond with halo in platinum
ring | yellow_gold | garnet | 1 | hexagonal garnet ring, gold, 6 claws
ring | rose_gold | morganite | 1 | kite cut morganite ring in rose gold
necklace | white_gold | ruby | 1 | heart-shaped ruby pendant with a diamond halo on a white gold chain
earrings | platinum | diamond | 1 | old mine cut diamond studs, platinum
earrings | yellow_gold | amethyst | 1 | baguette amethyst drop earrings in gold
ring | white_gold | ruby | 1 | Weißgoldring mit einem Rubin im Herzschliff, 1 ct
necklace | yellow_gold | pearl | row | Pearl necklace, 7 mm Akoya pearls, gold clasp, 45 cm
necklace | white_gold | pearl | row | strand of freshwater pearls with a white gold lobster clasp
necklace | silver | pearl | row | Perlenkette mit Silberverschluss
bracelet | rose_gold | pearl | row | pearl bracelet with rose gold toggle clasp
necklace | yellow_gold | pearl | row | collier de perles 42 cm, fermoir en or
"""


def rows() -> list[tuple[str, str, str, str, str]]:
    """The table as (kind, metal, stone, count, prompt)."""
    found = []
    for line in TABLE.strip().splitlines():
        kind, metal, stone, count, prompt = (cell.strip() for cell in line.split("|", 4))
        found.append((kind, metal, stone, count, prompt))
    return found
