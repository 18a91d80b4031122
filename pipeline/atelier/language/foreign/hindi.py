"""Hindi and Urdu words of the trade, in Latin letters and in Devanagari."""

WORDS = """
kind ring: anguthi, angoothi, mundri, अंगूठी, अँगूठी
kind necklace: haar, mala, हार, माला, नेकलेस, चेन
kind earrings: jhumka, jhumke, jhumki, jhumkas, bali, baliyan, karnphool, chandbali, झुमके, झुमका, बाली, कर्णफूल
kind earrings: टॉप्स
kind bracelet: kangan, kada, kara, chudi, chudiyan, bangri, payal, pajeb, कंगन, कड़ा, चूड़ी, चूड़ियां, पायल
kind_weak necklace: चेन
kind_medium necklace: पेंडेंट, लॉकेट
noun pendant: पेंडेंट, लॉकेट
metal yellow_gold: sona, sone, suvarna, सोना, सोने
metal silver: chandi, चांदी, चाँदी
gem diamond: heera, heere, hira, हीरा, हीरे
gem ruby: manik, manikya, माणिक
gem emerald: panna, पन्ना
gem sapphire: neelam, नीलम
gem pearl: moti, मोती
gem turquoise: firoza, फिरोज़ा
gem opal: ओपल
substitute coral: moonga, munga, मूंगा
style bangle: kangan, chudi, chudiyan, bangri, कंगन, चूड़ी, चूड़ियां
style tiara: टियारा
style hoop: bali, baliyan, बाली
unmade kada: कड़ा
unmade mangalsutra: मंगलसूत्र
unmade maang tikka: tikka, maang tikka, mang tikka, matha patti, मांग टीका
filler the: ki, ka, ke, ko, wala, wali, mein, aur, saath, की, का, के, को, और, साथ, में, वाली, वाला
motif flower: phool, फूल
motif star: sitara, तारा, सितारा
motif moon: chand, चांद, चाँद
motif sun: सूरज
motif om: ॐ, ओम
motif leaf: पत्ता
motif butterfly: titli, तितली
motif evil_eye: नज़र, buri nazar
hung jhumka: jhumke, jhumkas, jhumki, karnphool, झुमके, झुमका
style drop: jhumka, jhumke, jhumkas, jhumki, karnphool, झुमके, झुमका
style nose_ring: nath, nathni, nathuni, नथ, नथनी
style nose_stud: laung, nakphool, nosepin, लौंग
kind earrings: nath, nathni, nathuni, laung, nakphool, नथ, नथनी, लौंग
kind ring: bichiya, bichhiya, bichhua, बिछिया
worn toe: bichiya, bichhiya, bichhua, बिछिया
shank open: bichiya, bichhiya, bichhua, बिछिया
worn ankle: payal, pajeb, पायल, पाजेब
kind necklace: लॉकेट, गले की चेन, gale ki chain
noun pendant: लॉकेट
kind earrings: kaan ki bali, कान की बाली
gem ruby: माणिक, मानिक
gem emerald: पन्ना
gem sapphire: नीलम
gem garnet: gomed, gomedh, gomedak, गोमेद, hessonite
gem citrine: sunela, sunehla, सुनेला
gem amethyst: katela, jamunia, कटैला
gem aquamarine: beruj
gem cubic_zirconia: jarkan, जरकन
gem moonstone: chandrakant, चंद्रकांत
gem turquoise: फिरोजा
unit ct 0.91: ratti, रत्ती
unit g 11.66: tola, तोला
unit g 1: ग्राम
unit karat 1: कैरेट
style stud: tops, टॉप्स
kind earrings: tops
metal rose_gold: रोज़ गोल्ड, रोज गोल्ड, gulabi sona
metal white_gold: सफेद सोना, व्हाइट गोल्ड
chain pearl: moti mala, मोती माला, moti haar
kind necklace: moti mala, मोती माला, moti haar
negation no: bina, बिना, nahi, नहीं, nahin
substitute yellow sapphire: pukhraj, पुखराज
gem amethyst: jamuniya
substitute cat's eye: lehsunia, lahsuniya, लहसुनिया
filler the: chahiye, gents, ladies, design, hallmark, bis, hai, mujhe, mera, meri, shaadi, shadi, dulhan, सादा
filler the: पुरुष, महिला
stone none: sada, saada, सादा
stone any: nag, nagina, पत्थर, रत्न
unit g 0.97: masha, माशा
unit ct 1: carat, कैरट
metal yellow_gold: गोल्ड, panchdhatu, panchdhatu, ashtadhatu
inclusions included: इनक्लूज़न
wear worn: घिसा हुआ, खरोंच
kind earrings: sui dhaga, sui dhaaga
style drop: sui dhaga, sui dhaaga
kind bracelet: bangdi
style bangle: bangdi
filler the: लेडीज, जेंट्स
unit mm 25.4: इंच
unit mm 1: मिमी
filler the: जोड़ी, जोड़ा
kind earrings: kammal, thodu, kaduku, jimikki, jimikki kammal, buttalu, kammalu
hung jhumka: jimikki, jimikki kammal, buttalu
style drop: jimikki, jimikki kammal, buttalu
motif ear chain: mattal, maatil, champaswaralu, kaan chain
kind bracelet: valayal, vala, gajulu, patla, bangri, gokhru, noa
style bangle: valayal, vala, gajulu, patla, gokhru, noa
kind ring: mothiram, mothiram, ungaram, ungram
kind bracelet: kolusu, golusu, paijan
worn ankle: kolusu, golusu, paijan
kind ring: metti, mettelu, jodavi
worn toe: metti, mettelu, jodavi
shank open: metti, mettelu, jodavi
kind earrings: mookuthi, mukkuthi, mukku pudaka
style nose_stud: mookuthi, mukkuthi, mukku pudaka
kind necklace: kasu mala, kasulaperu, gundla mala, thushi, tushi, kolhapuri saaj, putali haar
gem diamond: vairam
gem pearl: muthu
gem emerald: maragatham, pachai kal
substitute coral: pavazham, pagadam
unmade waist belt: oddiyanam, ottiyanam
material enamel: मीनाकारी, मीना, minakari, meena
unmade waist belt: kamarbandh, kamarband, kamar bandh, vaddanam, vaddanam belt, कमरबंद
unmade armlet: bajuband, baju band, vanki armlet, बाजूबंद
unmade haath phool: haath phool, hath phool, hathphool, हाथफूल
unmade key ring: चाबी का छल्ला
unmade hair pin: juda pin, jooda pin, चोटी, जूड़ा पिन
unmade maang tikka: टीका, passa, jhoomar passa, sheeshphool, sheesh phool, mathapatti
remaking last: बदल, पिघला, गला, तुड़वा
unmade rattle: jhunjhuna, झुनझुना
unmade cutlery: chammach, chammuch, चम्मच, कांटा
unmade statue: murti, मूर्ति
unmade pen: कलम
unmade goblet: गिलास, glass tumbler, कटोरी
unmade bullion: sikka, सिक्का
tint pink: gulabi, गुलाबी
tint yellow: peela, peele, pila, पीला, पीले
tint black: kala, kaala, kaale, काला, काले
tint white: safed, सफेद
tint green: hara, hare, हरा, हरे
tint blue: neela, neele, नीला, नीले
tint red: laal, lal, लाल
tint purple: baingani, बैंगनी
"""
