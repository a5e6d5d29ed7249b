"""The words of operations: names split, brought to one form, and compared, synonyms of the field included."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache

_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SAID_NOTHING = _words(
    "a an and all any as at be by for from in into is it of on one or some that the their this to via what which "
    "within with given current end endpoint resource data api rest public"
)
LIST = _words("list index search query browse enumerate lookup")
GET = _words("get fetch read show retrieve find view describe detail return")
CREATE = _words("create add new make post register start generate request issue")
UPDATE = _words("update set change modify edit put patch replace save configure rename upsert")
REMOVE = _words("remove delete destroy deregister detach offboard")
ACTIONS = {
    **dict.fromkeys(LIST, "list"),
    **dict.fromkeys(GET, "get"),
    **dict.fromkeys(CREATE, "create"),
    **dict.fromkeys(UPDATE, "update"),
    **dict.fromkeys(REMOVE, "remove"),
}
#: Words that say that an operation is about whoever calls.
OWN = _words("own self me my mine myself")
#: Words that mean nearly the same in this field; a match of two is worth a little less than the very word.
_ALIKE = (
    "customer client consumer user account subscriber household member",
    "device asset equipment appliance",
    "facility site location premise place installation property home building",
    "log problem issue event diagnostic incident alert fault error history",
    "spo optimization optimisation optimizer",
    "setting preference configuration config option",
    "onboarding onboard enrollment enrolment pairing",
    "link session invitation url",
    "name label alias nickname",
    "consumption usage",
    "saving benefit",
    "report summary statement",
    "contract agreement",
    "document file",
    "measurement reading metering",
    "invoice bill",
)
_GROUP = {word: number for number, words in enumerate(_ALIKE) for word in words.split()}
#: Words that a rename implies: it sets the name.
_IMPLIED = {"rename": "name", "offboard": "device"}
ALIKE_WORTH = 0.85
_STEM_WORTH, _STEM = 0.8, 6


def split(text: str) -> list[str]:
    """Return the words of a camelCase, kebab-case or snake_case name or of a sentence, in lower case."""
    return [part.lower() for part in _PART.findall(text)]


def named(name: str) -> tuple[str, ...]:
    """Return the words of an operation's name in a form to compare: verbs that mean the same are the same."""
    first, *rest = split(name) or [""]
    return (ACTIONS.get(first, first), *rest)


@lru_cache(maxsize=4096)
def singular(word: str) -> str:
    """Return the singular of an English noun, as far as its ending tells."""
    if len(word) > 3 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("sses", "xes", "ches", "shes", "uses")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def is_plural(word: str) -> bool:
    """Whether a noun looks like a plural."""
    return singular(word) != word


def content(texts: Iterable[str]) -> frozenset[str]:
    """Return the words that say what an operation is about: no verbs, no filling words, in the singular."""
    found: set[str] = set()
    for text in texts:
        for word in split(text):
            if word in _IMPLIED:
                found.add(_IMPLIED[word])
            elif word not in _SAID_NOTHING and word not in ACTIONS and word not in OWN and len(word) > 1:
                found.add(singular(word))
    return frozenset(found)


def alike(one: str, other: str) -> float:
    """Return how much two words mean the same, 0 to 1."""
    if one == other:
        return 1.0
    if one in _GROUP and _GROUP[one] == _GROUP.get(other):
        return ALIKE_WORTH
    if len(one) >= _STEM and len(other) >= _STEM and one[:_STEM] == other[:_STEM]:
        return _STEM_WORTH
    return 0.0


def best_alike(word: str, others: Collection[str]) -> float:
    """Return how well a word is met by the best of some others."""
    if word in others:
        return 1.0
    return max((alike(word, other) for other in others), default=0.0)


def same_name(one: str, other: str) -> bool:
    """Whether two names differ at most in how they are written: ``fromDate`` and ``from_date``."""
    return split(one) == split(other)


_QUERY_ALIKE = (
    (
        "from start since after begin from_date start_date date_from from_time start_time period_start "
        "start_at begin_date valid_from range_start"
    ),
    "to end until before to_date end_date date_to to_time end_time period_end end_at till valid_to range_end",
    "resolution interval granularity aggregation aggregate group_by bucket step period_type grouping",
)
_QUERY_GROUP = {
    tuple(name.split("_")): number for number, names in enumerate(_QUERY_ALIKE) for name in names.split()
}


def query_alike(one: str, other: str) -> bool:
    """Whether two query parameters mean the same: the same name, or a known synonym of a range or its steps."""
    mine, theirs = tuple(split(one)), tuple(split(other))
    group = _QUERY_GROUP.get(mine)
    return mine == theirs or (group is not None and group == _QUERY_GROUP.get(theirs))
