"""Arabic words of the trade, in their own letters; the article before a word is taken off by the reader."""

WORDS = """
kind ring: خاتم, خواتم, دبله, محبس
kind necklace: قلاده, عقد, سلسله, سلسال
kind earrings: حلق, اقراط, قرط, تراجي
kind bracelet: سوار, اسوره, اساور, غوايش, بنجره
kind brooch: بروش
kind_medium necklace: تعليقه, دلايه
noun pendant: تعليقه, دلايه
metal yellow_gold: ذهب, ذهب اصفر, ذهبي
metal white_gold: ذهب ابيض
metal rose_gold: ذهب وردي
metal platinum: بلاتين
metal silver: فضه, فضي
gem diamond: الماس, ماس, ماسه
gem ruby: ياقوت, ياقوت احمر
gem sapphire: ياقوت ازرق, زفير
gem emerald: زمرد
gem pearl: لولو, لؤلؤ
gem turquoise: فيروز
substitute agate: عقيق
substitute coral: مرجان
style band: دبله, محبس
style bangle: سوار, اسوره, اساور, غوايش, بنجره
style tiara: تيارا, تاج عروس
form heart: قلب
form cross: صليب
stone any: حجر
negation no: بدون
unit karat 1: قيراط
filler the: من, مع, عيار, و, في, رجالي, نسائي, حريمي
motif flower: زهره, ورده
motif star: نجمه
motif moon: قمر, هلال
motif sun: شمس
motif butterfly: فراشه
motif evil_eye: عين
motif hamsa: خمسه, كف
motif key: مفتاح
motif crown: تاج
kind bracelet: خلخال
worn ankle: خلخال
kind brooch: ازرار اكمام, كبك
style cufflinks: ازرار اكمام, كبك
kind earrings: زمام
style nose_ring: زمام
cord leather: جلد
kind ring: khatim, khatam, khatem, khawatim, dibla, dibleh, mahbas, mahbes
style band: dibla, dibleh, mahbas, mahbes
kind necklace: qilada, kilada, silsila, salsal, taaliqa, aqd
kind earrings: halaq, halak, aqrat, tarachi
kind bracelet: siwar, sewar, asawir, asawer, ghawayesh, banajer, khalkhal
style bangle: siwar, sewar, asawir, asawer, ghawayesh, banajer
worn ankle: khalkhal
metal yellow_gold: dhahab, thahab, zahab
metal silver: fidda, fidha, fadda
gem diamond: almas, almaz
gem pearl: lulu, loulou
gem ruby: yaqut, yaqout
gem emerald: zumurrud, zomorod
gem turquoise: fayrouz, fairouz, fayruz
substitute agate: aqeeq, aqiq, akik
substitute coral: marjan
kind ring: خاتم خطوبه, خاتم زواج
kind bracelet: بناجر, بناجير, حجول, معضد, مباريم, مبرومه, مبارم
kind necklace: كوليه, طقم, سنسال, ليره
kind earrings: حلق اذن, اخراص, تراكي, دائريه
style bangle: بناجر, بناجير, مباريم, مبرومه, مبارم
style hoop: دائريه
metal silver: فضه استرليني
substitute cubic zirconia: زركون, زيركون, زركونيا, كريستال
gem amethyst: جمشت
gem garnet: جارنت
gem topaz: توباز
gem opal: اوبال
gem onyx: اونكس, عقيق اسود
gem citrine: سيترين
style solitaire: سوليتير
stone none: ساده
finish satin: مطفي
finish polished: لامع
filler the: خطوبه, زواج, حبه, ناعم, ناعمه, جديد, للبنات, للنساء, للرجال, وزن, هديه, اصلي, طبيعي, ايطالي, لازوردي
filler the: طقم, بنات, عرض
form initial: حرف
motif text: اسم, بالاسم
motif tree: شجره
motif bee: نحله
motif turtle: سلحفاه
motif infinity: لا نهايه
motif cross: صليب
unit g 1: جرام, غرام, جم, غم
unit mm 1: ملم, مم
unit mm 10: سم
unit ct 1: قراط
size size: مقاس
negation no: بلا, دون, لا
role width: عرض
role length: طول
role diameter: قطر
stone any: فص, فصوص
inclusions included: شوائب
wear worn: خدوش, بالي
metal yellow_gold: dahab
filler the: eyar, iyar, rijali, nisai, banati
openwork yes: مفرغ
style cuff: مفتوح
filler the: واحد, واحده
material enamel: مينا
unmade watch: ساعه
unmade key ring: ميداليه مفاتيح, علاقه مفاتيح
unmade prayer beads: مسبحه, سبحه, misbaha, tasbih, tesbih
unmade waist belt: حزام
unmade hair pin: مشبك شعر, توكه
remaking last: تحويل, تحول, حول, صهر, اذابه
unmade rattle: خشخيشه
unmade cutlery: ملعقه, شوكه, سكين
unmade pen: قلم
unmade lighter: ولاعه
unmade cane: عصا
unmade bullion: سبيكه, ليره ذهب, جنيه ذهب
unmade candlestick: شمعدان, مبخره
tint pink: وردي, زهري
tint yellow: اصفر, صفراء
tint orange: برتقالي
tint purple: بنفسجي
tint black: اسود, سوداء
tint white: ابيض, بيضاء
tint brown: بني
tint grey: رمادي
tint green: اخضر, خضراء
tint blue: ازرق, زرقاء
tint red: احمر, حمراء
"""
