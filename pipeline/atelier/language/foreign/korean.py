"""Korean words of the trade, in Hangul; words that are written together are cut where a longer one of these ends."""

WORDS = """
kind ring: 반지, 링, 약혼반지, 결혼반지, 커플링, 커플반지, 가락지, 금반지, 은반지, 실반지
kind necklace: 목걸이, 네크리스, 초커, 금목걸이, 은목걸이
kind earrings: 귀걸이, 귀고리, 이어링, 피어싱, 이어커프, 금귀걸이, 은귀걸이
kind bracelet: 팔찌, 뱅글, 브레이슬릿, 발찌, 금팔찌, 은팔찌
kind brooch: 브로치, 커프스, 커프스버튼, 넥타이핀
kind_medium necklace: 펜던트, 팬던트, 참
kind_weak necklace: 체인
noun pendant: 펜던트, 팬던트
metal yellow_gold: 골드, 금, 순금, 옐로우골드, 옐로골드, 금반지, 금목걸이, 금팔찌, 금귀걸이
metal white_gold: 화이트골드, 백금
metal rose_gold: 로즈골드, 핑크골드
metal platinum: 플래티넘, 플래티늄
metal silver: 실버, 은, 순은, 은반지, 은목걸이, 은팔찌, 은귀걸이
metal silver: 써지컬스틸, 스틸, 스테인리스, 티타늄, 세라믹
substance steel: 써지컬스틸, 스틸, 스테인리스
substance titanium: 티타늄
substance ceramic: 세라믹
coated yellow_gold: 도금, 금도금, 골드도금
gem diamond: 다이아몬드, 다이아, 다이야
gem ruby: 루비
gem sapphire: 사파이어
gem emerald: 에메랄드
gem pearl: 진주, 담수진주, 담수 진주, 아코야진주, 아코야 진주, 남양진주
gem amethyst: 자수정, 아메시스트
gem aquamarine: 아쿠아마린
gem topaz: 토파즈
gem morganite: 모거나이트
gem citrine: 시트린, 황수정
gem garnet: 가넷
gem peridot: 페리도트
gem onyx: 오닉스
gem opal: 오팔
gem turquoise: 터키석
gem moonstone: 문스톤
gem tanzanite: 탄자나이트
gem tourmaline: 투어멀린
gem jade: 비취, 옥
gem coral: 산호
gem mother_of_pearl: 자개
gem lapis_lazuli: 라피스라줄리
gem malachite: 말라카이트
gem labradorite: 래브라도라이트
substitute moissanite: 모이사나이트
substitute cubic zirconia: 큐빅, 큐빅지르코니아, 지르코니아
substitute amber: 호박
substitute swarovski: 크리스탈, 스와로브스키
style solitaire: 솔리테어
style three_stone: 쓰리스톤
style eternity: 가드링, 이터니티, 이터니티링
kind ring: 가드링, 이터니티링
style signet: 시그넷, 시그넷링
kind ring: 시그넷링
style band: 민자 반지, 커플링, 커플반지, 가락지, 금반지, 은반지, 실반지, 결혼반지, 웨딩밴드
kind ring: 웨딩밴드
style hoop: 링귀걸이, 후프, 후프귀걸이
kind earrings: 링귀걸이, 후프귀걸이
style huggie: 원터치
style stud: 스터드, 침귀걸이
style drop: 드롭, 롱귀걸이, 드롭귀걸이
kind earrings: 침귀걸이, 롱귀걸이, 드롭귀걸이
style ear_cuff: 이어커프
style climber: 이어클라이머
style bangle: 뱅글
style tennis: 테니스
style tiara: 티아라
style cufflinks: 커프스, 커프스버튼
style tie_bar: 넥타이핀
worn ankle: 발찌
form heart: 하트
form cross: 십자가
form teardrop: 물방울
form round: 원형, 코인
form bar: 막대
form initial: 이니셜
motif star: 별, 스타
motif moon: 달, 초승달, 문
motif sun: 태양
motif flower: 꽃, 플라워
motif rose: 장미
motif leaf: 나뭇잎, 잎
motif clover: 네잎클로버, 클로버
motif butterfly: 나비
motif bee: 꿀벌
motif bird: 새
motif cat: 고양이
motif dog: 강아지
motif shell: 조개
motif feather: 깃털
motif key: 열쇠
motif crown: 왕관
motif bow: 리본
motif infinity: 인피니티
motif snowflake: 눈꽃
motif horseshoe: 말굽
motif tree: 생명의나무
motif text: 이름
chain rope: 로프, 로프체인
chain box: 베네치안
chain ball: 볼체인
chain curb: 커브체인
chain pearl: 진주목걸이
kind necklace: 진주목걸이
cut oval: 오벌
cut pear: 페어컷
cut marquise: 마퀴즈
cut princess: 프린세스컷
cut emerald: 에메랄드컷
cut cushion: 쿠션컷
setting prong: 프롱
setting bezel: 난집
finish satin: 무광
finish hammered: 해머드
halo yes: 헤일로
stone none: 민자, 민무늬
stone any: 보석, 탄생석
accents pave: 파베
shank open: 오픈링, 프리사이즈
kind ring: 오픈링
layers yes: 레이어드
cord leather: 가죽
weight thin: 얇은, 심플한
inclusions included: 내포물, 함유물
wear worn: 스크래치, 빈티지 마모, 사용감
scale small: 미니, 작은
scale large: 큰
hue blue: 블루
hue pink: 핑크
hue green: 그린
denial no: 없음, 없는
role width: 폭
role length: 길이
role diameter: 지름
size korean: 호
unit ct 0.1: 부
unit ct 1: 캐럿
unit mm 1: 미리
unit mm 10: 센치
unit g 1: 그램
unit g 3.75: 돈
filler the: 심플, 여성, 남성, 남자, 여자, 데일리, 선물, 각인, 커플, 천연, 주얼리, 용, 의, 와, 과, 세트
filler the: 무료, 여친, 생일선물, 원하는
weight bold: 볼드
material enamel: 에나멜, 칠보
unmade watch: 시계
unmade key ring: 키링, 열쇠고리
unmade hair pin: 머리핀, 비녀
remaking last: 리폼, 리세팅, 개조, 녹여, 녹이, 녹인, 바꾸, 바꿔
unmade rattle: 딸랑이
unmade cutlery: 숟가락, 수저, 은수저, 젓가락, 포크
unmade thimble: 골무
unmade bookmark: 책갈피
unmade cane: 지팡이
unmade lighter: 라이터
unmade pen: 만년필, 볼펜
unmade card case: 명함케이스
unmade belt buckle: 버클
unmade money clip: 머니클립
unmade bullion: 골드바, 금화, 금열쇠
unmade navel ring: 배꼽피어싱
unmade tongue bar: 혀피어싱, 입술피어싱
unmade ornament: 노리개
tint pink: 핑크, 분홍
tint yellow: 옐로우, 옐로, 노란
tint orange: 오렌지
tint purple: 퍼플, 보라
tint black: 블랙, 검은
tint white: 화이트
tint champagne: 샴페인
tint brown: 브라운
tint grey: 그레이
tint green: 그린, 초록
tint blue: 블루, 파란
tint red: 레드, 빨간
"""
