"""Portuguese words of the trade."""

WORDS = """
place side: lados, lateral, laterais, ombros
place between: entre
sides two: entre dois, entre duas
place middle: central, meio, centro
kind ring: anel, alianca, anel de noivado, anel solitario
kind necklace: colar, gargantilha, corrente, cordao, colar de perolas
kind earrings: brinco, argola
kind bracelet: pulseira, bracelete, tornozeleira
kind brooch: broche
kind_medium necklace: pingente, medalha, berloque
noun pendant: pingente
noun clasp: fecho
metal yellow_gold: ouro, ouro amarelo, dourado
metal white_gold: ouro branco
metal rose_gold: ouro rose, ouro rosa
metal platinum: platina
metal silver: prata
gem diamond: diamante, brilhante
gem ruby: rubi
gem sapphire: safira
gem emerald: esmeralda
gem pearl: perola, perola shell
gem amethyst: ametista
gem aquamarine: agua marinha
gem opal: opala
gem topaz: topazio
gem garnet: granada
gem onyx: onix
gem turquoise: turquesa
substitute cubic zirconia: zirconia
style solitaire: solitario, anel solitario
style tiara: tiara, diadema
style band: alianca
style hoop: argola
form heart: coracao
form cross: cruz, crucifixo
form teardrop: gota
form initial: letra
chain pearl: colar de perolas
cut oval: oval, lapidação oval
cut pear: lapidação gota, lapidação pera
cut princess: lapidação princesa, lapidação princess, princesa
cut emerald: lapidação esmeralda
cut marquise: navete, lapidação marquise, lapidação navete
cut cushion: almofada, lapidação almofada, lapidação cushion
cut cabochon: cabochão, lapidação cabochão
cut heart: lapidação coração
cut round: lapidação brilhante, lapidação redonda
cut baguette: lapidação baguete, lapidação baguette
cut rose: lapidação rosa
cut old_european: lapidação antiga
cut radiant: lapidação radiante
cut asscher: lapidação asscher
cut trillion: lapidação triangular, lapidação trilhante, lapidação trillion
cut hexagon: lapidação hexagonal
stone any: pedra
weight thin: fino
scale small: pequeno
scale large: grande
hue blue: azul
hue green: verde
motif butterfly: borboleta
motif star: estrela
motif moon: lua
motif clover: trevo
motif infinity: infinito
motif saint: nossa senhora
negation no: sem
role width: largura
role length: comprimento
role diameter: diametro
size brazilian: aro, tamanho
unit ct 1: quilates, quilate
unit ct 0.01: pontos, ponto
filler the: com, e, de, do, da, dos, das, em, o, a, os, as, um, uma, para, masculino, feminino, casamento, noivado
motif flower: flor
motif sun: sol
motif tree: arvore da vida
motif leaf: folha
motif bow: laco
motif key: chave
motif padlock: cadeado
motif evil_eye: olho grego
motif hamsa: mao de fatima
motif crown: coroa
motif anchor: ancora
motif cat: gato
motif dog: cachorro
motif paw: patinha
motif elephant: elefante
motif turtle: tartaruga
motif bird: passaro, pomba
motif owl: coruja
motif shell: concha
motif feather: pena
style nose_stud: piercing nariz, piercing de nariz
style nose_ring: argola de nariz
style cufflinks: abotoaduras, abotoadura, botoes de punho
style tie_bar: prendedor de gravata
kind earrings: piercing nariz, piercing de nariz, argola de nariz
kind bracelet: tornozeleira, pulseira de tornozelo
kind ring: anel de pe
kind brooch: abotoaduras, abotoadura, botoes de punho, prendedor de gravata
worn ankle: tornozeleira, pulseira de tornozelo
worn toe: anel de pe
shank open: ajustavel, regulavel, anel aberto, anel de pe
hung chandelier: candelabro
hung tassel: franja, borla
layers yes: camadas, em camadas
halo yes: rodeado de, rodeada de, rodeado por, rodeada por, cercado de, cercada de, auréola
cluster yes: chuveiro, roseta
cord leather: couro, cordao de couro
cord silk: seda
construction hollow: oco
bead yes: contas, micangas
metal silver: aco, aco inox, titanio, ceramica, tungstenio
substance steel: aco, aco inox
substance titanium: titanio
substance ceramic: ceramica
substance tungsten: tungstenio
kind brooch: alfinete
chain curb: grumet, elos grumet, groumet, barbela
chain cable: elos portugues, cadeado elos, veneziana elos
chain box: veneziana
chain rope: cordao baiano, baiano
filler the: elos, elo, masculina, formatura, compromisso, casamento, noivado, casal, par, unidade, macica, macico
filler the: oco, para, minha, meu, esposa, namorada, presente, legitimo, legitima, ouro, folheado, semijoia
filler the: gramas, polido
stone any: pedra, pedras
stone none: lisa, liso
coated yellow_gold: banhado a ouro, folheado a ouro, banhado ouro, folheado ouro, folheado, banhado
accents any: meia alianca
style band: meia alianca
kind ring: meia alianca, anel de formatura, aparador
form heart: coracao
style hoop: argola, brincos argola
kind earrings: brincos argola
negation no: nao, nem
unit g 1: gramas, grama
finish satin: fosco, acetinado
inclusions included: inclusões, inclusões visíveis, jardim
wear worn: pátina, riscos, riscado, envelhecido, desgastado, marcas de uso
engraved yes: gravado, gravada, gravação
motif diamond cut: diamantado, diamantada, diamantados, diamantadas
material enamel: esmalte, esmaltado, esmaltada
gem morganite: morganita
gem citrine: citrino
gem peridot: peridoto
gem moissanite: moissanita
gem black_diamond: diamante negro
gem spinel: espinélio
gem tanzanite: tanzanita
gem tourmaline: turmalina
gem alexandrite: alexandrita
gem moonstone: pedra da lua
gem labradorite: labradorita
gem lapis_lazuli: lápis lazúli
gem malachite: malaquita
gem jade: jade
gem coral: coral
gem mother_of_pearl: madrepérola
gem tigers_eye: olho de tigre
metal blackened_silver: prata oxidada, prata envelhecida
finish brushed: escovado, escovada
finish hammered: martelado, martelada
finish polished: polido, polida
setting prong: garra, garras
setting bezel: cravação inglesa, inglesa
style stud: brinco de tarraxa, brinco ponto de luz
style drop: brinco pendurado, brinco pendente
style ear_cuff: piercing fake, brinco ear cuff
style bangle: bracelete rígido, algema
style tennis: pulseira riviera, pulseira tennis
style signet: anel sinete, anel de sinete
style eternity: aliança inteira, aliança cravejada
style three_stone: anel trilogia
accents pave: cravejado, cravejada, pavê
era vintage: antigo, antiga, vintage
two_tone yes: bicolor, duas cores
form round: medalha redonda
form bar: plaquinha, placa
form locket: relicário
cord leather: couro
bead yes: miçanga, contas
motif starfish: estrela do mar
motif cherry: cereja
motif star_of_david: estrela de davi
motif rose: rosa flor
motif wing: asa
motif wings: asas
motif skull: caveira
motif music_note: nota musical, clave de sol
motif dragonfly: libélula
motif bee: abelha
motif dolphin: golfinho
motif horse: cavalo
motif branch: ramo, galho
motif arrow: flecha
motif ladybug: joaninha
motif fox: raposa
motif palm: palmeira, coqueiro
motif lion: leão
motif snake: cobra, serpente
motif horseshoe: ferradura
motif deer: cervo, veado
motif wave: onda
motif snowflake: floco de neve
motif fish: peixe
motif mushroom: cogumelo
motif lightning: raio
motif swan: cisne
motif sword: espada, punhal
motif rabbit: coelho
motif cloud: nuvem
motif mountain: montanha
motif saint: escapulário, sagrado coração
unmade watch: relógio
unmade key ring: chaveiro
unmade hair pin: grampo de cabelo, presilha, pente, tiara de cabelo
unmade tie pin: alfinete de gravata
unmade body chain: corrente de corpo, corrente de cintura
unmade belt buckle: fivela
unmade rosary: terço, rosário
unmade navel ring: piercing umbigo
unmade dog collar: coleira
material other: madeira, vidro, resina, borracha, capim dourado
remaking verb: transform, convert, derret, fundir, refazer, reform, vire, virar
remaking into: em, num, numa, para fazer, e fazer, virar, vire
remaking from: a partir de, a partir do, a partir da, feito do, feito da, feita do, feita da, feito com, feita com
remaking from: feitos com, com o ouro do, com o ouro da
unmade torc: torque
unmade rattle: chocalho
unmade cutlery: talheres, colher, garfo, faca
unmade thimble: dedal
unmade bookmark: marcador de página, marcador de livro, marca página
unmade lighter: isqueiro
unmade pen: caneta
unmade card case: porta cartões
unmade cigarette case: cigarreira, porta comprimidos
unmade chalice: cálice, castiçal
unmade letter opener: abre cartas
unmade money clip: clipe de dinheiro, prendedor de dinheiro
unmade napkin ring: porta guardanapo, argola de guardanapo
unmade tongue bar: piercing língua, piercing mamilo, piercing sobrancelha, piercing septo
unmade statue: estátua, estatueta
tint pink: rosa, cor-de-rosa
tint yellow: amarelo
tint orange: laranja
tint purple: roxo, violeta, lilás
tint black: preto, negro
tint white: branco, incolor
tint champagne: champanhe, champagne
tint cognac: conhaque
tint brown: castanho, marrom
tint grey: cinza, cinzento
tint green: verde
tint blue: azul
tint red: vermelho
"""
