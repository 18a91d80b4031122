"""From text to jeweler's terms: tokens, the longest phrases in them, measures, negations, and what is left over.

Every step takes time in the length of the text: phrases and misspelt words are looked up in indexes, and patterns
match runs of bounded length.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from pipeline.atelier.language import foreign, lexicon
from pipeline.atelier.language.abbreviations import spelt_out, without_numbers
from pipeline.atelier.language.alternatives import alternatives
from pipeline.atelier.language.corrections import corrected, latest, marked
from pipeline.atelier.language.gold import aside_from_metal, bare_colours, coloured_gold, shared_colours
from pipeline.atelier.language.homonyms import settled
from pipeline.atelier.language.inscription import inscription
from pipeline.atelier.language.labels import in_words
from pipeline.atelier.language.numerals import AMBIGUOUS, number, together
from pipeline.atelier.language.photograph import set_aside
from pipeline.atelier.language.remaking import SOURCE, is_verb, remade
from pipeline.atelier.language.species import as_one_stone, coloured, without_its_colour
from pipeline.atelier.language.terms import BREAKS, Measure, Sentence, Term
from pipeline.atelier.language.text import (
    LONGEST_TEXT,
    MOST_WORDS,
    Meaning,
    fold,
    segmented,
    singular,
    tokens_of,
    upper_ends,
    with_months,
    without_extenders,
    without_sizes_on_offer,
    words_of,
)
from pipeline.atelier.language.vocabulary import exactly, inflected, is_foreign, is_french, longest, mend

_LEAST_KARAT = 8
"""Below so many parts no alloy is called gold: the number is a stone's weight."""
MOST_MEASURES = 48
"""Numbers that are read of one prompt; a title block has a dozen."""

_ENGLISH_METALS = frozenset({"gold", "silver", "platinum", "steel", "white", "yellow", "brass", "titanium"})
_SIZES = frozenset({"size", "sizes", "sz", "us", "eu", "uk"}) | frozenset(foreign.SIZES)
_NO_INCHES = words_of(
    """
    january february march april may june july august september october november december spring summer autumn fall
    winter total all a an the my our his her their your this that each every one two three which case time
    """
)
"""Words behind which a number's "in" is no inch."""
_AND_PART = {
    ("and", "a", "half"): 0.5, ("and", "half"): 0.5, ("und", "halb"): 0.5, ("y", "medio"): 0.5, ("et", "demi"): 0.5,
    ("e", "mezzo"): 0.5, ("e", "meio"): 0.5, ("and", "a", "quarter"): 0.25, ("and", "three", "quarters"): 0.75,
    ("point", "five"): 0.5,
}  # fmt: skip
"""Parts said behind a whole number: "two and a half centimetres"."""
_UNITS_AHEAD = words_of("ct cts carati carato kt kts mm cm gr grs gms grammi gramm")
"""Units that are written before their number as well."""
_WHOLE_UNITS = words_of("centimetre centimeter inch carat millimetre millimeter")
"""Units of which an article counts one."""
_FIRST_PICTOGRAPH = "\U0001f300"
"""Signs from here on are little pictures of things."""
_PUT_IN_ITS_PLACE = words_of("use take choose put for by nimm")
"""Words behind a denied thing that name what is wanted: "instead of a diamond use a sapphire"."""
_SAME = words_of("same selben gleichen gleiche meme misma mismo stesso stessa mesma mesmo dezelfde")
"""Words by which a piece shares what another has: "she already has a sapphire ring, earrings with the same stone"."""
_OWNING = words_of("already schon bereits deja ya gia ja al juz")
_OF_WHAT_IS_OWNED = words_of("with and on plus featuring mit avec con com met z i y et e und en")
"""Words behind which more is said of what somebody has already: "a necklace with a heart"."""
_SPEAKING = words_of("i we she he they now want wants would need needs am is i'd we'd please")
"""Words behind "and" with which somebody says what else is wanted."""
_SHARED = frozenset({"gem", "substitute", "metal", "cut"})
_JOINING = words_of("or and nor oder und ou et o e y of en")
_SILENT = lexicon.NEGATIONS | lexicon.FILLER | frozenset(lexicon.ROLES)


def parse(prompt: str) -> Sentence:
    """Take a prompt apart. Any text is accepted; what means nothing here comes back as ``unknown``."""
    text, articles = without_numbers(" ".join(prompt[:LONGEST_TEXT].split()))
    text, aside = set_aside(with_months(in_words(text)))
    written = inscription(text)
    text, abbreviated = spelt_out(written.text)
    text, on_offer = without_sizes_on_offer(text)
    text, extenders = without_extenders(text)
    text, ranges = upper_ends(text)
    folded = segmented(
        marked(fold(text)), foreign.UNSPACED, foreign.LONGEST_UNSPACED, foreign.UNSPACED_PIECES
    )
    written_tokens = tokens_of(folded)
    tokens, mended = mend(written_tokens[:MOST_WORDS])
    reader = _Reader(tokens)
    reader.run()
    terms, colours = _terms(tokens, reader)
    again = any(term.slot == SOURCE for term in terms)
    unknown = [word for word in reader.unknown if word not in colours and not (again and is_verb(word))]
    if not any(_is_foreign_term(term) for term in terms if term.slot != "motif"):
        # One foreign noun in an English sentence is as unknown as any other.
        unknown += [term.text for term in terms if _is_foreign_term(term)]
        terms = [term for term in terms if not _is_foreign_term(term)]
    measures = latest(tokens, reader.measures)
    return Sentence(
        tokens, tuple(terms), tuple(measures[:MOST_MEASURES]), tuple(reader.roles),
        tuple(dict.fromkeys(unknown)), written.engraving, written.letter,
        len(prompt) > LONGEST_TEXT or len(written_tokens) > MOST_WORDS,
        (*abbreviated, *on_offer, *extenders, *ranges, *mended),
        aside, written.word, max(len(reader.measures) - MOST_MEASURES, 0), articles,
        tuple(dict.fromkeys(reader.idle)), tuple(dict.fromkeys(reader.pictographs)),
    )  # fmt: skip


def _terms(tokens: tuple[str, ...], reader: "_Reader") -> tuple[list[Term], set[str]]:
    """What the words mean beside each other, and the colours among them that are gold's."""
    bare = [*bare_colours(tokens, reader.terms, reader.measures), *shared_colours(tokens, reader.terms)]
    taken = {term.start for term in bare}
    kept = [term for term in reader.terms if not _is_of_a_size(tokens, term)]
    named = [*(term for term in kept if term.slot != "hue" or term.start not in taken), *bare]
    meant = as_one_stone(settled(tokens, sorted(named, key=lambda term: term.start)))
    golds, places = coloured_gold(tokens, meant)
    stones, of_stones = coloured(tokens, without_its_colour(golds))
    colours = {tokens[place] for place in places | of_stones} | {term.text for term in bare}
    wanted = corrected(tokens, alternatives(tokens, aside_from_metal(tokens, stones)))
    return remade(tokens, wanted), colours


def _is_of_a_size(tokens: tuple[str, ...], term: Term) -> bool:
    """Whether a word of two meanings stands before a ring's size: in Brazil "aro 16" is no hoop."""
    behind = tokens[term.end : term.end + 1]
    return term.text in foreign.SIZES and bool(behind) and number(behind[0]) is not None


def _is_foreign_term(term: Term) -> bool:
    return _is_foreign_phrase(term.text)


@lru_cache(maxsize=8192)
def _is_foreign_phrase(text: str) -> bool:
    words = text.split()
    english = lexicon.english()
    return (
        not {text, " ".join([*words[:-1], singular(words[-1])]), " ".join(map(singular, words))}
        & english.keys()
    )


def _is_chosen(word: str) -> bool:
    """Whether an English word names what may be chosen between: a stone, a metal, a cut."""
    meanings = lexicon.english().get(word, ())
    return any(slot in ("gem", "substitute", "metal", "cut", "finish") for slot, _ in meanings)


def _names_a_piece(word: str) -> bool:
    """Whether an English word names a piece: "bracelet" is French as well."""
    return any(slot == "kind" for slot, _ in lexicon.english().get(word, ()))


def _says_nothing(token: str) -> bool:
    """Whether a token is grammar, a sign, or a word that every title has."""
    silent = token in _SILENT or token in BREAKS or foreign.is_filler(token) or token in foreign.PLACES
    return silent or not any(letter.isalpha() for letter in token)


class _Reader:
    """One pass over the tokens, longest phrase first."""

    def __init__(self, tokens: tuple[str, ...]) -> None:
        self.tokens = tokens
        self.at = 0
        self.negating = False
        self.denied = False
        self.shared = False
        """Whether the denied piece's stone and metal are wanted again."""
        self.owned = False
        """Whether it says what somebody has already."""
        self.strange = False
        """Whether the denial has met a word that nobody knows."""
        self.terms: list[Term] = []
        self.measures: list[Measure] = []
        self.roles: list[Term] = []
        self.unknown: list[str] = []
        self.idle: list[str] = []
        self.pictographs: list[str] = []

    def run(self) -> None:
        while self.at < len(self.tokens):
            self.at += self._phrase() or self._measure() or self._word()

    def _phrase(self) -> int:
        first = self.tokens[self.at]
        stems = (
            ()
            if first in lexicon.ENGLISH
            else tuple(foreign.stem(language, first) for language in foreign.STEMMED)
        )
        most = max(longest().get(word, 0) for word in (first, singular(first), *stems))
        for count in range(min(most, len(self.tokens) - self.at), 0, -1):
            words = self.tokens[self.at : self.at + count]
            meanings = exactly(words) or (inflected(words) if stems else ())
            if meanings and not self._is_a_conjunction(words):
                self._resume(meanings)
                for slot, value in meanings:
                    self._term(count, slot, value)
                return count
        return 0

    def _resume(self, meanings: Sequence[Meaning]) -> None:
        """End a denial where another thing begins: "no stones gold plated", "no piercing ear cuff"."""
        metal = self.denied and not self.owned and any(slot in ("metal", "metals") for slot, _ in meanings)
        piece = self.strange and any(slot == "kind" for slot, _ in meanings)
        if metal or piece:
            self.negating = self.negating and self.tokens[self.at - 1] in _JOINING

    def _ends_a_denial(self, token: str) -> bool:
        """Whether what is wanted is named behind a token."""
        if self.owned and token in _OF_WHAT_IS_OWNED:
            behind = self.tokens[self.at + 1 : self.at + 2]
            return not _SPEAKING.isdisjoint(behind)
        return token in BREAKS or token in lexicon.RESUMES or (self.denied and token in _PUT_IN_ITS_PLACE)

    def _is_a_conjunction(self, words: tuple[str, ...]) -> bool:
        """Whether “or” joins two English words; in French it is gold."""
        behind = self.tokens[self.at + len(words) : self.at + len(words) + 1]
        if words[0] == "or" and (
            behind == ("gold",) or {*self.tokens[max(self.at - 1, 0) : self.at]} & _ENGLISH_METALS
        ):
            return True  # "gold or rose gold"
        if words != ("or",):
            return False
        if _is_chosen(self.tokens[max(self.at - 1, 0)]) and behind and _is_chosen(behind[0]):
            return True  # "ruby or garnet pendant"
        if behind and _names_a_piece(behind[0]) and not is_french(behind[0]):
            return True  # "bracelet or anklet"
        around = self.tokens[max(self.at - 3, 0) : self.at] + self.tokens[self.at + 1 : self.at + 4]
        french = any(is_french(word) for word in around)
        return not french

    def _term(self, count: int, slot: str, value: str) -> None:
        text = " ".join(self.tokens[self.at : self.at + count])
        self.denied = self.negating
        negated = self.negating and not (self.shared and slot in _SHARED)
        self.terms.append(Term(self.at, self.at + count, text, slot, value, negated=negated))

    def _unit_ahead(self) -> int:
        """Read a unit that stands before its number, as Italians write it: "ct 0,12", "cm 45", "gr 3,5"."""
        unit = lexicon.UNITS.get(self.tokens[self.at]) if self.tokens[self.at] in _UNITS_AHEAD else None
        stop = self.tokens[self.at + 1 : self.at + 2] == (".",)
        amount = self._amount(self.at + 1 + stop) if unit is not None else None
        if (
            unit is None
            or amount is None
            or self._has_unit(amount[1])
            or self._is_a_ring_size(amount[0])
            or not self._is_in_digits(amount[1] - 1)
        ):
            return 0
        value, end = amount
        text = " ".join(self.tokens[self.at : end])
        name = "karat" if unit[0] == "karat" or (unit[0] == "ct" and value in lexicon.FINENESS) else unit[0]
        self.measures.append(Measure(self.at, end, text, value * unit[1], name))
        return end - self.at

    def _is_a_ring_size(self, number: float) -> bool:
        """Whether "Gr. 62" is a German ring's size and no weight."""
        rings = (token for token in self.tokens if token.endswith(("ring", "ringe", "ringen")))
        worn = any(not token.startswith(("ohr", "ear")) for token in rings)
        return worn and self.tokens[self.at] == "gr" and number in range(44, 77)

    def _has_unit(self, end: int) -> bool:
        """Whether the unit behind a number is its own, and not the next one's: "cm 50 mm 3" says two things."""
        if not self._unit(end)[0]:
            return False
        after = self._amount(end + 1) if self.tokens[end] in _UNITS_AHEAD else None
        return after is None or bool(self._unit(after[1])[0])

    def _one(self) -> int:
        """Read a whole unit with its article: "about a centimetre wide", "an inch", "a carat"."""
        article = self.tokens[max(self.at - 1, 0)] in ("a", "an")
        if not article or self.tokens[self.at] not in _WHOLE_UNITS:
            return 0
        name, factor = lexicon.UNITS[self.tokens[self.at]]
        self.measures.append(Measure(self.at, self.at + 1, self.tokens[self.at], factor, name))
        return 1

    def _is_in_digits(self, at: int) -> bool:
        return self.tokens[at][:1].isdigit()

    def _measure(self) -> int:
        if whole := self._unit_ahead() or self._one():
            return whole
        start = self._amount(self.at)
        if start is None:
            return 0
        value, end = start
        second, end = self._second(end)
        if self.tokens[end : end + 1] == ("a",) and value < 1:
            end += 1  # "half a carat"
        unit, factor, end = self._unit(end)
        unit, factor, end = self._unit_meant(unit, factor, end, value)
        if second is not None and not unit:
            unit = "mm"  # "pear aquamarines 10x7"
        text = " ".join(self.tokens[self.at : end])
        both = None if second is None else second * factor
        self.measures.append(Measure(self.at, end, text, value * factor, unit, both))
        if unit == "mm" and end < len(self.tokens) and self.tokens[end] in lexicon.ROLES:
            self.roles.append(Term(end, end + 1, self.tokens[end], "role", lexicon.ROLES[self.tokens[end]]))
            end += 1
        return end - self.at

    def _unit_meant(self, unit: str, factor: float, end: int, value: float) -> tuple[str, float, int]:
        """The unit, its factor and the place behind it, where "in" may be no inch and a karat may be a carat."""
        if self.tokens[end - 1] == "in":
            sized = _SIZES & {*self.tokens[max(self.at - 3, 0) : self.at]}  # "size 7 in gold"
            if sized or _NO_INCHES & {*self.tokens[end : end + 1]}:  # "she turns 70 in June"
                return "", 1.0, end - 1
        if unit == "karat" and self.tokens[end - 1] != "k" and value < _LEAST_KARAT:
            return "ct", factor, end  # "a 1 karat diamond"
        return unit, factor, end

    def _amount(self, at: int) -> tuple[float, int] | None:
        """A number at a place and the place behind it: digits, a fraction, "1 1/2", or words."""
        value = self._number(at)
        if value is None:
            return self._spelt(at)
        end = at + 1
        if "/" not in self.tokens[at] and "/" in "".join(self.tokens[end : end + 1]):
            more = self._number(end)
            if more is not None:
                return value + more, end + 1
        for words, more in _AND_PART.items():
            if self.tokens[end : end + len(words)] == words:
                return value + more, end + len(words)
        return value, end

    def _spelt(self, at: int) -> tuple[float, int] | None:
        if at >= len(self.tokens) or self.tokens[at] in lexicon.FILLER:
            return None
        amount = together(self.tokens[at : at + 3])
        if amount is None or (self.tokens[at] in AMBIGUOUS and not is_foreign(self.tokens[at + 1 : at + 2])):
            return None
        return amount[0], at + amount[1]

    def _second(self, end: int) -> tuple[float | None, int]:
        """The second number of "8 x 6" and of "8 mm x 6 mm", and the place behind it."""
        first, _, behind = self._unit(end)
        if self.tokens[behind : behind + 1] not in (("x",), ("by",)):
            return None, end
        other = self._number(behind + 1)
        factors = (self._unit(end)[1], self._unit(behind + 2)[1])
        if other is None or (first and factors[0] != factors[1] and self._unit(behind + 2)[0]):
            return None, end  # "chain 3 mm x 24 inches" says two things
        return other, behind + 2

    def _unit(self, end: int) -> tuple[str, float, int]:
        if end < len(self.tokens) and self.tokens[end] in lexicon.UNITS:
            unit, factor = lexicon.UNITS[self.tokens[end]]
            return unit, factor, end + 1
        return "", 1.0, end

    def _number(self, at: int) -> float | None:
        return number(self.tokens[at]) if at < len(self.tokens) else None

    def _denial(self) -> int:
        """Deny what follows ("without", "don't want", "instead of") or stands before ("石なし", "diamond free").

        Gives how many tokens say so.
        """
        token, after = self.tokens[self.at], self.tokens[self.at + 1 : self.at + 2]
        pair = (token, *after) in lexicon.DENYING_PAIRS
        if pair or (token in lexicon.UNDONE and lexicon.WISHES & {*after}) or token in lexicon.NEGATIONS:
            self.negating, self.denied, self.strange = True, False, False
            self.owned = pair and not _OWNING.isdisjoint((token, *after))
            self.shared = pair and not _SAME.isdisjoint(self.tokens[self.at + 2 :])
            return 1 if token in lexicon.NEGATIONS else 2
        if token in lexicon.DENIED_BEFORE:
            self._deny_last()
            return 1
        return 0

    def _deny_last(self) -> None:
        """Deny the term right before."""
        for place in range(len(self.terms) - 1, -1, -1):
            if self.terms[place].end != self.at:
                break
            self.terms[place] = replace(self.terms[place], negated=True)

    def _is_idle(self, token: str) -> bool:
        """Whether a token steers nothing, and is told: a word that only describes, a little picture."""
        if token[0] >= _FIRST_PICTOGRAPH:
            self.pictographs.append(token)
        idle = token in lexicon.IDLE and not self.negating
        if idle:
            self.idle.append(token)
        return idle

    def _word(self) -> int:
        token = self.tokens[self.at]
        if denied := self._denial():
            return denied
        self.negating = self.negating and not self._ends_a_denial(token)
        if token in lexicon.ROLES:
            self.roles.append(Term(self.at, self.at + 1, token, "role", lexicon.ROLES[token]))
        if self._is_idle(token) or _says_nothing(token):
            return 1
        for slot, words in (("style", lexicon.PRAISE), ("picture", lexicon.PICTURE)):
            if token in words or singular(token) in words:
                self._term(1, f"{slot} wish", token)
                return 1
        if token not in lexicon.UNITS and (len(token) > 1 or not token.isascii()):
            self.unknown.append(token)
            # "Without a pearl Peshwai clip": what is denied ends at the strange word.
            self.negating = self.negating and not self.denied
            self.strange = self.negating
        return 1
