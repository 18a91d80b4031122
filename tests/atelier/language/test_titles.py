"""Strangers' titles: how many are made right, right with an honest notice, and how many wrongly without a word."""

from collections import Counter

import pytest

from tests.atelier.language.titles import TABLES, shares, titles


@pytest.mark.parametrize(
    ("table", "right", "silent"),
    [
        ("titles_seen.txt", 0.97, 0.005),
        ("titles_held_out.txt", 0.95, 0.02),
        ("titles_catalogue_seen.txt", 0.96, 0.0),
        ("titles_catalogue_held_out.txt", 0.95, 0.02),
        ("titles_forms_seen.txt", 0.95, 0.02),
        ("titles_forms_held_out.txt", 0.93, 0.034),
        ("titles_manners_seen.txt", 0.98, 0.0),
        ("titles_manners_held_out.txt", 0.95, 0.05),
        ("titles_usage_seen.txt", 0.98, 0.0),
        ("titles_usage_held_out.txt", 0.98, 0.0),
        ("titles_later_seen.txt", 0.98, 0.0),
        ("titles_later_held_out.txt", 0.95, 0.02),
        ("titles_third_held_out.txt", 0.96, 0.0),
        ("titles_trades_seen.txt", 0.98, 0.0),
        ("titles_trades_held_out.txt", 0.98, 0.0),
        ("titles_trades_third.txt", 0.98, 0.0),
        ("titles_strangers_seen.txt", 1.0, 0.0),
        ("titles_strangers_held_out.txt", 1.0, 0.0),
        ("titles_strangers_third.txt", 0.98, 0.0),
        ("titles_markets_seen.txt", 0.93, 0.0),
        ("titles_markets_held_out.txt", 0.88, 0.0),
        ("titles_markets_third.txt", 0.95, 0.0),
        ("titles_dictated_seen.txt", 0.98, 0.0),
        ("titles_wished_seen.txt", 0.98, 0.0),
        ("titles_letters_seen.txt", 0.95, 0.0),
        ("titles_letters_held_out.txt", 0.98, 0.0),
    ],
)
def test_strangers_get_what_they_ask_for_or_are_told(table: str, right: float, silent: float) -> None:
    """Shares of a table: right or right with notice at least, silently other at most, a wrong kind never."""
    counted = shares(table)
    least = {"titles_seen.txt": 200, "titles_held_out.txt": 200, "titles_markets_third.txt": 42}
    assert counted["all"] >= least.get(table, 59)
    assert counted["wrong kind"] == 0
    assert (counted["right"] + counted["right with notice"]) / counted["all"] >= right
    assert counted["silently other"] / counted["all"] <= silent


def test_tables_share_no_title() -> None:
    """What is looked at while mending does not stand in the half that is not."""
    texts = Counter(title.text.casefold() for name in TABLES for title in titles(name))
    assert sum(texts.values()) >= 1000
    assert max(texts.values()) == 1
