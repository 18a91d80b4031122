"""Japanese words of the trade, in kana, kanji and Latin letters; titles are cut into the longest words in them."""

WORDS = """
kind ring: リング, 指輪, ゆびわ, yubiwa, 結婚指輪, 婚約指輪, マリッジリング, エンゲージリング
kind ring: ピンキーリング, ペアリング
kind necklace: ネックレス, 首飾り, チョーカー, nekkuresu
kind earrings: ピアス, イヤリング, 耳飾り, piasu, iyaringu
kind bracelet: ブレスレット, ブレス, 腕輪, バングル, buresuretto
kind brooch: ブローチ, burochi
kind_medium necklace: ペンダント, ペンダントトップ, チャーム
noun pendant: ペンダント, ペンダントトップ, チャーム
metal yellow_gold: ゴールド, イエローゴールド, 純金, 18金, 金
metal white_gold: ホワイトゴールド
metal rose_gold: ピンクゴールド, ローズゴールド
metal platinum: プラチナ, purachina
metal silver: シルバー, スターリングシルバー, 銀, 純銀
metal silver: ステンレス, サージカルステンレス, チタン
substance steel: ステンレス, サージカルステンレス
substance titanium: チタン
gem diamond: ダイヤモンド, ダイヤ, ダイア, ダイアモンド, daiya
gem ruby: ルビー
gem sapphire: サファイア, サファイヤ
gem emerald: エメラルド
gem pearl: 真珠, パール, あこや真珠, アコヤ真珠, アコヤパール, 淡水パール, 淡水真珠
gem pearl: 南洋真珠, 黒真珠, あこや, アコヤ, shinju
gem amethyst: アメジスト, 紫水晶
gem aquamarine: アクアマリン
gem topaz: トパーズ
gem garnet: ガーネット
gem peridot: ペリドット
gem citrine: シトリン
gem opal: オパール
gem turquoise: ターコイズ, トルコ石
gem onyx: オニキス
gem morganite: モルガナイト
substitute jade: 翡翠, ヒスイ, ひすい, 本翡翠
substitute moonstone: ムーンストーン
substitute tanzanite: タンザナイト
substitute tourmaline: トルマリン
substitute coral: 珊瑚, サンゴ
substitute moissanite: モアサナイト, モアッサナイト
substitute zirconia: ジルコニア, キュービックジルコニア
substitute alexandrite: アレキサンドライト
substitute spinel: スピネル
substitute lapis: ラピスラズリ
style solitaire: 一粒, 一粒ダイヤ, ソリティア
gem diamond: 一粒ダイヤ
style eternity: エタニティ, エタニティリング, フルエタニティ, ハーフエタニティ
style three_stone: スリーストーン, トリロジー
style signet: 印台, 印台リング, シグネット, シグネットリング
kind ring: 印台リング, 甲丸リング, 平打ちリング, エタニティリング, 印台
style band: 甲丸, 甲丸リング, 平打ち, 平打ちリング, マリッジリング, 結婚指輪
profile d_shape: 甲丸, 甲丸リング
profile flat: 平打ち, 平打ちリング
style hoop: フープ, フープピアス
kind earrings: フープ, フープピアス, スタッドピアス, イヤーカフ
style stud: スタッド, スタッドピアス
style ear_cuff: イヤーカフ
style tennis: テニスブレスレット
kind bracelet: テニスブレスレット, 喜平ブレスレット
style bangle: バングル
style tiara: ティアラ
kind bracelet: アンクレット
worn ankle: アンクレット
chain curb: 喜平, 喜平チェーン, 喜平ネックレス, 喜平ブレスレット
kind necklace: 喜平ネックレス, ロープチェーン
chain cable: あずきチェーン, 小豆チェーン, アズキチェーン, あずき
chain box: ベネチアンチェーン, ベネチアン
chain rope: ロープチェーン
chain ball: ボールチェーン
kind_weak necklace: チェーン
halo yes: ヘイロー, ハロー
cut oval: オーバル, オーバルカット
cut pear: ペアシェイプ, ドロップ, しずく
cut marquise: マーキス
cut princess: プリンセスカット
cut emerald: エメラルドカット
form heart: ハート
form cross: クロス, 十字架
motif star: スター, 星
motif moon: ムーン, 月, 三日月
motif flower: フラワー, 花, お花
motif butterfly: 蝶, バタフライ
motif clover: クローバー, 四つ葉, 四つ葉のクローバー
motif snowflake: 雪の結晶
motif bow: リボン
motif infinity: インフィニティ
motif horseshoe: ホースシュー, 馬蹄
motif key: キー, 鍵
motif cat: 猫, ねこ
finish hammered: 槌目
finish satin: つや消し, マット
unit ct 1: カラット
unit mm 1: ミリ
filler the: の, と, レディース, メンズ, 誕生石, ジュエリー, アクセサリー
filler the: プレゼント, 婚約, 結婚, 新品, 人気, ギフト, 女性, 男性, 本, 製, 付き, 型, 天然
denial no: なし, 無し, 無
stone any: 石, 天然石, 宝石
inclusions included: インクルージョン, 内包物, ジャルダン
wear worn: 使い込んだ, 擦り傷, 経年変化, ヘアライン傷
size japanese: 号
size size: サイズ
unit g 1: グラム
unit mm 10: センチ
filler the: 計, 合計, 一, 男女兼用, 大粒, 幅, 平, 送料無料, 日本製, k
role width: 幅
role length: 長さ
role diameter: 直径
kind earrings: スタッドピアス, 一粒ピアス
style stud: 一粒ピアス
setting bezel: 覆輪, フクリン, 伏せ込み
setting prong: 六本爪, 四本爪
motif cross: クロスモチーフ
motif leaf: リーフ, 葉
gem moonstone: ムーンストーン
construction hollow: 中空
filler the: 地金
halo yes: 取り巻き, 取巻き, 取巻, 取り巻
substitute obsidian: オブシディアン
material enamel: 七宝, エナメル, 七宝焼
unmade watch: 腕時計, 懐中時計
unmade key ring: キーホルダー, キーリング
unmade hair pin: かんざし, ヘアピン, ヘアクリップ
unmade tie pin: ネクタイピン, タイタック
remaking last: リフォーム, リメイク, 作り直, 作り替, 仕立て直, 溶か
unmade rattle: ガラガラ, ラトル
unmade cutlery: スプーン, フォーク, カトラリー, 箸
unmade thimble: 指ぬき, シンブル
unmade bookmark: しおり, ブックマーク
unmade cane: 杖, ステッキ
unmade lighter: ライター
unmade pen: 万年筆, ボールペン
unmade card case: 名刺入れ, カードケース
unmade chalice: 盃, ぐい呑み, 燭台
unmade belt buckle: バックル
unmade money clip: マネークリップ
unmade netsuke: 根付
unmade obidome: 帯留め, 帯留
unmade bullion: 金貨, インゴット
unmade navel ring: へそピアス
unmade tongue bar: 舌ピアス, 眉ピアス, 口ピアス, ボディピアス
unmade statue: 置物
tint pink: ピンク, 桃色
tint yellow: イエロー, 黄色
tint orange: オレンジ
tint purple: パープル, バイオレット, 紫
tint black: ブラック, 黒
tint white: ホワイト
tint champagne: シャンパン
tint brown: ブラウン
tint grey: グレー
tint green: グリーン
tint blue: ブルー
tint red: レッド
"""
