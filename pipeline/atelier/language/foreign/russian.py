"""Russian words of the trade."""

WORDS = """
place side: бокам, сторонам, боках
place between: между
place middle: центре, середине, центральный, центральным
kind ring: кольцо, колечко, перстень, обручальное кольцо, помолвочное кольцо, печатка, кольцо печатка
kind necklace: колье, ожерелье, цепь, цепочка, чокер, бусы, сотуар
kind earrings: серьги, серьга, сережки, сережка, пусеты, пуссеты, гвоздики, клипсы, конго, каффы, кафф, серьги гвоздики
kind bracelet: браслет, браслет на ногу, анклет
kind necklace: нить жемчуга, бусы из жемчуга, ожерелье из жемчуга
kind brooch: брошь, брошка, булавка
kind_medium necklace: подвеска, подвес, кулон, медальон, крестик, крест, иконка, ладанка
noun pendant: подвеска, подвес, кулон
noun clasp: замок, застежка
metal yellow_gold: золото, золотой, желтое золото, лимонное золото, золото желтое
metal white_gold: белое золото, золото белое
metal rose_gold: красное золото, розовое золото, золото красное, золото розовое
metal platinum: платина, платиновый
metal silver: серебро, серебряный, серебристый
metal blackened_silver: черненое серебро, серебро черненое, серебро с чернением
metal silver: сталь, стальной, нержавеющая сталь, ювелирная сталь, титан, титановый, керамика, керамический
metal platinum: вольфрам
substance steel: сталь, стальной, нержавеющая сталь, ювелирная сталь
substance titanium: титан, титановый
substance ceramic: керамика, керамический
substance tungsten: вольфрам
coated rose_gold: розовая позолота, позолота розовая, розовой позолотой
coated yellow_gold: позолота, позолоченный, позолоченое, позолотой
gem diamond: бриллиант, брильянт, алмаз, бриллиантовый
gem ruby: рубин, рубиновый
gem sapphire: сапфир, сапфировый
gem emerald: изумруд, изумрудный
gem pearl: жемчуг, жемчужина, жемчужный, речной жемчуг, морской жемчуг, культивированный жемчуг
gem amethyst: аметист
gem aquamarine: аквамарин
gem topaz: топаз, голубой топаз
gem morganite: морганит
gem citrine: цитрин
gem garnet: гранат
gem peridot: хризолит, перидот
gem onyx: оникс
gem opal: опал
gem turquoise: бирюза
gem tanzanite: танзанит
gem tourmaline: турмалин
gem spinel: шпинель
gem alexandrite: александрит
gem moonstone: лунный камень
gem labradorite: лабрадор, лабрадорит
gem lapis_lazuli: лазурит
gem malachite: малахит
gem jade: нефрит, жадеит
gem coral: коралл
gem mother_of_pearl: перламутр
gem tigers_eye: тигровый глаз
gem black_diamond: черный бриллиант
substitute moissanite: муассанит
substitute cubic zirconia: фианит, цирконий, цирконы, кубический цирконий
substitute amber: янтарь
substitute agate: агат
substitute carnelian: сердолик
substitute rose quartz: розовый кварц
substitute smoky quartz: раухтопаз, дымчатый кварц
substitute swarovski: кристалл, кристаллы
style solitaire: солитер, с одним камнем
style three_stone: трилогия
style signet: печатка, кольцо печатка
style band: обручальное кольцо, обручалка
style eternity: дорожка, кольцо дорожка
accents any: дорожка, россыпь
style hoop: конго, серьги кольца, сережки кольца
style stud: пусеты, пуссеты, гвоздики, серьги гвоздики
style drop: подвесной, висячий, серьги подвески
style ear_cuff: кафф, каффы
style climber: клаймберы
style nose_stud: пирсинг в нос
kind earrings: пирсинг в нос, клаймберы
style tennis: теннисный
style bangle: жесткий браслет, бангл
style cuff: незамкнутый браслет
style tiara: диадема, тиара
style cufflinks: запонки, запонка
style tie_bar: зажим для галстука
kind brooch: запонки, запонка, зажим для галстука
unmade watch: часы
worn ankle: браслет на ногу, анклет
form heart: сердце, сердечко
form cross: крест, крестик
form teardrop: капля
form round: монета, круглый
form bar: пластина
form locket: медальон
form initial: буква, инициал
motif orthodox_cross: православный крест, православный крестик
motif orthodox_cross: крест православный, крестик православный, крестик нательный православный
motif cross: крестик нательный, нательный крест, нательный крестик
motif star: звезда, звездочка
motif moon: луна, месяц, полумесяц
motif sun: солнце
motif flower: цветок, цветочек
motif rose: роза
motif leaf: лист, листик, листок
motif clover: клевер
motif butterfly: бабочка
motif dragonfly: стрекоза
motif bee: пчела, пчелка
motif ladybug: божья коровка
motif bird: птица, птичка, голубь, ласточка
motif owl: сова
motif swan: лебедь
motif cat: кошка, кот, котик
motif dog: собака, собачка
motif fox: лиса, лисичка
motif lion: лев
motif elephant: слон, слоник
motif horse: лошадь
motif fish: рыба, рыбка
motif dolphin: дельфин
motif turtle: черепаха
motif snake: змея, змейка
motif shell: ракушка
motif feather: перо
motif key: ключ, ключик
motif padlock: замочек
motif crown: корона
motif anchor: якорь
motif bow: бант, бантик
motif infinity: бесконечность
motif snowflake: снежинка
motif skull: череп
motif horseshoe: подкова
motif tree: древо жизни, дерево жизни
motif evil_eye: глаз
motif nazar: назар, от сглаза
motif hamsa: хамса, рука фатимы
motif star_of_david: звезда давида
motif text: имя, именной
chain curb: панцирный, панцирное плетение, гурмет, ромб, нонна, бисмарк
chain cable: якорный, якорное плетение
chain figaro: фигаро, картье
chain rope: веревка, канат, жгут, кордовое плетение
chain box: венецианский, венецианское плетение
chain snake: снейк
chain ball: перлина, шариковый
chain pearl: нить жемчуга, бусы из жемчуга, ожерелье из жемчуга
bead yes: бусины
cut round: круглый, огранка круг, круглая огранка
cut oval: овальный, овал, огранка овал
cut pear: груша, каплевидный, огранка груша, огранка капля
cut marquise: маркиз, огранка маркиз
cut princess: принцесса, огранка принцесса
cut emerald: октагон, изумрудная огранка, огранка изумруд, огранка октагон
cut cushion: кушон, антик, огранка кушон, огранка антик
cut heart: огранка сердце
cut baguette: багет, огранка багет
cut cabochon: кабошон
cut asscher: огранка ашер
setting prong: крапановый, крапан
setting bezel: глухая закрепка, глухой каст
finish polished: полированный
finish satin: матовый, сатинированный
finish hammered: кованый, чеканный
inclusions included: включения, видимые включения, с включениями
wear worn: патина, царапины, потертый, состаренный, следы носки
accents pave: паве
halo yes: ореол, малинка, в окружении
stone any: камень, камушек, вставка
stone none: гладкий, без вставок, без камней
profile d_shape: бухтированный, комфортная посадка
profile flat: плоский, плоская шайба
shank open: безразмерный, разомкнутый, регулируемый
lay lariat: лариат
layers yes: многослойный, двойной ряд
hung tassel: кисточка
hung chandelier: люстры
cord leather: кожаный, кожа, кожаный шнурок
cord cotton: шнурок
cord silk: шелковый, красная нить, шелковая нить
construction hollow: полый, дутый, пустотелый
weight thin: тонкий, изящный
weight bold: массивный, широкий, крупный
scale small: маленький, мини
scale large: большой
hue blue: синий, голубой
hue red: красный
hue green: зеленый
hue pink: розовый
negation no: без, не
role width: ширина
role thickness: толщина
role length: длина
role height: высота
role diameter: диаметр
size russian: размер, разм
unit mm 1: мм
unit mm 10: см
unit ct 1: карат, карата, каратов, ct, кар
unit g 1: грамм, гр, г
filler the: с, со, и, в, во, на, из, для, под, от, по, к, женский, мужской, детский, женщине, мужчине, девушке, подарок
filler the: проба, пробы, английский, вес, шт, пара, плетение, родированный, родирование, покрытие, ювелирный, красивый
filler the: классический, стильный, нательный, хочу, нужно, нужен, мне, пожалуйста, жене, маме, свадьбу, свадебный
filler the: натуральный, природный, огранка, закрепка, изделие, украшение, украшения, диаметром, шириной, длиной, или
engraved yes: гравировка, гравировкой
material enamel: эмаль, эмалью, финифть
unmade key ring: брелок
unmade hair pin: заколка, шпилька для волос, гребень
unmade belt buckle: пряжка
unmade prayer beads: чётки
unmade tie pin: булавка для галстука
remaking verb: передел, переплав, перелит, превра
remaking make: сделат, изготов
remaking into: в, на
remaking from: из моего, из моей, из старого, из старой, из старых, из бабушкиного, из бабушкиной, из маминого
remaking from: из маминой, из двух
remaking of: из
unmade torc: гривна, шейная гривна
unmade rattle: погремушка
unmade cutlery: ложка, ложечка, вилка, столовые приборы
unmade thimble: наперсток
unmade bookmark: закладка
unmade cane: трость, набалдашник
unmade lighter: зажигалка
unmade pen: перьевая ручка, шариковая ручка
unmade card case: визитница
unmade cigarette case: портсигар, табакерка, таблетница
unmade chalice: кубок, стопка, рюмка, подстаканник, подсвечник
unmade money clip: зажим для денег
unmade navel ring: пирсинг пупка, пирсинг в пупок, пирсинг для пупка
unmade tongue bar: пирсинг языка, пирсинг губы, пирсинг брови
unmade rosary: розарий
unmade statue: статуэтка, фигурка
tint pink: розовый
tint yellow: желтый
tint orange: оранжевый
tint purple: фиолетовый, лиловый
tint black: черный
tint white: белый, бесцветный
tint champagne: шампань
tint cognac: коньячный
tint brown: коричневый
tint grey: серый
tint green: зеленый
tint blue: синий
tint light_blue: голубой
tint red: красный
"""
