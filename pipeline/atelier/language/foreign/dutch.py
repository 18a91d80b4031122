"""Dutch words of the trade."""

WORDS = """
place side: zijde, zijden, zijkant, zijkanten
place between: tussen
sides two: tussen twee
place middle: midden
kind ring: ring, verlovingsring, trouwring, zegelring
kind necklace: ketting, halsketting, collier, parelketting, halssnoer
kind earrings: oorbel, oorring, oorsteker, oorknop, oorhanger, creool
kind bracelet: armband, slavenarmband, enkelbandje
kind brooch: broche
kind_medium necklace: hanger, medaillon, kettinghanger
noun pendant: hanger, kettinghanger
noun clasp: slot, sluiting
coated yellow_gold: verguld, goud verguld
metal yellow_gold: goud, gouden, geelgoud, geelgouden
metal white_gold: witgoud, witgouden
metal rose_gold: roségoud, rosegoud, rosegouden, roodgoud
metal platinum: platina
metal silver: zilver, zilveren
gem diamond: diamant, briljant
gem ruby: robijn
gem sapphire: saffier
gem emerald: smaragd
gem pearl: parel, zoetwaterparel
gem opal: opaal
gem topaz: topaas
gem garnet: granaat
gem turquoise: turkoois
substitute cubic zirconia: zirkonia
style signet: zegelring
style band: trouwring
style hoop: oorring, creool
style stud: oorsteker, oorknop
style drop: oorhanger
style bangle: slavenarmband
style tiara: tiara, diadeem
form heart: hart, hartje
form cross: kruis
chain pearl: parelketting
stone any: steen
scale small: klein
scale large: groot
hue blue: blauw
motif butterfly: vlinder
motif star: ster
motif moon: maan
motif clover: klavertje
negation no: zonder, geen
role width: breedte
role length: lengte
role diameter: doorsnede
size dutch: maat
unit ct 1: karaat
filler the: met, en, van, het, een, voor, de, dames, heren, hartjes
motif flower: bloem
motif star: ster
motif moon: maan
motif sun: zon
motif butterfly: vlinder
motif tree: levensboom
motif leaf: blad
motif clover: klavertje, klaver vier
motif infinity: oneindigheid
motif bow: strik
motif key: sleutel
motif anchor: anker
motif cat: kat, poes
motif dog: hond
motif paw: pootje, hondenpoot
motif elephant: olifant
motif bird: vogel, zwaluw
motif owl: uil
motif feather: veer
motif evil_eye: boze oog
style nose_stud: neusknopje, neuspiercing
style nose_ring: neusring
style cufflinks: manchetknoop, manchetknopen
style tie_bar: dasspeld, dasclip
kind earrings: neusknopje, neuspiercing, neusring
kind bracelet: enkelbandje, enkelband, enkelketting
kind ring: teenring
kind brooch: manchetknoop, manchetknopen, dasspeld, dasclip
worn ankle: enkelbandje, enkelband, enkelketting
worn toe: teenring
shank open: verstelbaar, open ring, teenring
hung chandelier: kroonluchter
hung tassel: kwastje, kwast
layers yes: meerlaags, dubbele ketting
cluster yes: rozet, entourage rozet
cord leather: leer, leren
cord silk: zijde
bead yes: kralen, kraal
metal silver: staal, roestvrij staal, titanium, keramiek, wolfraam
substance steel: staal, roestvrij staal
substance titanium: titanium
substance ceramic: keramiek
substance tungsten: wolfraam
gem moonstone: maansteen
gem garnet: granaat
gem turquoise: turkoois, turkooizen
gem topaz: topaas
gem opal: opaal
gem mother_of_pearl: parelmoer
gem tigers_eye: tijgeroog
gem coral: bloedkoraal, koraal
style band: aanschuifring
kind ring: aanschuifring
kind necklace: ketting, collier, halsketting
form heart: hart, hartje, hartvorm
metal rose_gold: rose gouden, rosegoud, roodgoud, roodgouden
metal white_gold: witgoud, witgouden
finish satin: mat, gematteerd
inclusions included: insluitsels, zichtbare insluitsels
wear worn: patina, krassen, gekrast, verouderd, gebruikssporen, draagsporen
filler the: krt, kt, verguld, echt, echte, zilver, met, mijn, graag, ik, zoek, voor, vrouw
unit karat 1: krt
negation no: niet
stone any: steen, steentje, stenen
form cross: kruis, kruisje
form round: rond, plaatje
style bangle: slavenarmband, bangle
kind bracelet: slavenarmband
style signet: zegelring, cachetring
kind ring: zegelring, cachetring, trouwring, verlovingsring
style band: trouwring
style stud: oorknopjes, oorstekers
kind earrings: oorknopjes, oorhangers, creolen, oorringen
style drop: oorhangers
style hoop: creolen, oorringen
engraved yes: gegraveerd, gegraveerde, gravure
material enamel: emaille, geëmailleerd, geëmailleerde
gem aquamarine: aquamarijn
gem morganite: morganiet
gem citrine: citrien
gem peridot: peridoot
gem onyx: onyx
gem moissanite: moissaniet
gem black_diamond: zwarte diamant
gem spinel: spinel
gem tanzanite: tanzaniet
gem tourmaline: toermalijn
gem labradorite: labradoriet
gem lapis_lazuli: lapis lazuli
gem malachite: malachiet
gem jade: jade
metal blackened_silver: geoxideerd zilver, zwart zilver
finish brushed: geborsteld, geborstelde
finish hammered: gehamerd, gehamerde
finish polished: gepolijst, gepolijste
setting bezel: kastzetting, gladde zetting
setting prong: chatonzetting, griffe
style three_stone: trilogie ring, trilogiering
style solitaire: solitair ring, solitairring
style eternity: alliance ring, alliancering
style cuff: klemarmband, open slavenarmband
style tennis: tennisarmband
style huggie: huggie oorringen
chain figaro: figaro schakel
chain rope: koord schakel, gedraaide ketting
chain box: venetiaans, venetiaanse schakel, venetiaanse ketting
chain curb: gourmet, gourmet schakel, gourmetketting
chain cable: anker schakel, jasseron, jasseronketting
chain snake: slangenketting, slangencollier
chain ball: bolletjesketting
clasp lobster: karabijnsluiting
clasp spring_ring: veerring, veerringsluiting
clasp toggle: knevelsluiting
halo yes: entourage, omringd door, omgeven door
era vintage: antiek, antieke
two_tone yes: bicolor, tweekleurig
form locket: medaillon, fotomedaillon
form bar: staafje
form initial: letterhanger
form teardrop: druppel
cut oval: ovaal, ovale, ovaal geslepen, ovaalgeslepen, ovaal slijpsel
cut pear: peervorm, peer geslepen, peergeslepen, peer slijpsel, druppel geslepen
cut cabochon: cabochon geslepen
cut round: briljant geslepen, briljantgeslepen, briljantslijpsel
cut princess: prinses geslepen, prinsesgeslepen, prinses slijpsel, princess geslepen, princess slijpsel
cut emerald: smaragd geslepen, smaragdgeslepen, smaragd slijpsel, smaragdslijpsel
cut cushion: kussen geslepen, kussengeslepen, kussen slijpsel, cushion geslepen
cut marquise: markies geslepen, markiesgeslepen, marquise geslepen, marquise slijpsel
cut heart: hart geslepen, hartgeslepen, hart slijpsel
cut baguette: baguette geslepen, baguetteslijpsel
cut rose: roos geslepen, roosgeslepen, roosslijpsel
cut radiant: radiant geslepen
cut asscher: asscher geslepen, asscher slijpsel
construction hollow: hol, holle
cord leather: leer, leren
bead yes: kralen, kraal
motif starfish: zeester
motif cherry: kers
motif rose: roos
motif wing: vleugel
motif wings: vleugels, engelenvleugels
motif skull: schedel, doodshoofd
motif music_note: muzieknoot
motif dragonfly: libel
motif bee: bijtje, honingbij
motif dolphin: dolfijn
motif horse: paard
motif branch: takje
motif arrow: pijl
motif ladybug: lieveheersbeestje
motif fox: vosje
motif palm: palmboom
motif lion: leeuw
motif snake: slang
motif horseshoe: hoefijzer
motif deer: hert
motif turtle: schildpad
motif knot: knoop
motif shell: schelp
motif wave: golfje
motif snowflake: sneeuwvlok
motif fish: visje
motif mushroom: paddenstoel
motif lightning: bliksem
motif swan: zwaan
motif sword: zwaard
motif rabbit: konijn
motif cloud: wolk
motif padlock: hangslot, slotje
motif mountain: berg
motif crown: kroon
motif star_of_david: davidster
unmade watch: horloge, horlogeband
unmade key ring: sleutelhanger
unmade hair pin: haarspeld, haarclip, haarkam
unmade body chain: lichaamsketting, buikketting
unmade belt buckle: gesp, riemgesp
unmade rosary: rozenkrans
unmade napkin ring: servetring
unmade dog collar: halsband hond, hondenhalsband
unmade stick pin: reversspeld
material other: hout, houten, glas, hars, rubber
remaking verb: omsmelt, omgesmolt, smelt, gesmolt, ombouw, omgebouw, omvorm, omgevorm, verander, omzet, hermaak
remaking verb: hermak, vermak, omwerk
remaking make: maken, gemaakt, maak
remaking into: tot, in een, naar een
remaking from: gemaakt van mijn, gemaakt van de, gemaakt van een, gemaakt van oma's, gemaakt uit, uit de, uit mijn
remaking from: uit een, van oude
remaking of: van de, van het, van een, van mijn, van oma's, van twee
unmade torc: halsring, torque
unmade rattle: rammelaar, bijtring
unmade cutlery: bestek, lepel, geboortelepel, vork, mes
unmade thimble: vingerhoed
unmade bookmark: boekenlegger
unmade cane: wandelstok
unmade lighter: aansteker
unmade pen: vulpen, balpen
unmade cigarette case: sigarettenkoker, snuifdoos, pillendoosje
unmade chalice: kelk, beker, kandelaar
unmade letter opener: briefopener
unmade hat pin: hoedenspeld
unmade money clip: geldclip
unmade navel ring: navelpiercing
unmade tongue bar: tongpiercing, tepelpiercing, wenkbrauwpiercing, lippiercing
unmade statue: beeldje, standbeeld
tint pink: roze
tint yellow: geel, gele
tint orange: oranje
tint purple: paars, paarse, violet
tint black: zwart, zwarte
tint white: wit, witte, kleurloze
tint champagne: champagne
tint cognac: cognac
tint brown: bruin
tint grey: grijs, grijze
tint green: groen
tint blue: blauw
tint light_blue: lichtblauw
tint red: rood, rode
"""
