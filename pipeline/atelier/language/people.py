"""Words of pieces that are said of people, of what they do and of places: "we're climbers", "we met at the bar"."""

from collections.abc import Sequence

from pipeline.atelier.language.terms import Term
from pipeline.atelier.language.text import singular, words_of

PEOPLE = "people"
"""Slot of such words."""

_OF_PIECES = frozenset({
    "kind", "kind_medium", "kind_weak", "style", "form", "chain", "clasp", "noun", "motif", "strand", "gem",
    "metal", "unmade",
})  # fmt: skip

_ARE = words_of("we're i'm he's she's they're you're who's")
_WHO = words_of("i we you he she they who both")
_KIN = words_of(
    """
    husband wife dad father mum mom mother brother sister son daughter partner boyfriend girlfriend fiance fiancee
    friend uncle aunt grandfather grandmother grandad grandpa grandma granddad nan boss groom bride
    colleague nephew niece
    """
)
_BE = words_of("am are is was were be")
_BETWEEN = words_of(
    """
    a an the both all two such not just also very really now my our his her their avid keen proud professional retired
    former real true total big huge old rock mountain
    """
)
"""Words between somebody and what they are."""
_MOST_BETWEEN = 4

_PERSONS: dict[str, frozenset[str]] = {
    "ring": words_of(
        "announcer bearer girl boy master leader fighter crew side tone light binder road toss main maiden"
    ),
    "band": words_of(
        "leader member practice practise mate camp room teacher kid geek director rehearsal manager class"
    ),
    "chain": words_of("smoker store saw reaction gang letter stitch restaurant"),
    "bar": words_of("tender owner keeper stool staff exam mitzvah maid crawl manager fly"),
    "pin": words_of("cushion ball up stripe wheel code board number"),
    "stud": words_of("farm poker horse book"),
    "hoop": words_of("dancer dancing dream skirt"),
    "charm": words_of("school offensive"),
    "cross": words_of("country fit stitch word dresser bow trainer training examiner"),
    "cable": words_of("guy company tv car"),
    "rope": words_of("access jumper climbing climber"),
    "pearl": words_of("harbor harbour jam"),
    "diamond": words_of("jubilee geezer"),
    "golden": words_of("retriever jubilee gate girl"),
    "gold": words_of("digger medalist medallist rush miner coast"),
    "silver": words_of("surfer screen lining fox"),
    "anchor": words_of("man woman"),
    "snake": words_of("charmer"),
    "climber": words_of("gym hut"),
}
"""Nouns behind a word of the trade that make another thing, a job or a place of both."""

_AT = words_of("at behind outside inside near in")
_VERBS = words_of(
    """
    met meet meeting meets kissed work works worked working play plays played playing sing sings sang drum drums boxes
    boxed fight fights fought dance dances danced proposed drink drinks
    drank sat wait waited joined run runs ran owns own
    """
)
_JOINED = words_of("joined join left quit founded started fronts manages owns runs")
_REACH = 4
"""Words from what somebody does to where."""


def is_said_of_people(tokens: Sequence[str], term: Term) -> bool:
    """Whether a word of the trade says who somebody is, what they do, or where: it is none of the piece."""
    if term.slot not in _OF_PIECES:
        return False
    return _is_somebody(tokens, term) or _is_of_another_thing(tokens, term) or _is_where(tokens, term)


def _is_somebody(tokens: Sequence[str], term: Term) -> bool:
    """Whether somebody is called by the word: "we're both avid climbers", "my dad is a stud"."""
    if term.slot in ("gem", "metal"):
        return False
    for place in range(term.start - 1, max(term.start - 2 - _MOST_BETWEEN, -1), -1):
        token = tokens[place]
        if token in _ARE or (
            token.endswith("'s") and token[:-2] in _KIN and tokens[place + 1] in ("a", "an")
        ):
            return True
        if token in _BE:
            before = tokens[max(place - 1, 0) : place]
            return bool({*before} & (_WHO | _KIN))
        if token not in _BETWEEN:
            return False
    return False


def _is_of_another_thing(tokens: Sequence[str], term: Term) -> bool:
    """Whether the noun behind makes a job or another thing of it: "a ring announcer"."""
    behind = tokens[term.end : term.end + 1]
    last = term.text.split()[-1]
    return bool(behind) and singular(behind[0]) in _PERSONS.get(singular(last), frozenset())


def _is_where(tokens: Sequence[str], term: Term) -> bool:
    """Whether it is where somebody does something: "we met at the bar", "he plays in a band", "she joined the band"."""
    if term.slot in ("gem", "metal"):
        return False
    before = [token for token in tokens[max(term.start - 3, 0) : term.start] if token not in _BETWEEN]
    if before[-1:] and before[-1] in _JOINED:
        return term.text in ("band", "bar")
    lead = next(
        (place for place in range(term.start - 1, max(term.start - 3, -1), -1) if tokens[place] in _AT), None
    )
    if lead is None or any(token not in _BETWEEN for token in tokens[lead + 1 : term.start]):
        return False
    return not _VERBS.isdisjoint(tokens[max(lead - _REACH, 0) : lead])
