"""Italian words of the trade."""

WORDS = """
place side: lato, lati, laterale, laterali, spalle
place between: tra, fra
sides two: tra due, fra due
place middle: mezzo, centrale, centro
unit ct 0.01: punti
kind ring: anello, anello di fidanzamento, fede, fedina, fede nuziale, veretta
kind necklace: collana perle, girocollo perle, girocollo di perle
kind necklace: collana, girocollo, collier, collana di perle, filo di perle
kind earrings: orecchino, orecchini
kind bracelet: bracciale, braccialetto, bracciale rigido, cavigliera
kind brooch: spilla
kind_weak necklace: catena, catenina
kind_medium necklace: ciondolo, medaglia, medaglione
noun pendant: ciondolo, pendente
noun clasp: chiusura
coated yellow_gold: placcato oro, placcato in oro, placcato, dorato
metal yellow_gold: oro, oro giallo
metal white_gold: oro bianco
metal rose_gold: oro rosa, oro rosso
metal platinum: platino
metal silver: argento
gem diamond: diamante, brillante
gem ruby: rubino
gem sapphire: zaffiro
gem emerald: smeraldo
gem pearl: perla, perla coltivata
gem amethyst: ametista
gem aquamarine: acquamarina
gem opal: opale, opalo
gem topaz: topazio
gem garnet: granato
gem citrine: citrino, quarzo citrino
gem onyx: onice
gem turquoise: turchese
substitute moonstone: pietra di luna
substitute amber: ambra
substitute cubic zirconia: zircone, zirconia
substitute coral: corallo
substitute mother of pearl: madreperla
substitute lapis lazuli: lapislazzuli
style solitaire: solitario
style three_stone: trilogy, trilogia
style signet: chevalier, sigillo
style band: fede, fedina, fede nuziale, veretta
style hoop: cerchio, orecchini a cerchio
style stud: orecchini a lobo
style drop: pendente, orecchini pendenti
style bangle: bracciale rigido
form heart: cuore, a forma di cuore
form cross: croce
form teardrop: goccia
form initial: lettera, iniziale
form round: medaglia
chain curb: grumetta, groumette
chain cable: forzatina, rolo
chain box: veneziana
chain rope: corda
chain pearl: filo di perle, collana di perle, collana perle, girocollo perle, girocollo di perle
cut round: taglio brillante, taglio rotondo
cut emerald: taglio smeraldo
cut heart: taglio cuore, taglio a cuore
cut trillion: taglio trillion, taglio triangolo, taglio trilliant
cut baguette: taglio baguette
cut asscher: taglio asscher
cut radiant: taglio radiant, taglio radiante
cut rose: taglio rosa, taglio a rosa, rosetta
cut old_european: taglio antico
cut hexagon: taglio esagonale, esagonale
cut kite: taglio kite, taglio aquilone
cut marquise: taglio marquise, taglio navette, taglio marchesa
cut princess: taglio princess, taglio principessa, principessa
cut oval: ovale, taglio ovale
cut pear: taglio goccia, taglio pera
cut cushion: taglio cuscino, taglio cushion
cut cabochon: taglio cabochon
setting prong: griffe
setting bezel: castone
finish polished: lucido
finish satin: satinato
finish brushed: spazzolato
finish hammered: martellato
finish sandblasted: sabbiato
stone any: pietra
weight thin: sottile, fino
weight bold: grosso, spesso
scale small: piccolo
scale large: grande
shape round: rotondo
style wish simple: semplice
hue blue: blu, azzurro
hue red: rosso
hue green: verde
motif clover: quadrifoglio
motif butterfly: farfalla
motif star: stella
motif moon: luna
motif sun: sole
motif skull: teschio
motif snake: serpente
motif angel: angelo
motif saint: madonna, madonnina
motif tree: albero della vita
motif leaf: foglia
motif infinity: infinito
motif horn: cornetto
style tiara: diadema, tiara
unmade watch: orologio
negation no: senza
role width: larghezza
role thickness: spessore
role length: lunga, lungo, lunghezza
role height: altezza
role diameter: diametro
size italian: misura
unit ct 1: carati, carato
filler the: con, e, ed, di, da, del, della, in, il, lo, la, gli, i, le, un, uno, una, per, a, al, alla, uomo, donna, \
kt, nuziale, nuziali, fidanzamento, coltivate, rigido, rigidi
motif flower: fiore
motif daisy: margherita
motif horseshoe: ferro di cavallo
motif bow: fiocco
motif knot: nodo
motif key: chiave
motif padlock: lucchetto
motif wing: ala
motif evil_eye: occhio greco, malocchio, occhio
motif hamsa: mano di fatima
motif crown: corona
motif arrow: freccia
motif anchor: ancora
motif snowflake: fiocco di neve
motif cat: gatto
motif dog: cane
motif paw: zampa, zampetta
motif elephant: elefante
motif horse: cavallo
motif bee: ape
motif dragonfly: libellula
motif turtle: tartaruga
motif fish: pesce
motif bird: uccello, colomba, rondine
motif owl: gufo, civetta
motif shell: conchiglia
motif starfish: stella marina
motif dolphin: delfino
motif feather: piuma
motif cherry: ciliegia
motif ladybug: coccinella
motif star_of_david: stella di david
style nose_stud: piercing naso, orecchino da naso
style nose_ring: anello da naso
style ear_cuff: earcuff
style climber: orecchini climber
style cufflinks: gemelli, gemelli da polso
style tie_bar: fermacravatta, ferma cravatta
style toi_et_moi: contrarie, anello contrarie
kind earrings: piercing naso, orecchino da naso, anello da naso
kind bracelet: cavigliera
kind ring: anello da piede
kind brooch: gemelli da polso, fermacravatta, ferma cravatta
kind necklace: collana riviera
worn ankle: cavigliera
worn toe: anello da piede
shank open: regolabile, anello aperto, anello da piede
shank split: gambo diviso, gambo doppio
hung chandelier: chandelier, lampadario
hung tassel: nappa, nappina
layers yes: multifilo, doppio filo, multistrato
halo yes: contornato da, contornata da, circondato da, circondata da, aureola, contorno di
cluster yes: rosetta
cord leather: pelle, cuoio, cordino in pelle
cord cotton: cordino
cord silk: seta, cordino di seta
construction hollow: vuoto, cavo
bead yes: sfere, perline
metal silver: acciaio, acciaio inox, titanio, ceramica, tungsteno
substance steel: acciaio, acciaio inox
substance titanium: titanio
substance ceramic: ceramica
substance tungsten: tungsteno
kind earrings: monachelle, orecchini a monachella
style drop: monachelle
kind brooch: gemelli, gemelli da polso, gemelli da camicia
style cufflinks: gemelli, gemelli da polso, gemelli da camicia
substitute jade: giada
kind ring: fede, fedina, fede nuziale, francesina, anello uomo, riviera anello
style band: fede nuziale, francesina
kind earrings: orecchini a lobo, a lobo, punti luce
style stud: a lobo, orecchini a lobo, punti luce
gem pearl: perle di fiume, perla di fiume, perle coltivate
form cross: croce
filler the: fiume, uomo, donna, ct, titolo, peso, misura, circa, regalo, vorrei, cerco, per, mia, mio, moglie
filler the: nuziale, kt, artigianale, made, italy, pietre, buongiorno, grazie
stone any: pietra, pietre, punto luce
finish satin: satinato, opaco
finish polished: lucido
tips claw: griffe limate, griffe a punta, griffe appuntite
inclusions included: inclusioni, inclusioni visibili, giardino
wear worn: patina, patinato, graffi, graffiato, invecchiato, usurato, vissuto, segni di usura
negation no: non, ne
size italian: taglia, mis
profile d_shape: bombata, comoda
profile flat: piatta
engraved yes: inciso, incisa, incisione
motif diamond cut: diamantato, diamantata, diamantati, diamantate
material enamel: smalto, smalti, smaltato, smaltata
gem morganite: morganite
gem peridot: peridoto, olivina
gem moissanite: moissanite
gem black_diamond: diamante nero, diamanti neri
gem spinel: spinello
gem tanzanite: tanzanite
gem tourmaline: tormalina
gem alexandrite: alessandrite
gem labradorite: labradorite
gem malachite: malachite
gem tigers_eye: occhio di tigre
gem star_sapphire: zaffiro stellato
metal blackened_silver: argento brunito, argento ossidato
setting flush: incassato a filo
style cuff: bracciale aperto
clasp lobster: chiusura moschettone, moschettone
clasp spring_ring: anello a molla
accents pave: pavé
accents channel: incastonatura a binario, a binario
era vintage: antico, antica, d'epoca, liberty
two_tone yes: bicolore, due ori
openwork yes: traforato, traforata
form locket: portafoto, portaritratti
form bar: barretta
motif north_star: stella polare, rosa dei venti
motif music_note: nota musicale, chiave di violino
motif branch: ramo, rametto
motif mountain: montagna
motif wave: onda
motif deer: cervo
motif lion: leone
motif sword: spada, pugnale
motif mushroom: fungo
motif wings: ali
motif palm: palma
motif fox: volpe
motif lightning: fulmine, saetta
motif swan: cigno
motif rabbit: coniglio
motif cloud: nuvola
motif scarab: scarabeo
unmade key ring: portachiavi
unmade hair pin: fermacapelli, forcina, spillone per capelli, pettine, cerchietto per capelli
unmade watch: orologio da tasca, cinturino, cinturino orologio
unmade body chain: catena corpo, cintura gioiello
unmade belt buckle: fibbia
unmade eyeglasses: catena occhiali, occhiali
unmade napkin ring: portatovagliolo, anello portatovagliolo
unmade rosary: rosario da preghiera, corona del rosario
unmade money clip: fermasoldi
unmade navel ring: piercing ombelico
unmade dog collar: collare cane, collare per cane, medaglietta cane
unmade stick pin: spillone, spilla da cravatta
material other: legno, vetro, vetro di murano, resina, caucciù
remaking verb: trasform, convert, fonder, fondet, fuso, fusa, fuse, rifare, rimodell, ricavar, ricavat, diventar
remaking verb: diventi
remaking into: in, in un, in una, per fare, per farne, e farne, diventare, diventi, diventa
remaking from: a partire da, a partire dal, ricavato da, ricavato dal, ricavata da, ricavata dal, ricavati da
remaking from: ricavati dai, fatto con, fatta con, partendo da, partendo dal, dal vecchio, dalla vecchia, dal mio
remaking from: dalla mia
remaking of: dal, dalla, dalle, dai
remaking make: vorrei, fare, fatto
unmade torc: torque, girocollo rigido
unmade rattle: sonaglio, sonaglino
unmade cutlery: posate, cucchiaio, cucchiaino, forchetta, coltello
unmade thimble: ditale
unmade bookmark: segnalibro
unmade cane: bastone, pomello, pomolo
unmade lighter: accendino
unmade pen: penna, penna stilografica
unmade card case: portabiglietti, portacarte
unmade cigarette case: portasigarette, tabacchiera, portapillole
unmade chalice: calice, coppa, candeliere, portacandela
unmade letter opener: tagliacarte
unmade hat pin: spillone da cappello
unmade bolo tie: cravatta bolo
unmade tongue bar: piercing lingua, piercing capezzolo, piercing sopracciglio, piercing labbro, piercing septum
unmade statue: statua, statuetta
construction hollow: canna vuota, canna bombata
filler the: canna, grani
gem diamond: brillantino, diamantino
setting flush: incassato, incassata, incastonato a filo
tint pink: rosa
tint yellow: giallo
tint orange: arancione, arancio
tint purple: viola
tint black: nero
tint white: bianco, incolore
tint champagne: champagne
tint cognac: cognac
tint brown: marrone
tint grey: grigio
tint green: verde
tint blue: blu
tint light_blue: azzurro, celeste
tint red: rosso
"""
