"""Amounts: sums of money as a page says them: three digits that count, in the units and the place of the language."""

from decimal import ROUND_HALF_EVEN, Decimal

from babel import Locale
from babel.numbers import get_currency_name, get_currency_symbol

DIGITS = 3
"""That count, of what is not written in whole units."""
_NAMED_AFTER = {"ja"}
"""Languages that write the currency's name after the number (1,330万円), not its sign before it."""
_SHORT_NAMES = {("ja", "JPY"): "円", ("ja", "CHF"): "スイスフラン"}
"""Where CLDR's name is not what is said after a number."""
_LETTERS = {"K": "k"}
"""Units as they are written here: CLDR's thousand is the kelvin."""


def shortened(value: float | Decimal, locale: Locale) -> tuple[Decimal, str]:
    """Return a number of 0 or more in the unit in which it is short, and that unit: 133,000 is 133 and ``k``.

    Three digits count, and zeros at the end are left out; below the first unit of the language it is whole.

    Examples
    --------
    >>> shortened(2_216_000, Locale("en")), shortened(13_300_000, Locale("ja")), shortened(999_600, Locale("en"))
    ((Decimal('2.22'), 'M'), (Decimal('1330'), '万'), (Decimal('1'), 'M'))
    """
    exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    rounded = _rounded(exact)
    units = {int(size): pattern.pattern for size, pattern in locale.compact_decimal_formats["short"]["other"].items()}
    below = [size for size in units if size <= rounded]
    pattern = units[max(below)] if below else "0"
    if pattern == "0":
        return exact.quantize(Decimal(1), ROUND_HALF_EVEN), ""
    zeros = pattern.count("0")
    unit = pattern.strip("0").replace("'", "")
    found = rounded.scaleb(zeros - 1 - Decimal(max(below)).adjusted())
    whole = found.quantize(Decimal(1)) if found == found.to_integral_value() else found.normalize()
    return whole, _LETTERS.get(unit, unit)


def with_currency(number: str, currency: str | None, locale: Locale) -> str:
    """Return a number that is written already with its currency, as the language places it; as it is without one."""
    if not currency:
        return number
    if locale.language in _NAMED_AFTER:
        return number + _SHORT_NAMES.get((locale.language, currency), get_currency_name(currency, locale=locale))
    sign = get_currency_symbol(currency, locale)
    if locale.currency_formats["standard"].pattern.endswith("¤"):
        return f"{number}\N{NO-BREAK SPACE}{sign}"
    return f"{sign}\N{NO-BREAK SPACE}{number}" if sign[-1].isalpha() else sign + number


def _rounded(value: Decimal) -> Decimal:
    step = Decimal(1).scaleb(max(value.adjusted() - DIGITS + 1, 0)) if value >= 1 else Decimal(1)
    return value.quantize(step, ROUND_HALF_EVEN)
