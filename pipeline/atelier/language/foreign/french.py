"""French words of the trade."""

WORDS = """
place side: cote, cotes, epaules, epaulee, epaule, laterales
place between: entre
sides two: entre deux
place middle: milieu, centrale
kind ring: bague, anneau, alliance, chevaliere, bague de fiancailles, solitaire
kind necklace: collier, chaine de cou, sautoir, ras de cou, collier de perles
kind earrings: boucles d'oreilles, boucle d'oreille, boucles d oreilles, boucles, puces d'oreilles, puces, creole, \
creoles, dormeuse, pendants d'oreilles, clous d'oreilles
kind bracelet: bracelet, jonc, gourmette, bracelet rigide, bracelet jonc, bracelet de perles, manchette, \
chaine de cheville
kind brooch: broche, epingle
kind_weak necklace: chaine
kind_medium necklace: pendentif, medaillon, medaille
noun pendant: pendentif
noun clasp: fermoir
noun setting: serti, sertie
metal yellow_gold: or jaune, en or, en or jaune, or, dore, doree
coated yellow_gold: plaque or, plaquee or, vermeil
metal white_gold: or blanc, en or blanc, or gris
metal rose_gold: or rose, en or rose
metal platinum: platine
metal silver: argent, argent massif, en argent
gem diamond: diamant, brillant
gem ruby: rubis
gem sapphire: saphir
gem emerald: emeraude
gem pearl: perle, perle de culture, perle d'eau douce, perle de tahiti
gem amethyst: amethyste
gem aquamarine: aigue marine
gem opal: opale
gem topaz: topaze
gem garnet: grenat
gem citrine: citrine
gem onyx: onyx
gem peridot: peridot
gem turquoise: turquoise
substitute moonstone: pierre de lune
substitute amber: ambre
substitute cubic zirconia: oxyde de zirconium, zirconium, zircone
substitute coral: corail
substitute lapis lazuli: lapis lazuli
substitute mother of pearl: nacre
substitute tiger's eye: oeil de tigre
substitute black diamond: diamant noir
style solitaire: solitaire
style three_stone: trilogie
style signet: chevaliere
style band: alliance
style hoop: creole, creoles
style stud: puces d'oreilles, puces, clous d'oreilles
style drop: pendante, pendants d'oreilles, boucles pendantes
style bangle: jonc, bracelet rigide, bracelet jonc
style cuff: manchette, jonc ouvert
form heart: coeur, en forme de coeur
form cross: croix
form teardrop: goutte
form locket: medaillon
form round: medaille
form initial: lettre, initiale
chain curb: maille gourmette, gourmette
chain cable: maille forcat, forcat
chain figaro: maille figaro
chain box: maille venitienne
chain rope: maille corde
chain snake: maille serpent
chain ball: maille boule
chain pearl: collier de perles, rang de perles, bracelet de perles
cut round: taille brillant, taille ronde, taille brillante
cut emerald: taille emeraude
cut heart: taille coeur
cut trillion: taille trillion, taille triangle
cut baguette: taille baguette
cut asscher: taille asscher
cut radiant: taille radiant, taille radiante
cut rose: taille rose, taille en rose
cut old_european: taille ancienne, taille europeenne
cut hexagon: taille hexagonale, hexagonale
cut kite: taille kite, taille cerf volant
cut marquise: taille marquise, taille navette
cut oval: ovale, taille ovale
cut princess: taille princesse
cut cushion: taille coussin, taille coussine
cut pear: taille poire, poire, taille goutte
cut cabochon: taille cabochon
setting prong: griffe, serti griffes
setting bezel: serti clos
finish polished: poli, polie
finish satin: satine, mat, mate
finish brushed: brosse
finish hammered: martele, martelee
finish sandblasted: sable
stone any: pierre
halo yes: entoure de, entouree de, entourage
accents pave: pave de, pavee
weight thin: fin, fine
weight bold: epais, large
scale small: petit
scale large: grand
shape round: rond
style wish simple: sobre
hue blue: bleu
hue red: rouge
hue green: vert
motif clover: trefle
motif butterfly: papillon
motif star: etoile
motif moon: lune
motif sun: soleil
motif skull: tete de mort, crane
motif snake: serpent
motif angel: ange
motif saint: vierge, bapteme, saint christophe, vierge marie
motif tree: arbre de vie
motif leaf: feuille
motif infinity: infini
motif feather: plume
style tiara: diademe, tiare
unmade watch: montre
negation no: sans, pas
role width: largeur
role thickness: epaisseur
role length: longueur
role height: hauteur
role diameter: diametre
size french: taille, tour, doigt, tdd
unit mm 25.4: pouces
unit ct 1: carats, carat
filler the: avec, et, une, un, en, de, des, du, d, sur, pour, le, la, les, l, maille, femme, homme, deux ors, au, aux, \
a, massif, massive, or massif, plaque, serti, sertie, sertis, fiancailles, mariage, jeune, enfant
motif flower: fleur
motif daisy: marguerite, paquerette
motif horseshoe: fer a cheval
motif bow: noeud, ruban
motif knot: noeud celtique
motif key: cle, clef
motif padlock: cadenas
motif wing: aile
motif evil_eye: mauvais oeil, oeil
motif hamsa: main de fatma, main de fatima
motif crown: couronne
motif arrow: fleche
motif anchor: ancre
motif snowflake: flocon, flocon de neige
motif cat: chat
motif dog: chien
motif paw: patte
motif elephant: elephant
motif horse: cheval
motif bee: abeille
motif dragonfly: libellule
motif turtle: tortue
motif fish: poisson
motif bird: oiseau, colombe, hirondelle
motif owl: hibou, chouette
motif shell: coquillage
motif dolphin: dauphin
motif fox: renard
motif rabbit: lapin
motif swan: cygne
motif ladybug: coccinelle
motif cherry: cerise
motif lightning: eclair
motif cloud: nuage
motif star_of_david: etoile de david
style nose_stud: piercing nez, clou de nez
style nose_ring: anneau de nez
style ear_cuff: bague d'oreille, manchette d'oreille
style climber: grimpeur d'oreille, boucles grimpantes
style cufflinks: boutons de manchette, bouton de manchette
style tie_bar: pince a cravate
style toi_et_moi: toi et moi
kind earrings: piercing nez, clou de nez, anneau de nez, bague d'oreille, manchette d'oreille, grimpeur d'oreille
kind bracelet: chaine de cheville, bracelet de cheville
kind ring: bague d'orteil, bague de pied
kind brooch: boutons de manchette, bouton de manchette, pince a cravate
kind necklace: sautoir, collier cravate
worn ankle: chaine de cheville, bracelet de cheville
worn toe: bague d'orteil, bague de pied
shank open: ajustable, reglable, anneau ouvert, bague ouverte, bague d'orteil, bague de pied
shank split: anneau dedouble, corps dedouble
shank bypass: bague croisee, croise
hung chandelier: chandelier
hung tassel: pompon, gland
lay lariat: collier cravate
layers yes: multi rangs, multirangs, double rang, triple rang
cluster yes: rosace, marguerite de pierres
hidden_halo yes: halo cache
cord leather: cuir, cordon cuir, cordon en cuir
cord cotton: cordon, coton cire
cord silk: cordon soie, soie
construction hollow: creux, creuse
bead yes: perles de pierre, billes
metal silver: acier, acier inoxydable, titane, ceramique, tungstene
substance steel: acier, acier inoxydable
substance titanium: titane
substance ceramic: ceramique
substance tungsten: tungstene
style eternity: alliance américaine
style eternity: alliance tour complet, tour complet
accents any: demi tour, pavage
kind ring: bague marguerite
cluster yes: bague marguerite, entourage marguerite
kind earrings: puces
filler the: sans, massif, massive, carre, ancien, ancienne, je, cherche, voudrais, pour, ma, mon, femme, homme
filler the: cadeau, mariage, fiancailles, bonjour, merci, environ, poids, brut, epoque, vers, diam, ht, long, poincon
finish satin: mat, mate, brosse mat
tips claw: griffes limées, griffes pointues, griffes aigle, serres
inclusions included: inclusions, jardin, inclusions visibles, givres
wear worn: patine, patiné, rayures, rayé, vieilli, usé, usure, traces d'usure
profile d_shape: demi jonc, bombee
profile flat: plate, ruban plat
chain curb: gourmette, maille gourmette
chain cable: forcat, maille forcat, jaseron
chain snake: serpent
chain box: venitienne, maille venitienne
negation no: ni
engraved yes: gravé, gravée, gravés, gravées, gravure
style drop: dormeuse
chain pearl: sautoir de perles, sautoir perles, rangs de perles
unmade tie pin: epingle a cravate, epingle de cravate
material enamel: émail, émaux, émaillé, émaillée, émail cloisonné
gem morganite: morganite
gem moissanite: moissanite
gem spinel: spinelle
gem tanzanite: tanzanite
gem tourmaline: tourmaline
gem alexandrite: alexandrite
gem labradorite: labradorite
gem malachite: malachite
gem jade: jade
gem star_sapphire: saphir étoilé
metal blackened_silver: argent noirci, argent oxydé
setting flush: serti massé
clasp lobster: fermoir mousqueton, mousqueton
clasp spring_ring: anneau ressort, anneau marin
clasp toggle: fermoir bâton, fermoir bascule
accents channel: serti rail
era vintage: ancien, ancienne, époque 1900, belle époque
two_tone yes: bicolore, deux ors
openwork yes: ajouré, ajourée
profile knife: arête de couteau
motif starfish: étoile de mer
motif music_note: clé de sol, note de musique
motif branch: branche, rameau
motif mountain: montagne
motif wave: vague
motif deer: cerf
motif lion: lion, tête de lion
motif sword: épée, poignard
motif horn: corne d'abondance
motif mushroom: champignon
motif wings: ailes
motif palm: palmier
motif fleur_de_lis: fleur de lys
motif scarab: scarabée
unmade key ring: porte clés, porte clefs
unmade hair pin: épingle à cheveux, peigne, pic à cheveux, serre tête
unmade watch: montre gousset, bracelet de montre, bracelet montre
unmade body chain: chaîne de corps, chaîne de taille, bijou de corps
unmade belt buckle: boucle de ceinture
unmade eyeglasses: chaîne de lunettes, lunettes
unmade napkin ring: rond de serviette
unmade rosary: chapelet
unmade money clip: pince à billets
unmade navel ring: piercing nombril
unmade dog collar: collier chien, collier pour chien, collier chat
unmade stick pin: épingle de revers
material other: bois, verre, verre de murano, résine, caoutchouc, corne
remaking verb: transform, convert, fondre, refondre, fondu, refondu, remonter, refaire, recycler, devenir, devien
remaking verb: deviendr
remaking into: en, pour en faire, pour faire, devenir, devienne, devient, deviendra
remaking from: a partir de, a partir d, a partir du, a partir des, fait avec, faite avec, faites avec
remaking from: realise avec, tire de, issu de, dans l'ancien, dans l'ancienne
unmade torc: torque
unmade rattle: hochet
unmade cutlery: couverts, cuillère, fourchette, couteau, baguettes chinoises
unmade thimble: dé à coudre
unmade bookmark: marque page, signet de livre
unmade cane: canne de marche, pommeau de canne
unmade lighter: briquet
unmade pen: stylo, stylo plume
unmade card case: porte cartes, étui à cartes
unmade cigarette case: étui à cigarettes, porte cigarettes, tabatière, pilulier
unmade chalice: timbale, calice, bougeoir, chandelier de table
unmade letter opener: coupe papier
unmade hat pin: épingle à chapeau, épingle de kilt
unmade hair clip: barrette, barrette à cheveux
unmade bolo tie: cravate bolo
unmade tongue bar: piercing langue, piercing téton, piercing arcade, piercing lèvre, piercing septum
unmade statue: statuette
unmade figurine: santon
tint pink: rose
tint yellow: jaune
tint orange: orange, orangé
tint purple: violet, mauve, pourpre
tint black: noir
tint white: blanc, incolore
tint champagne: champagne
tint cognac: cognac
tint brown: brun, marron
tint grey: gris
tint green: vert
tint blue: bleu
tint red: rouge
tint peach: pêche
"""
