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
"""
