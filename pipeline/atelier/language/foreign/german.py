"""German words of the trade."""

WORDS = """
place side: seite, seiten, seitlich, seitliche, seitlichen
place between: zwischen
sides two: zwischen zwei, flankiert von
place middle: mitte, mittig, zentral, zentrum
kind ring: ring, fingerring, verlobungsring, ehering, trauring, siegelring, memoire ring, memoirering, vorsteckring
kind necklace: halskette, kette, collier, kollier, perlenkette, perlencollier, herrenkette, damenkette
kind necklace: namenskette
kind earrings: ohrring, ohrstecker, ohrhanger, creole, ohrschmuck, ohrklemme, klappcreole, stecker
kind bracelet: armband, armreif, armkette, armspange, tennisarmband, perlenarmband, fusskette
kind brooch: brosche, anstecknadel, ansteckbrosche
kind_medium necklace: anhanger, medaillon, kettenanhanger
noun pendant: anhanger, kettenanhanger
noun clasp: verschluss, schliesse
noun setting: fassung
noun edge: rand
metal yellow_gold: gold, gelbgold, golden
metal white_gold: weissgold, graugold
metal rose_gold: rosegold, rotgold, rosegolden, rosgold
metal platinum: platin
metal silver: silber, silbern, sterlingsilber
gem diamond: diamant, brillant, diamantbesatz
gem ruby: rubin
gem sapphire: saphir
gem emerald: smaragd
gem pearl: perle, zuchtperle, susswasserperle, susswasserzuchtperle, akoyaperle
gem amethyst: amethyst
gem aquamarine: aquamarin
gem opal: opal
gem topaz: topas
gem garnet: granat
gem citrine: citrin, zitrin
gem onyx: onyx
gem peridot: peridot
gem morganite: morganit
gem turquoise: turkis
substitute moonstone: mondstein
substitute amber: bernstein
substitute cubic zirconia: zirkonia
substitute coral: koralle
substitute lapis lazuli: lapislazuli
substitute malachite: malachit
substitute moissanite: moissanit
substitute mother of pearl: perlmutt
substitute tanzanite: tansanit
substitute tourmaline: turmalin
substitute black diamond: schwarzer diamant
style solitaire: solitar
style three_stone: dreistein, trilogie
style signet: siegelring
style band: ehering, trauring
style eternity: memoire ring, memoirering
style hoop: creole, klappcreole
style stud: ohrstecker, stecker
style drop: ohrhanger
style tennis: tennisarmband
style bangle: armreif
style cuff: armspange
form heart: herz, herzformig
form cross: kreuz
form teardrop: tropfen, tropfenform
form locket: medaillon
form initial: buchstabe
form round: plattchen
chain curb: panzerkette, panzer
chain cable: ankerkette, erbskette
chain figaro: figarokette
chain box: venezianerkette
chain rope: kordelkette
chain snake: schlangenkette
chain ball: kugelkette
chain pearl: perlenkette, perlencollier, perlenarmband
cut round: brillantschliff
cut emerald: smaragdschliff
cut heart: herzschliff
cut trillion: trillionschliff, trillantschliff, dreieckschliff
cut baguette: baguetteschliff
cut asscher: asscherschliff
cut radiant: radiantschliff
cut rose: rosenschliff
cut old_european: altschliff, altschliffdiamant
cut hexagon: sechseckschliff, sechseckig
cut kite: drachenschliff
cut marquise: marquiseschliff, navetteschliff
cut oval: oval
cut princess: princessschliff, prinzessschliff
cut cushion: kissenschliff
cut pear: tropfenschliff
setting prong: krappe, krappenfassung
setting bezel: zargenfassung, zarge
finish polished: poliert, glanzend
finish satin: satiniert, mattiert, matt
finish brushed: geburstet
finish hammered: gehammert
finish sandblasted: sandgestrahlt, eismatt
stone any: stein, edelstein
weight thin: dunn, fein, zart, schmal
weight bold: breit, massiv, dick
scale small: klein
scale large: gross
shape round: rund
style wish simple: schlicht
hue blue: blau
hue red: rot
hue green: grun
motif clover: kleeblatt
motif butterfly: schmetterling
motif star: stern
motif moon: mond, halbmond
motif sun: sonne
motif skull: totenkopf
motif snake: schlange
motif angel: engel, schutzengel
motif tree: lebensbaum
motif leaf: blatt
motif infinity: unendlichkeit
motif anchor: anker
motif owl: eule
motif horse: pferd
motif feather: feder
style tiara: tiara, diadem
unmade watch: uhr, armbanduhr
negation no: ohne, kein
role width: breit, breite
role thickness: dick, starke
role length: lang, lange
role height: hoch, hohe
role diameter: durchmesser
size german: gr, grosse, ringgrosse
unit mm 25.4: zoll
filler the: mit, und, aus, ein, eine, einen, einem, einer, der, die, das, den, dem, im, in, von, vom, fur, schliff, \
gefasst, besetzt, set, er, echt, echte, damen, herren, herr, dame, zwei farbig, als, auf, am, zum, zur, des, \
verlobung, hochzeit, feingehalt, karat, stuck, paar
motif flower: blume, bluete, blumen
motif daisy: gansebluemchen, margerite
motif rose: rosenblute
motif horseshoe: hufeisen
motif knot: knoten, keltischer knoten, liebesknoten
motif bow: schleife
motif key: schlussel
motif padlock: vorhangeschloss
motif wings: flugel, engelsflugel
motif evil_eye: boses auge, auge
motif hamsa: hand der fatima
motif crown: krone
motif arrow: pfeil
motif lightning: blitz
motif snowflake: schneeflocke
motif cat: katze
motif dog: hund
motif paw: pfote, pfotenabdruck
motif elephant: elefant
motif bee: biene
motif dragonfly: libelle
motif turtle: schildkrote
motif fish: fisch
motif bird: vogel, taube, schwalbe
motif shell: muschel
motif starfish: seestern
motif dolphin: delfin
motif fox: fuchs
motif lion: lowe
motif rabbit: hase
motif swan: schwan
motif ladybug: marienkafer
motif palm: palme
motif cherry: kirsche
motif star_of_david: davidstern
motif text: namenskette, namensschild
style nose_stud: nasenstecker, nasenpiercing
style nose_ring: nasenring
style ear_cuff: ohrmanschette, ear cuff
style climber: ohrkletterer, ohrklettererin
style cufflinks: manschettenknopf, manschettenknopfe
style tie_bar: krawattenklammer, krawattennadel, krawattenspange
style toi_et_moi: toi et moi ring, zwei stein ring
kind earrings: nasenstecker, nasenring, nasenpiercing, ohrmanschette, ohrkletterer, kronleuchterohrring
kind bracelet: fusskettchen, lederarmband, fussband
kind ring: zehenring
kind brooch: manschettenknopf, manschettenknopfe, krawattenklammer, krawattennadel, krawattenspange
kind necklace: lederkette, perlkette, schichtkette, y kette
worn ankle: fusskette, fusskettchen, fussband
worn toe: zehenring
shank open: zehenring, offener ring, verstellbar, grossenverstellbar
shank split: geteilte ringschiene, gespaltene schiene
hung chandelier: kronleuchter, kronleuchterohrring
hung tassel: quaste, troddel
lay lariat: y kette
layers yes: mehrreihig, mehrlagig, doppelreihig, schichtkette
cluster yes: rosette, stein rosette
cord leather: leder, lederband, lederarmband, lederkette
cord cotton: kordel, schnur
cord silk: seidenband, seidenkordel
construction hollow: hohl
bead yes: kugeln, steinperlen
metal silver: edelstahl, stahl, titan, keramik, wolfram
substance steel: edelstahl, stahl
substance titanium: titan
substance ceramic: keramik
substance tungsten: wolfram
kind ring: beisteckring, vorsteckring, antragsring, bandring
style band: beisteckring, vorsteckring, bandring
style solitaire: antragsring
kind earrings: ohrclip, ohrclips, ohrklipp
chain cable: gliederkette, glieder
kind earrings: hangeohrringe
style drop: hangeohrringe, ohrgehange
kind earrings: ohrgehange
kind brooch: trachtenbrosche
coated yellow_gold: vergoldet, goldplattiert, gelbvergoldet
coated rose_gold: rosevergoldet, rotvergoldet
negation no: nicht, keine, keinen, weder, statt, anstatt
filler the: rhodiniert, tracht, nach, etwa, ca, breit, tief, neu, hochwertig, schoner, schone, schones
filler the: verstellbar, bitte, ich, suche, mochte, wir, haben, unsere, mein, meine, meiner, freundin, frau
filler the: mutter, geschenk, geburtstag, nickelfrei, modern, tw, si, vsi, lupenrein, hallo, danke, gruss, grusse
filler the: liebe
stone none: steinlos
size german: weite, ringweite
role diameter: ø
finish brushed: strichmatt
tips claw: gefeilte krappen, spitze krappen, krallenspitzen
inclusions included: einschlüsse, einschluss, sichtbare einschlüsse, mit einschlüssen, jardin
wear worn: tragespuren, gebrauchsspuren, kratzer, zerkratzt, patina, patiniert, gealtert, abgenutzt
profile d_shape: gewolbt, bombiert
profile flat: flach
gem citrine: goldcitrin
engraved yes: graviert, gravierte, gravierter, graviertes, gravur
motif diamond cut: diamantiert, diamantierte, diamantierter, diamantiertes
material enamel: email, emaille, emailliert, emailschmuck, zellenemail
gem spinel: spinell
gem alexandrite: alexandrit
gem labradorite: labradorit
gem jade: nephrit
gem tigers_eye: tigerauge
gem star_sapphire: sternsaphir
gem iolite: iolith
metal blackened_silver: geschwärztes silber, oxidiertes silber, silber geschwärzt, silber oxidiert
setting flush: eingerieben, eingelassen
clasp lobster: karabinerverschluss
clasp spring_ring: federringverschluss, federring
clasp toggle: knebelverschluss
halo yes: entourage, umgeben von, umrahmt von, umringt von, im kranz von
era vintage: antik, jugendstil, biedermeier
two_tone yes: zweifarbig
openwork yes: durchbrochen
profile knife: messerkante
motif mountain: berg, bergmotiv
motif wing: flügel
motif music_note: notenschlüssel, musiknote
motif branch: zweig
motif gemini: zwillinge
motif sagittarius: schütze
motif aquarius: wassermann
motif capricorn: steinbock
motif deer: hirsch
motif wave: welle
motif sword: schwert, dolch
motif cloud: wolke
motif mushroom: pilz, fliegenpilz
motif seahorse: seepferdchen
motif saint: schutzengel medaille, madonna, heiliger christophorus
unmade key ring: schlüsselanhänger, schlüsselring, schlüsselbund
unmade hair pin: haarnadel, haarspange, haarklammer, haarkamm, haarreif, haarschmuck
unmade watch: taschenuhr, damenuhr, herrenuhr, uhrenarmband, uhrarmband, uhrkette
unmade body chain: körperkette, bauchkette
unmade belt buckle: gürtelschnalle
unmade eyeglasses: brillenkette, brille
unmade napkin ring: serviettenring
unmade rosary: rosenkranz
unmade money clip: geldklammer
unmade navel ring: bauchnabelpiercing
unmade dog collar: hundehalsband, hundemarke
unmade stick pin: anstecknadel
material other: holz, glas, muranoglas, kunstharz, epoxidharz, kautschuk, silikon, pferdehaar, rosshaar
remaking verb: umarbeit, umgearbeit, umzuarbeit, umschmelz, umgeschmolz, einschmelz, eingeschmolz, einzuschmelz
remaking verb: umwandel, umgewandel, umbau, umgebaut, verwandel, umgestalt, umform, umgeform, wird, werden
remaking into: in einen, in eine, in ein, zu, zum, zur
remaking from: aus dem, aus der, aus den, aus meinem, aus meiner, aus meinen, aus einem, aus einer, aus altem
remaking from: aus alten, aus zwei, aus unserem, aus unseren, aus unserer, aus ihrem, aus ihrer, aus seinem
remaking from: aus seiner, aus diesem, aus dieser, aus omas, aus mamas, aus opas
unmade torc: torques, halsring, halsreif
unmade rattle: rassel, babyrassel, taufrassel
unmade cutlery: besteck, löffel, taufloffel, gabel, messer, essstäbchen
unmade thimble: fingerhut
unmade bookmark: lesezeichen
unmade cane: gehstock, spazierstock, stockknauf, stockgriff
unmade lighter: feuerzeug
unmade pen: füllfederhalter, kugelschreiber, schreibfeder
unmade card case: visitenkartenetui, kartenetui
unmade cigarette case: zigarettenetui, tabakdose, schnupftabakdose, pillendose
unmade chalice: taufbecher, becher, kelch, kerzenständer, kerzenleuchter
unmade letter opener: brieföffner
unmade hat pin: hutnadel
unmade buckle: schnalle, schuhschnalle
unmade bolo tie: bolotie, bolokrawatte
unmade tongue bar: zungenpiercing, lippenpiercing, augenbrauenpiercing, brustwarzenpiercing, septumpiercing
unmade armlet: oberarmreif, oberarmspange
unmade statue: statue, statuette, figur
tint pink: rosa, pink, rosafarben, pinkfarben
tint yellow: gelb
tint orange: orange, orangefarben
tint purple: violett, lila
tint black: schwarz
tint white: weiss, farblos
tint champagne: champagner, champagnerfarben
tint cognac: cognac, cognacfarben
tint brown: braun
tint grey: grau
tint green: grün
tint blue: blau
tint light_blue: hellblau
tint red: rot
tint peach: pfirsich, pfirsichfarben
"""
