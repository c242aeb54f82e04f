"""Told amount: a sum of money as a value of a remark, which each language writes in its own way."""

from dataclasses import dataclass

from analysis.wording.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class ToldAmount:
    """A sum of money that a remark tells.

    Attributes
    ----------
    value
        The sum.
    currency
        That it is in, by its three letters; None where neither data nor study name one.
    """

    value: float
    currency: str | None = None

    def in_words(self, catalogue: Catalogue) -> str:
        """Return it short, with its currency, as the language of a catalogue writes it: €2.22M, 222万ユーロ."""
        return catalogue.money(self.value, self.currency)
