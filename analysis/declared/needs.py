"""Needs: the words in which covariates and claims say what they take of a source, some of which only rows can give."""

import functools
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from analysis.declared.claims import read_claims
from analysis.declared.contract import read_contract
from analysis.declared.factors import alternatives, read_covariates, unmet

_WORD = re.compile(r"(?P<table>\w+)(?:\.(?P<column>\w+)(?:=(?P<value>\w+)|->(?P<other>\w+))?)?")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a need.

    Attributes
    ----------
    table, column
        Of the contract; a word may be a table alone.
    value
        ``table.column=value``: some row must have it.
    other
        ``table.column->other``: the values must be found in the column of that name of another table.
    """

    table: str
    column: str = ""
    value: str = ""
    other: str = ""

    @property
    def is_of_rows(self) -> bool:
        """Whether only rows can tell, and no header."""
        return bool(self.value or self.other)

    @property
    def in_its_table(self) -> str:
        """The word without its table: ``column``, ``column=value`` or ``column->other``."""
        return self.column + (f"={self.value}" if self.value else "") + (f"->{self.other}" if self.other else "")

    def __str__(self) -> str:
        """Return it as a need has it."""
        return f"{self.table}.{self.in_its_table}" if self.column else self.table

    def larger(self) -> tuple[str, ...]:
        """Return the words that must hold for it to hold: its table, its column."""
        return (self.table, f"{self.table}.{self.column}") if self.column else (self.table,)


def read_word(text: str) -> Word | None:
    """Return what a word names of the contract; None for a property of a source, such as ``stable_users``."""
    said = _WORD.fullmatch(text)
    return Word(**said.groupdict(default="")) if said and said["table"] in read_contract() else None


@functools.cache
def asked_words() -> tuple[Word, ...]:
    """Return every word of the contract that some covariate or claim asks for, in the order of the contract."""
    order = list(read_contract())
    return tuple(sorted(_words(_needs()), key=lambda word: (order.index(word.table), str(word))))


def missed_words(given: Collection[str]) -> frozenset[str]:
    """Return the words for lack of which a need of some covariate or claim is unmet, and their tables and columns."""
    words = _words(unmet(_needs(), given))
    return frozenset(name for word in words for name in (*word.larger(), str(word)))


def _needs() -> list[str]:
    needs = [need for covariate in read_covariates() for need in (*covariate.needs, *covariate.better_with)]
    return needs + [need for claim in read_claims() for need in claim.needs]


def _words(needs: Iterable[str]) -> set[Word]:
    words = (read_word(name) for need in needs for name in alternatives(need))
    return {word for word in words if word}


def asked_of_rows() -> frozenset[str]:
    """Return the words that rows alone can give: what a source in which nothing is lacking has, beside its columns."""
    return frozenset(str(word) for word in asked_words() if word.is_of_rows)
