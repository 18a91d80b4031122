"""Spanish words of the trade."""

WORDS = """
place side: lado, lados, lateral, laterales, hombros
place between: entre
sides two: entre dos
place middle: central, medio, centrada, centro
unit ct 0.01: puntos, punto
kind ring: anillo, sortija, anillo de compromiso, alianza, argolla de matrimonio
kind necklace: collar, gargantilla, collar de perlas
kind earrings: pendiente, arete, aro, zarcillo, pendientes de aro
kind bracelet: pulsera, brazalete, pulsera rigida, esclava, pulsera esclava, pulsera de perlas, tobillera
kind brooch: broche, prendedor
kind_weak necklace: cadena
kind_medium necklace: colgante, medalla, dije
noun pendant: colgante, dije
noun clasp: cierre
coated yellow_gold: chapado en oro, chapado, bañado en oro, baño de oro
metal yellow_gold: oro, oro amarillo, dorado
metal white_gold: oro blanco
metal rose_gold: oro rosa, oro rosado, oro rojo
metal platinum: platino
metal silver: plata, plata de ley
gem diamond: diamante, brillante
gem ruby: rubi
gem sapphire: zafiro
gem emerald: esmeralda
gem pearl: perla, perla cultivada
gem amethyst: amatista
gem aquamarine: aguamarina
gem opal: opalo
gem topaz: topacio
gem garnet: granate
gem citrine: citrino
gem onyx: onix
gem turquoise: turquesa
substitute moonstone: piedra de luna, piedra luna
substitute amber: ambar
substitute cubic zirconia: circonita, circonia, zirconia
substitute coral: coral
substitute mother of pearl: nacar
substitute black diamond: diamante negro
style solitaire: solitario
style three_stone: trilogia
style band: alianza, argolla de matrimonio
style signet: sello
style hoop: aro, pendientes de aro
style bangle: pulsera rigida, pulsera esclava rigida, esclava rigida
form heart: corazon, en forma de corazon
form cross: cruz
form teardrop: gota
form initial: letra, inicial
form round: medalla
chain curb: barbada, eslabon barbado, barbado
chain cable: forzada
chain rope: cordon
chain pearl: collar de perlas, pulsera de perlas
cut emerald: talla esmeralda
cut heart: talla corazon
cut trillion: talla trillion, talla triangulo, talla trillon
cut baguette: talla baguette, talla baguete
cut asscher: talla asscher
cut radiant: talla radiante, talla radiant
cut rose: talla rosa
cut old_european: talla antigua
cut hexagon: talla hexagonal
cut kite: talla cometa
cut marquise: talla marquesa, talla navette, talla marquise
cut cushion: talla cojin, talla cushion, talla almohada
cut pear: talla pera, talla gota, talla lagrima
cut princess: talla princesa, talla princess, princesa
cut round: talla brillante, talla redonda, talla brillante redonda
cut oval: ovalo, ovalado, talla oval, talla ovalada
cut cabochon: talla cabujon
setting prong: garra
setting bezel: bisel
finish polished: pulido
finish satin: satinado, mate
finish brushed: cepillado
finish hammered: martillado, martilleado
finish sandblasted: arenado
stone any: piedra
stone none: liso
weight thin: fino, delgado
weight bold: grueso, ancho
scale small: pequeno
scale large: grande
shape round: redondo
style wish simple: sencillo
hue blue: azul
hue red: rojo
hue green: verde
motif clover: trebol
motif butterfly: mariposa
motif star: estrella
motif moon: luna
motif sun: sol
motif skull: calavera
motif snake: serpiente
motif angel: angel
motif saint: virgen, virgen nina, san cristobal, guadalupe
motif tree: arbol de la vida, arbol
motif leaf: hoja
motif infinity: infinito
style tiara: tiara, diadema
unmade watch: reloj
negation no: sin
role width: ancho
role thickness: grosor
role length: largo
role height: altura
role diameter: diametro
size spanish: talla
unit mm 25.4: pulgadas
unit ct 1: qts, qt, qlts, qlt, quilates, quilate, kilates, kilate
filler the: con, y, de, del, el, los, las, en, la, un, una, para, boda, mujer, hombre, ley, nino, nina, cultivada, \
compromiso, matrimonio, colombiana, eslabon
motif flower: flor
motif daisy: margarita
motif horseshoe: herradura
motif bow: lazo
motif knot: nudo
motif key: llave
motif padlock: candado
motif wing: ala
motif evil_eye: ojo turco, mal de ojo, ojo
motif hamsa: mano de fatima
motif crown: corona
motif arrow: flecha
motif anchor: ancla
motif snowflake: copo de nieve
motif cat: gato
motif dog: perro
motif paw: huella, patita
motif elephant: elefante
motif horse: caballo
motif bee: abeja
motif dragonfly: libelula
motif turtle: tortuga
motif fish: pez, pescado
motif bird: pajaro, paloma, golondrina
motif owl: buho, lechuza
motif shell: concha
motif starfish: estrella de mar
motif dolphin: delfin
motif feather: pluma
motif cherry: cereza
motif lightning: rayo
motif star_of_david: estrella de david
style nose_stud: piercing nariz, nostril
style nose_ring: aro de nariz, argolla de nariz
style ear_cuff: ear cuff
style climber: trepador, pendientes trepadores
style cufflinks: gemelos, mancuernillas
style tie_bar: pasador de corbata, pisacorbatas
style toi_et_moi: tu y yo, anillo tu y yo
kind earrings: piercing nariz, aro de nariz, argolla de nariz, pendientes trepadores
kind bracelet: tobillera
kind ring: anillo de pie
kind brooch: gemelos, mancuernillas, pasador de corbata, pisacorbatas
worn ankle: tobillera
worn toe: anillo de pie
shank open: ajustable, anillo abierto, anillo de pie
shank split: brazo dividido, aro dividido
shank bypass: cruzado
hung chandelier: candelabro, candelabros
hung tassel: borla, borlas, flecos
layers yes: multicapa, en capas, dos vueltas, tres vueltas
halo yes: rodeado de, rodeada de, rodeado por, rodeada por, rodeados de, aureola, orla de
cluster yes: roseton, roseta
cord leather: cuero, cordon de cuero
cord cotton: cordon
cord silk: cordon de seda, seda
construction hollow: hueco
bead yes: cuentas, bolas
metal silver: acero, acero inoxidable, titanio, ceramica, tungsteno
substance steel: acero, acero inoxidable
substance titanium: titanio
substance ceramic: ceramica
substance tungsten: tungsteno
kind ring: cintillo
kind earrings: argollas, dormilonas, arracadas, broqueles, candongas, topos
style hoop: argollas, arracadas, candongas
style stud: dormilonas, broqueles, topos
kind brooch: alfiler
profile d_shape: media cana
filler the: compromiso, presion, cierre, ley, talla, peso, gramos, lisa, liso, para, mi, busco, quiero, hola
filler the: gracias, regalo, esposa, novia, bebe, dama, caballero, kt, aprox, aproximadamente, uso, diario
stone any: piedra, piedras
stone none: lisa, liso, lisos, lisas
substitute cubic zirconia: circonita, circonitas, zirconia, zirconias, circonio, circones
chain curb: barbada, cadena barbada
chain cable: forzada, eslabon forzado
chain rope: cordon salomonico, salomonica, torsal
size spanish: talle, numero
negation no: no, ni
finish satin: mate, satinado
finish polished: brillo, pulido
tips claw: garras limadas, garras puntiagudas, garras en punta
inclusions included: inclusiones, inclusiones visibles, jardín
wear worn: pátina, patinado, arañazos, rayado, envejecido, desgastado, signos de uso
engraved yes: grabado, grabada, grabados, grabadas
motif diamond cut: diamantado, diamantada, diamantados, diamantadas
coated yellow_gold: oro laminado, laminado en oro, enchapado en oro, goldfilled
kind ring: churumbela, alianza cintillo
accents any: churumbela
unmade tie pin: alfiler de corbata
unmade wedding coins: arras
material enamel: esmalte, esmaltado, esmaltada, esmaltes
gem morganite: morganita
gem peridot: peridoto
gem moissanite: moissanita, moisanita
gem spinel: espinela
gem tanzanite: tanzanita
gem tourmaline: turmalina
gem alexandrite: alejandrita
gem labradorite: labradorita
gem lapis_lazuli: lapislázuli
gem malachite: malaquita
gem tigers_eye: ojo de tigre
gem star_sapphire: zafiro estrella
substitute jet: azabache
metal blackened_silver: plata oxidada, plata envejecida, plata ennegrecida
setting flush: engaste inglés
clasp lobster: cierre mosquetón, mosquetón
clasp spring_ring: reasa, cierre de reasa
accents pave: pavé
accents channel: engaste en carril, en carril
era vintage: antiguo, antigua, de época
two_tone yes: bicolor, dos oros
openwork yes: calado, calada
form locket: guardapelo, portafotos, relicario
form bar: barra, placa rectangular
motif rose: rosa flor
motif music_note: nota musical, clave de sol
motif north_star: estrella polar, rosa de los vientos
motif branch: rama, ramita
motif wave: ola
motif deer: ciervo, venado
motif lion: león, cabeza de león
motif sword: espada, daga
motif mushroom: hongo
motif wings: alas
motif palm: palmera
motif fox: zorro
motif lightning: rayo, relámpago
motif swan: cisne
motif rabbit: conejo
motif cloud: nube
motif scarab: escarabajo
motif ladybug: mariquita
motif starfish: estrella de mar
motif saint: escapulario, sagrado corazón, virgen de guadalupe
unmade key ring: llavero
unmade hair pin: horquilla, pasador de pelo, peineta, pinza de pelo, diadema de pelo
unmade watch: reloj de bolsillo, correa de reloj
unmade body chain: cadena de cuerpo, cadena de cintura
unmade belt buckle: hebilla
unmade eyeglasses: cadena para gafas, gafas
unmade napkin ring: servilletero
unmade rosary: rosario, denario
unmade money clip: pinza para billetes
unmade navel ring: piercing ombligo
unmade dog collar: collar para perro, collar perro
unmade stick pin: alfiler, fistol
material other: madera, vidrio, cristal de murano, resina, caucho
remaking verb: transform, convert, fundir, fundid, fundan, rehac, rehech, remodel, reform, conviert
remaking into: en, a, para hacer, y hacer
remaking from: a partir de, a partir del, hecho de mi, hecha de mi, hecho con, hecha con, hechos con, hechas con
remaking from: hecho del, hecha del, con el oro de, con el oro del, del viejo, de mi viejo, de mi antiguo
unmade torc: torques
unmade rattle: sonajero, sonaja
unmade cutlery: cubiertos, cuchara, cucharilla, tenedor, cuchillo, palillos
unmade thimble: dedal
unmade bookmark: marcapáginas, punto de libro, separador de libros
unmade cane: bastón, puño de bastón
unmade lighter: mechero, encendedor
unmade pen: bolígrafo, pluma estilográfica
unmade card case: tarjetero
unmade cigarette case: pitillera, cigarrera, pastillero, tabaquera
unmade chalice: cáliz, copa, candelero
unmade letter opener: abrecartas
unmade hat pin: alfiler de sombrero
unmade bolo tie: corbata bolo, corbata de bolo
unmade tongue bar: piercing lengua, piercing pezón, piercing ceja, piercing labio, piercing septum
unmade statue: estatua, estatuilla, figurilla
tint pink: rosa, rosado
tint yellow: amarillo
tint orange: naranja
tint purple: morado, violeta, púrpura
tint black: negro
tint white: blanco, incoloro
tint champagne: champán, champaña, champagne
tint cognac: coñac
tint brown: marrón, café
tint grey: gris
tint green: verde
tint blue: azul
tint light_blue: celeste
tint red: rojo
"""
