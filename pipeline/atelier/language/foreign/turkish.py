"""Turkish words of the trade."""

WORDS = """
kind ring: yüzük, alyans, tektaş, tektaş yüzük, beştaş, tamtur, nişan yüzüğü, şövalye yüzük
kind necklace: kolye, gerdanlık, zincir kolye, tasma, isimli kolye
kind earrings: küpe, kıkırdak küpe, halka küpe, hızma
kind bracelet: bileklik, bilezik, kelepçe, halhal, kelepçe bilezik
kind necklace: inci kolye
kind brooch: broş, yaka iğnesi
kind_medium necklace: kolye ucu, madalyon, inci kolye ucu
gem pearl: inci kolye ucu
kind_weak necklace: zincir
noun pendant: kolye ucu, inci kolye ucu
noun clasp: klips, kilit
metal yellow_gold: altın, sarı altın, sarı
metal white_gold: beyaz altın
metal rose_gold: rose altın, roz altın, pembe altın, kırmızı altın
metal platinum: platin
metal silver: gümüş
metal blackened_silver: oksitli gümüş, okside gümüş
metal silver: çelik, paslanmaz çelik, titanyum, seramik
substance steel: çelik, paslanmaz çelik
substance titanium: titanyum
substance ceramic: seramik
coated yellow_gold: altın kaplama, altın suyu, altın kaplamalı
coated rose_gold: rose kaplama, rose altın kaplama
gem diamond: pırlanta, elmas, pırlantalı
gem ruby: yakut
gem sapphire: safir
gem emerald: zümrüt
gem pearl: inci, tatlı su incisi
gem amethyst: ametist
gem aquamarine: akuamarin
gem topaz: topaz
gem citrine: sitrin
gem garnet: granat
gem peridot: peridot, zebercet
gem onyx: oniks
gem opal: opal
gem turquoise: turkuaz, firuze
gem moonstone: aytaşı, ay taşı
gem jade: yeşim
gem coral: mercan
gem mother_of_pearl: sedef
gem tigers_eye: kaplangözü, kaplan gözü
gem lapis_lazuli: lapis
gem malachite: malakit
gem black_diamond: siyah elmas
substitute moissanite: mozanit
substitute cubic zirconia: zirkon, zirkonyum
substitute amber: kehribar
substitute agate: akik
style solitaire: tektaş
style three_stone: üçtaş
style eternity: tamtur, tamtur yüzük
accents any: yarımtur, beştaş
style signet: şövalye, şövalye yüzük
style band: alyans
style hoop: halka, halka küpe
style stud: çivili, çivili küpe, vidalı küpe
style drop: sallantılı, sallantılı küpe, sarkan
style ear_cuff: kıkırdak küpe
style nose_ring: hızma
style bangle: bilezik
style cuff: kelepçe, kelepçe bilezik
style tiara: taç, gelin tacı
style cufflinks: kol düğmesi
style tie_bar: kravat iğnesi
kind brooch: kol düğmesi, kravat iğnesi
style tennis: su yolu, suyolu
worn ankle: halhal
unmade watch: saat
form heart: kalp
form cross: haç
form teardrop: damla
form round: plaka, yuvarlak
form initial: harf, harfli
motif star: yıldız
motif moon: hilal
motif moon_and_star: ay yıldız
motif sun: güneş
motif flower: çiçek
motif rose: gül
motif leaf: yaprak
motif clover: yonca
motif butterfly: kelebek
motif dragonfly: yusufçuk
motif bird: kuş
motif owl: baykuş
motif cat: kedi
motif dog: köpek
motif paw: pati
motif lion: aslan
motif fish: balık
motif turtle: kaplumbağa
motif snake: yılan
motif shell: deniz kabuğu
motif feather: tüy
motif key: anahtar
motif crown: taç motif
motif anchor: çapa
motif bow: fiyonk
motif infinity: sonsuzluk
motif snowflake: kar tanesi
motif skull: kurukafa
motif horseshoe: at nalı
motif tree: hayat ağacı
motif nazar: nazar, nazar boncuğu
motif evil_eye: göz
motif hamsa: fatma eli, fatmanın eli
motif text: isimli, isim
chain curb: gurmet
chain cable: doç, forse
chain figaro: figaro
chain rope: halat, burgu
chain box: italyan kutu
chain snake: yılan zincir
chain ball: top zincir
chain pearl: inci kolye
cut oval: oval, oval kesim
cut pear: damla kesim, armut kesim
cut marquise: markiz, markiz kesim
cut baguette: baget, baget kesim
cut princess: prenses kesim
cut emerald: zümrüt kesim
cut round: yuvarlak kesim
cut heart: kalp kesim
cut cushion: yastik kesim, kushon kesim
finish satin: mat
finish hammered: dövme
inclusions included: inklüzyon, kapanım
wear worn: patina, çizik, çizikli, eskitme, yıpranmış
halo yes: halo, entourage
stone any: taş, taşlı
stone none: taşsız, düz
shank open: ayarlanabilir, açık uçlu
layers yes: katlı, sıralı
hung tassel: püsküllü
cord leather: deri
construction hollow: içi boş
weight thin: ince, zarif, minimal
weight bold: kalın, geniş
scale small: küçük, mini
scale large: büyük
hue blue: mavi
hue red: kırmızı
hue green: yeşil
hue pink: pembe
denial no: değil, olmasın, siz
role width: genişlik
role thickness: kalınlık
role length: uzunluk
size turkish: ölçü, numara, beden
unit karat 1: ayar
unit ct 1: karat
unit mm 10: santim
unit g 1: gram
filler the: ve, ile, için, kadın, erkek, bayan, bay, çocuk, hediye, model, takı, olan, bir, lü, modeli, söz, nişan
filler the: düğün, kaplama, motifli, detaylı, özel, tasarım, el, yapımı, doğal, gerçek, istiyorum, lütfen
motif rope twist: burma, burgulu, örgü
material enamel: mineli, mine işi
unmade key ring: anahtarlık
unmade hair pin: saç tokası, toka
unmade prayer beads: tesbih, tespih
unmade waist belt: kemer
remaking last: donustur, cevir, eritip, eritil, erit
unmade rattle: çıngırak
unmade cutlery: kaşık, çatal, bıçak
unmade thimble: yüksük
unmade bookmark: kitap ayracı
unmade cane: baston
unmade lighter: çakmak
unmade card case: kartvizitlik
unmade cigarette case: ağızlık
unmade chalice: kadeh, şamdan
unmade belt buckle: kemer tokası
unmade navel ring: göbek piercing
unmade money clip: para tokası
tint pink: pembe
tint yellow: sarı
tint orange: turuncu
tint purple: mor
tint black: siyah
tint white: beyaz
tint champagne: şampanya
tint cognac: konyak
tint brown: kahverengi
tint grey: gri
tint green: yeşil
tint blue: mavi
tint red: kırmızı
"""
