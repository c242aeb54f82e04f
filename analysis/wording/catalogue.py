"""The catalogue of a language: its messages, and how it writes the numbers, days and names in them (by CLDR)."""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from numbers import Integral, Real
from string import Formatter
from typing import Any, Protocol, runtime_checkable

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent

from analysis.wording.amounts import shortened, with_currency
from analysis.wording.controls import isolated

INFINITY, MINUS, MISSING = "\N{INFINITY}", "\N{MINUS SIGN}", "–"
DAY = "yyyy-MM-dd"
_DAYS = {"ja": "y年M月d日"}
"""How tables and sentences write a day where a language has a way of its own."""
MOST_QUOTED = 8
MOST_RATIO = 1_000_000
"""Hazard ratios beyond are of columns that tell leavers and stayers apart, and say no more than that."""
_PLURALS = ("zero", "one", "two", "few", "many", "other")


@runtime_checkable
class Sayable(Protocol):
    """A value that is itself a message."""

    def in_words(self, catalogue: "Catalogue") -> str:
        """Return it in the words of a catalogue."""


class Catalogue(Formatter):
    """The messages of one language, whose places are filled in as the language writes numbers, days and names.

    A place says how its value is written:

    - ``{n}``: a whole number with its thousands apart, a day as 2024-01-31 (2024年1月31日), names one after the other
    - ``{x:.1f}``: a number with one decimal; ``{x:.0%}``: a share; ``{x:p}``: a p value
    - ``{n:row|rows}``: the form that goes with the number, or with how many names there are, in the order of CLDR's
      plurals (one, two, few, many, other: those that the language has)
    - ``{day:MMMM y}``: a day by a pattern of CLDR, or ``long``
    - ``{names:or}``: names of which one is enough; ``{names:quoted}``: in quotation marks;
      ``{names:list.semicolon}``: with the words of that message between them
    - ``{x:model.}``: the message ``model.x``; ``{x:label}``: the label of a column of a model

    Parameters
    ----------
    language
        ``en``, ``ja``, or any other that CLDR knows.
    messages
        By key.
    labels
        Of covariates, by name.
    declared
        What else is declared of the covariates that a study brings itself, by name.
    """

    def __init__(
        self,
        language: str,
        messages: Mapping[str, str],
        labels: Mapping[str, str] | None = None,
        declared: Mapping[str, Any] | None = None,
    ) -> None:
        self.language = language
        self.messages = messages
        self.labels = labels or {}
        self.declared = declared or {}
        self._locale = Locale.parse(language)
        self._day = _DAYS.get(language, DAY)

    def text(self, key: str, /, **values: Any) -> str:
        """Return a message with its places filled in.

        Raises
        ------
        LookupError
            If there is no such message, or a place is left open.
        """
        if key not in self.messages:
            raise LookupError(f"There is no message '{key}' in '{self.language}'.")
        try:
            return self.vformat(self.messages[key], (), values)
        except KeyError as error:
            raise LookupError(f"Message '{key}' needs a value for {error}.") from None

    def __call__(self, key: str, /, **values: Any) -> str:
        """Return a message, as `text`: a catalogue is handed on as what says things."""
        return self.text(key, **values)

    def format_field(self, value: Any, format_spec: str) -> str:
        """Write one value as its place asks."""
        if isinstance(value, Sayable):
            return value.in_words(self)
        if "|" in format_spec:
            return self._form(len(value) if _is_list(value) else value, format_spec.split("|"))
        if _is_list(value):
            return self._listed(value, format_spec)
        if isinstance(value, str):
            return self._named(value, format_spec)
        if _is_missing(value):
            return MISSING
        if isinstance(value, dt.date):
            return format_date(value, format_spec or self._day, locale=self._locale)
        return self._number(value, format_spec)

    def label(self, column: str) -> str:
        """Return the label of a column of a model: its covariate's, with the level of an indicator."""
        name, _, level = column.partition(": ")
        covariate = self.labels.get(name, name)
        return self.text("list.level", covariate=covariate, level=self.level(name, level)) if level else covariate

    def level(self, covariate: str, level: str) -> str:
        """Return what a covariate's level is called; one that the source has named keeps its name."""
        return self.messages.get(f"level.{covariate}.{level}", self.messages.get(f"level.{level}", level))

    def count(self, value: float) -> str:
        """Write a whole number with thousands separated; a dash where it is missing."""
        return MISSING if _is_missing(value) else self._decimal(int(value), 0)

    def number(self, value: float, digits: int = 2) -> str:
        """Write a number with fixed decimals, a true minus sign (also of what rounds to zero from below), or a dash."""
        if _is_missing(value):
            return MISSING
        if math.isinf(value):
            return INFINITY if value > 0 else MINUS + INFINITY
        return self._decimal(round(value) if digits == 0 else value, digits)

    def share(self, value: float, digits: int = 1) -> str:
        """Write a share as a percentage; a dash where it is missing."""
        if _is_missing(value):
            return MISSING
        rounded = Decimal(f"{value:.{digits}%}".removesuffix("%")) / 100
        return format_percent(rounded, _pattern(digits) + "%", locale=self._locale).replace("-", MINUS)

    def money(self, value: float | Decimal, currency: str | None = None) -> str:
        """Write a sum of money, short: €2.22M, 1,330万円; without a currency as a number; a dash where missing."""
        if _is_missing(value):
            return MISSING
        if math.isinf(value):
            return self.number(float(value))
        number, unit = shortened(max(value, -value), self._locale)
        digits = max(0, -int(number.as_tuple().exponent))
        written = format_decimal(number, _pattern(digits), locale=self._locale) + unit
        sign = MINUS if value < 0 and number else ""
        return sign + with_currency(written, currency and isolated(currency), self._locale)

    def ratio(self, log_ratio: float) -> str:
        """Write the hazard ratio of a log hazard ratio; a dash where it is missing, a limit where nothing tells it."""
        if _is_missing(log_ratio):
            return MISSING
        if log_ratio > math.log(MOST_RATIO):
            return f"> {self._decimal(MOST_RATIO, 0)}"
        return self.number(math.exp(log_ratio))

    def ratio_span(self, log_low: float, log_high: float) -> str:
        """Write an interval of a hazard ratio, of its logs."""
        return self.text("list.span", low=self.ratio(log_low), high=self.ratio(log_high))

    def p_value(self, value: float) -> str:
        """Write a p value as statisticians read it."""
        if _is_missing(value):
            return MISSING
        return f"p < {self._decimal(0.001, 3)}" if value < 0.001 else f"p = {self._decimal(value, 3)}"

    def day(self, value: dt.date) -> str:
        """Write a day as tables have it."""
        return format_date(value, self._day, locale=self._locale)

    def span(self, low: float, high: float, digits: int = 2) -> str:
        """Write an interval."""
        return self.text("list.span", low=self.number(low, digits), high=self.number(high, digits))

    def listed(self, names: Sequence[str], between: str = "") -> str:
        """Write names one after the other with the language's comma, its ``and`` or ``or``, or a message between."""
        if between in ("and", "or"):
            return format_list(list(names), "or" if between == "or" else "standard", self._locale)
        if between:
            return self.text(between).join(names)
        return format_list(list(names), "standard-narrow", self._locale)  # type: ignore[arg-type]  # CLDR has it

    def _form(self, number: float, forms: Sequence[str]) -> str:
        there = [name for name in _PLURALS if name in {*self._locale.plural_form.tags, "other"}]
        return dict(zip(there, forms, strict=True))[self._locale.plural_form(number)]

    def _listed(self, values: Sequence[Any], spec: str) -> str:
        if spec == "quoted":
            quoted = [self.text("list.quoted", name=value) for value in values[:MOST_QUOTED]]
            more = len(values) - len(quoted)
            return self.text("list.more", names=quoted, more=more) if more else self.listed(quoted)
        between = spec if spec == "or" or spec in self.messages else ""
        return self.listed([self.format_field(value, "" if between else spec) for value in values], between)

    def _named(self, value: str, spec: str) -> str:
        if spec == "label":
            return self.label(value)
        if spec.endswith("."):
            return self.text(spec + value)
        return format(isolated(value), spec)

    def _number(self, value: Any, spec: str) -> str:
        if spec == "p":
            return self.p_value(value)
        if spec.endswith("%"):
            return self.share(value, int(spec.strip(".%")))
        if spec.endswith("f"):
            return self.number(value, int(spec.strip(".f")))
        if spec or isinstance(value, bool) or not isinstance(value, Real):
            return format(value, spec)
        if isinstance(value, Integral):
            return self._decimal(int(value), 0)
        return self._decimal(float(value), max(0, -int(Decimal(str(value)).as_tuple().exponent)))

    def _decimal(self, value: float, digits: int) -> str:
        """Round as Python does, by the number's own bits, and write the result as the language does."""
        rounded = Decimal(f"{value + 0.0:.{digits}f}")
        return format_decimal(rounded, _pattern(digits), locale=self._locale).replace("-", MINUS)


def _pattern(digits: int) -> str:
    return "#,##0" + ("." + "0" * digits if digits else "")


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple)


def _is_missing(value: Any) -> bool:
    try:
        return value is None or bool(value != value)
    except TypeError:  # pandas' own missing value, which compares as neither
        return True
