"""Polish words of the trade."""

WORDS = """
place side: bokach, boku, boczne, bocznymi
place between: miedzy
place middle: srodku, centralny
kind ring: pierścionek, pierścionki, pierścień, obrączka, pierścionek zaręczynowy, obrączka ślubna, sygnet
kind necklace: naszyjnik, łańcuszek, łańcuszki, łańcuszkowy, łańcuch, kolia, korale, choker
kind earrings: kolczyki, kolczyk, sztyfty, wkrętki, klipsy, nausznica
kind bracelet: bransoletka, bransoleta
kind necklace: sznur pereł, naszyjnik z pereł
kind brooch: broszka, brosza, przypinka
kind_medium necklace: zawieszka, wisiorek, wisiorki, wisior, medalik, medalion, krzyżyk
noun pendant: zawieszka, wisiorek, wisior
noun clasp: zapięcie, zamek
metal yellow_gold: złoto, złoty, żółte złoto, złoto żółte
metal white_gold: białe złoto, złoto białe
metal rose_gold: różowe złoto, czerwone złoto, złoto różowe
metal platinum: platyna, platynowy
metal silver: srebro, srebrny
metal blackened_silver: srebro oksydowane, oksydowane srebro, oksydowany
metal silver: stal, stalowy, stal chirurgiczna, stal szlachetna, tytan, tytanowy, ceramika, ceramiczny
metal platinum: wolfram
substance steel: stal, stalowy, stal chirurgiczna, stal szlachetna
substance titanium: tytan, tytanowy
substance ceramic: ceramika, ceramiczny
substance tungsten: wolfram
coated rose_gold: pozłacany różowym złotem
coated yellow_gold: pozłacany, pozłacane, złocony, pozłota, pokryty złotem
gem diamond: diament, brylant, diamentowy, brylantowy
gem ruby: rubin, rubinowy
gem sapphire: szafir, szafirowy
gem emerald: szmaragd, szmaragdowy
gem pearl: perła, perełka, perła słodkowodna, perłowy
gem amethyst: ametyst
gem aquamarine: akwamaryn
gem topaz: topaz
gem morganite: morganit
gem citrine: cytryn
gem garnet: granat
gem peridot: oliwin, perydot
gem onyx: onyks
gem opal: opal
gem turquoise: turkus
gem tanzanite: tanzanit
gem tourmaline: turmalin
gem spinel: spinel
gem alexandrite: aleksandryt
gem moonstone: kamień księżycowy
gem labradorite: labradoryt
gem lapis_lazuli: lapis lazuli, lazuryt
gem malachite: malachit
gem jade: jadeit, nefryt
gem coral: koral
gem mother_of_pearl: masa perłowa
gem tigers_eye: tygrysie oko
gem black_diamond: czarny diament
substitute moissanite: moissanit
substitute cubic zirconia: cyrkonia, cyrkon, cyrkoniowy
substitute amber: bursztyn, bursztyn bałtycki
substitute agate: agat
substitute rose quartz: kwarc różowy
substitute swarovski: kryształ, kryształek
style solitaire: soliter
style three_stone: trylogia
style signet: sygnet
style band: obrączka, obrączka ślubna
style hoop: koła, kółka, kolczyki koła, kolczyki kółka
style stud: sztyfty, wkrętki
style drop: wiszące, kolczyki wiszące
style ear_cuff: nausznica
style nose_stud: kolczyk do nosa
style tennis: tenisowa, tennisowa
style bangle: bransoletka sztywna, bransoleta sztywna, sztywna bransoletka, sztywna bransoleta
style tiara: diadem, tiara
style cufflinks: spinki do mankietów, spinki do koszuli
style tie_bar: spinka do krawata
kind brooch: spinki do mankietów, spinki do koszuli, spinka do krawata
kind bracelet: bransoletka na nogę, bransoletka na kostkę
worn ankle: bransoletka na nogę, bransoletka na kostkę
unmade watch: zegarek
form heart: serce, serduszko
form cross: krzyż, krzyżyk
form teardrop: łezka, kropla
form round: krążek, kółeczko, moneta
form bar: blaszka
form locket: otwierany medalion
form initial: literka, litera, inicjał
motif star: gwiazda, gwiazdka
motif moon: księżyc
motif sun: słońce, słoneczko
motif flower: kwiat, kwiatek, kwiatuszek
motif rose: róża
motif leaf: liść, listek
motif clover: koniczyna, koniczynka
motif butterfly: motyl, motylek
motif dragonfly: ważka
motif bee: pszczoła, pszczółka
motif ladybug: biedronka
motif bird: ptak, ptaszek, gołąb, jaskółka
motif owl: sowa
motif cat: kot, kotek
motif dog: piesek
motif paw: łapka
motif fox: lis, lisek
motif lion: lew
motif elephant: słoń, słonik
motif horse: koń, konik
motif fish: ryba, rybka
motif turtle: żółw
motif snake: wąż
motif shell: muszla, muszelka
motif feather: piórko, pióro
motif key: klucz, kluczyk
motif padlock: kłódka
motif crown: korona
motif anchor: kotwica
motif bow: kokarda, kokardka
motif infinity: nieskończoność
motif snowflake: śnieżynka, płatek śniegu
motif skull: czaszka
motif horseshoe: podkowa
motif tree: drzewo życia, drzewko szczęścia
motif evil_eye: oko proroka, oko
motif text: imię, z imieniem
chain curb: pancerka, splot pancerka, kostka
chain cable: ankier, splot ankier, rolo
chain figaro: figaro
chain rope: kord, splot kord, singapur
chain box: kostka wenecka
chain snake: żmijka, splot żmijka, linka
chain ball: kulki
chain pearl: sznur pereł, naszyjnik z pereł
cut round: okrągły, szlif brylantowy, szlif okragly
cut oval: owalny, szlif owalny
cut pear: gruszka, szlif gruszka
cut marquise: markiza, szlif markiza
cut princess: princessa, szlif princessa
cut emerald: szlif szmaragdowy
cut cushion: poduszka, szlif poduszka
cut baguette: bagieta
cut cabochon: kaboszon
cut heart: szlif serce
cut asscher: szlif asscher
setting prong: łapki
finish polished: polerowany, błyszczący
finish satin: matowy, satynowany
finish hammered: młotkowany
inclusions included: inkluzje, widoczne inkluzje, wrostki
wear worn: patyna, patynowany, rysy, porysowany, postarzany, ślady noszenia
halo yes: aureola, otoczony, otoczona, otoczonym, otoczoną
stone any: kamień, kamyk, oczko
stone none: gładki, bez kamieni
profile d_shape: półokrągły
profile flat: płaski
shank open: regulowany, otwarty
layers yes: warstwowy, podwójny
hung tassel: chwost, frędzle
cord leather: skórzany, skóra, rzemyk
cord cotton: sznurek
cord silk: jedwabny, czerwony sznurek, czerwona nitka
construction hollow: dmuchany, pusty
weight thin: cienki, delikatny
weight bold: gruby, masywny, szeroki
scale small: mały, malutki
scale large: duży
hue blue: niebieski
hue red: czerwony
hue green: zielony
hue pink: różowy
negation no: bez, nie
role width: szerokość
role thickness: grubość
role length: długość
role height: wysokość
role diameter: średnica
size polish: rozmiar, rozm
unit ct 1: karat, karaty
unit g 1: gramy, gram
filler the: z, ze, i, w, na, dla, do, od, po, oraz, lub, damski, męski, damska, męska, próba, próby, pr, rodowany
filler the: splot, zaręczynowy, ślubny, prezent, grawer, elegancki, biżuteria, szukam, chciałbym, chciałabym, proszę
filler the: poproszę, mojej, żony, prezentowy, klasyczny, celebrytka, naturalny, bałtycki, szt, para, o, wysokiej
engraved yes: grawer, grawerowany, grawerowana
material enamel: emalia, emaliowany, emaliowana
unmade key ring: brelok
unmade hair pin: spinka do włosów, szpilka do włosów
unmade rosary: różaniec
remaking verb: przerob, przetop, przekszta, zamieni
remaking make: zrob, wykona
remaking into: na, w
remaking from: ze starego, ze starej, ze starych, z mojego starego, z mojej starej, z babcinego, z babcinej
remaking of: z, ze
unmade rattle: grzechotka
unmade cutlery: sztućce, łyżka, łyżeczka, widelec
unmade thimble: naparstek
unmade bookmark: zakładka do książki
unmade cane: laska
unmade lighter: zapalniczka
unmade pen: długopis, pióro wieczne
unmade cigarette case: papierośnica, tabakierka
unmade chalice: kielich, kieliszek, kubek, świecznik
unmade hat pin: szpilka do kapelusza
unmade belt buckle: klamra, sprzączka
unmade money clip: klips na banknoty
unmade navel ring: kolczyk do pępka
unmade statue: figurka, posążek
tint pink: różowy
tint yellow: żółty
tint orange: pomarańczowy
tint purple: fioletowy, liliowy
tint black: czarny
tint white: biały, bezbarwny
tint champagne: szampański
tint cognac: koniakowy
tint brown: brązowy
tint grey: szary
tint green: zielony
tint blue: niebieski
tint light_blue: błękitny
tint red: czerwony
"""
