"""Chinese words of the trade; a title has no spaces, so the longest words in it are cut out first."""

WORDS = """
kind ring: 戒指, 婚戒, 排戒, 钻戒, 指环, 对戒, 戒, 戒子, 求婚戒指
kind necklace: 项链, 颈链, 珍珠项链
kind earrings: 耳环, 耳钉, 耳坠, 耳饰, 耳圈, 耳扣
kind bracelet: 手镯, 手链, 手环, 脚链, 金镯, 镯子, 珍珠手链
kind bracelet: 手串, 珠串, 串珠手链
bead yes: 手串, 珠串, 串珠, 串珠手链, 玉珠
kind brooch: 胸针
kind necklace: xiang lian, xianglian
kind ring: jie zhi, jiezhi
kind earrings: er huan, erhuan, er ding, erding
kind bracelet: shou zhuo, shouzhuo, shou lian, shoulian
kind_weak necklace: 链, 链子
metal yellow_gold: huang jin, huangjin, zu jin, zujin
metal rose_gold: mei gui jin
metal platinum: bo jin, bojin
gem diamond: zuan shi, zuanshi
gem pearl: zhen zhu, zhenzhu
substitute jade: fei cui, feicui
kind_medium necklace: 吊坠, 挂坠, 坠子
noun pendant: 吊坠, 挂坠, 坠子
metal yellow_gold: 黄金, 足金, 金, 千足金, 纯金, k金, 黄k金
metal white_gold: 白金, 白k金
metal rose_gold: 玫瑰金, 红k金, 彩金
metal platinum: 铂金, 铂
metal silver: 银, 纯银, 足银, 白银
gem diamond: 钻石, 钻戒, 钻, 金刚石
gem ruby: 红宝石
gem sapphire: 蓝宝石
gem emerald: 祖母绿, 绿宝石
gem pearl: 珍珠, 淡水珍珠
gem amethyst: 紫水晶
gem aquamarine: 海蓝宝
gem topaz: 托帕石
gem garnet: 石榴石
gem opal: 欧泊
gem turquoise: 绿松石
substitute jade: 翡翠, 玉, 和田玉
substitute moissanite: 莫桑石, 莫桑钻
substitute moonstone: 月光石
substitute agate: 玛瑙
substitute coral: 珊瑚
style stud: 耳钉
style hoop: 耳圈, 圈形耳环
style drop: 耳坠
style bangle: 手镯, 金镯, 镯子
style tiara: 皇冠头饰, 头冠
style band: 婚戒, 对戒, 排戒
accents any: 排戒
chain pearl: 珍珠项链, 珍珠手链
form heart: 心形, 爱心
form cross: 十字架
cut pear: 水滴
cut oval: 椭圆
motif dragon: 龙, 龙凤
motif clover: 四叶草
motif butterfly: 蝴蝶
motif buddha: 观音, 佛, 佛公
unit ct 1: 克拉
unit mm 1: 毫米
unit mm 10: 厘米
filler the: 的, 女, 男, 女士, 男士, 新款, 款, 镶, 镶嵌, 和, 与, 式
motif flower: 花朵, 花形
motif star: 星星, 五角星
motif moon: 月亮
motif sun: 太阳
motif butterfly: 蝴蝶
motif clover: 四叶草
motif leaf: 叶子, 树叶
motif bow: 蝴蝶结
motif snowflake: 雪花
motif key: 钥匙
motif crown: 皇冠
motif cat: 猫咪
motif evil_eye: 恶魔之眼
worn ankle: 脚链
kind earrings: 鼻钉, 鼻环, 耳夹, 耳骨夹
style nose_stud: 鼻钉
style nose_ring: 鼻环
style ear_cuff: 耳夹, 耳骨夹
kind brooch: 袖扣, 领带夹
style cufflinks: 袖扣
style tie_bar: 领带夹
kind ring: 趾环, 脚趾戒
worn toe: 趾环, 脚趾戒
shank open: 趾环, 脚趾戒, 开口, 开口戒指
hung tassel: 流苏
layers yes: 叠戴, 多层, 双层
cord leather: 皮绳
cord silk: 红绳
bead yes: 串珠, 珠子
metal silver: 不锈钢, 钢, 钛, 钛钢, 陶瓷, 钨钢, 钨金
substance steel: 不锈钢, 钢
substance titanium: 钛, 钛钢
substance ceramic: 陶瓷
substance tungsten: 钨钢, 钨金
style band: 素圈, 素圈戒指
style hoop: 素圈
stone none: 素圈
kind ring: 素圈戒指
kind necklace: 锁骨链
kind ring: 素戒, 尾戒, 男戒, 女戒
kind necklace: 锁骨项链, 毛衣链, 金链, 银项链, 金项链
metal silver: 银项链, 银手镯
metal yellow_gold: 金项链, 金手镯, 金链
kind earrings: 耳线, 耳环
kind bracelet: 古法手镯, 玉镯, 金手镯, 银手镯
metal yellow_gold: 18k金, 足金, 万足金
metal rose_gold: 玫瑰18k金
metal silver: 925银, s925, 银饰
gem pearl: 淡水珠, 海水珍珠, 珠
gem peridot: 橄榄石
gem citrine: 黄水晶
gem tourmaline: 碧玺
gem tanzanite: 坦桑石
gem spinel: 尖晶石
gem moissanite: 莫桑石
gem onyx: 黑玛瑙
gem aquamarine: 海蓝宝石
gem cubic_zirconia: 锆石
gem lapis_lazuli: 青金石
gem morganite: 摩根石
gem topaz: 托帕石
style bangle: 玉镯, 金手镯, 银手镯, 古法手镯
style drop: 耳线
style solitaire: 单钻, 一粒钻
style signet: 印章戒指
style tennis: 网球手链
kind bracelet: 网球手链
kind ring: 印章戒指
halo yes: 围镶, 光环
setting bezel: 包镶
setting prong: 爪镶
cut round: 圆形, 圆钻
cut princess: 公主方, 公主方形
cut emerald: 祖母绿切割
cut heart: 心形切割
cut marquise: 马眼
cut cushion: 枕形
chain box: 盒子链
chain cable: o字链, 十字链
chain snake: 蛇骨链
chain rope: 麻花链, 水波纹链
finish satin: 哑光, 磨砂
finish polished: 光面, 亮面
finish hammered: 锤纹
inclusions included: 包体, 内含物, 花园
wear worn: 做旧, 划痕, 磨损, 包浆
stone none: 素
unit ct 0.01: 分
unit g 1: 克
unit mm 1: 毫米
negation no: 不带, 无, 没有, 不含, 不要, 不
filler the: 带, 一颗, 一个, 六, 四, 个, 对, 副, 天然, 缅甸, 正品, 送女友, 生日, 礼物, 情侣, 简约, 轻奢, 个性, 只
role inner: 圈口, 内径
role diameter: 直径
role width: 宽, 宽度
role length: 长, 长度
role thickness: 厚, 厚度
motif cross: 十字
motif heart: 爱心吊坠
motif infinity: 无限
motif rose: 玫瑰花
motif rabbit: 兔子
motif fish: 鱼
motif lucky bead: 转运珠, 路路通, 平安扣, 葫芦, 生肖, 福牌
construction hollow: 空心
motif mythical beast: 貔貅, 麒麟, 龙龟
substitute obsidian: 黑曜石
filler the: 硬
style huggie: 耳扣, 小圈耳环
filler the: 同款
material enamel: 珐琅, 搪瓷, 景泰蓝, 掐丝珐琅
unmade watch: 手表, 怀表
unmade key ring: 钥匙扣
unmade hair pin: 发簪, 发夹, 发钗, 步摇
remaking last: 改成, 改做, 改为, 改制, 改造, 改款, 改, 熔, 融
unmade torc: 项圈
unmade rattle: 摇铃, 拨浪鼓
unmade cutlery: 勺子, 银勺, 筷子, 银筷, 叉子, 餐具
unmade thimble: 顶针
unmade bookmark: 书签
unmade cane: 手杖, 拐杖
unmade lighter: 打火机
unmade pen: 钢笔, 圆珠笔
unmade card case: 名片盒
unmade cigarette case: 烟盒, 鼻烟壶
unmade chalice: 酒杯, 银杯, 银碗, 茶壶, 烛台
unmade belt buckle: 皮带扣, 带扣
unmade money clip: 钱夹
unmade bullion: 金条, 金币, 银元
unmade statue: 摆件, 雕像
unmade navel ring: 肚脐环, 脐环, 脐钉
unmade tongue bar: 舌钉, 唇钉, 乳环, 眉钉
tint pink: 粉色, 粉红, 粉红色, 粉
tint yellow: 黄色, 黄
tint orange: 橙色, 橘色
tint purple: 紫色, 紫
tint black: 黑色, 黑
tint white: 白色
tint champagne: 香槟色, 香槟
tint brown: 棕色, 咖啡色
tint grey: 灰色
tint green: 绿色
tint blue: 蓝色
tint red: 红色
"""
