"""Campaign: what keeping accounts costs and brings."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.errors import ModelError


@dataclass(frozen=True, slots=True)
class Campaign:
    """What keeping accounts costs and brings, in one currency.

    A churner who is contacted takes the offer with probability gamma ~ Beta(alpha, beta), and stays; all others who are
    contacted take it, too, and would have stayed anyway.

    Attributes
    ----------
    lifetime_value
        Of an account that is kept (CLV).
    offer_cost
        Of the offer, where it is taken (d).
    contact_cost
        Of a contact (f).
    alpha, beta
        Of the probability that a churner takes the offer: its mean is alpha / (alpha + beta).

    Notes
    -----
    Verbraken, Verbeke and Baesens (2013), IEEE Trans. Knowl. Data Eng. 25, 961, whose values for customers of a
    telephone company are the defaults; a study's own are needed before the amounts mean anything.
    """

    lifetime_value: float = 200.0
    offer_cost: float = 10.0
    contact_cost: float = 1.0
    alpha: float = 6.0
    beta: float = 14.0

    def __post_init__(self) -> None:
        """Refuse what no campaign can be.

        Raises
        ------
        ModelError
            If a cost is negative, the value is not above the offer's cost, or the distribution has no shape.
        """
        if not (min(self.offer_cost, self.contact_cost) >= 0 and self.offer_cost + self.contact_cost > 0):
            raise ModelError(f"A campaign's costs are 0 or more, and not both 0: {self}.")
        if not self.lifetime_value > self.offer_cost:
            raise ModelError(f"A campaign keeps accounts that are worth more than the offer costs: {self}.")
        if not (self.alpha > 0 and self.beta > 0):
            raise ModelError(f"The chance that a churner takes the offer needs alpha and beta above 0: {self}.")

    @property
    def save_rate(self) -> float:
        """Mean probability that a churner who is contacted takes the offer."""
        return self.alpha / (self.alpha + self.beta)

    @property
    def wrong(self) -> float:
        """Cost of contacting an account that would have stayed."""
        return self.offer_cost + self.contact_cost

    def right(self, gamma: float | NDArray[np.float64]) -> float | NDArray[np.float64]:
        """Return the gain of contacting a churner who takes the offer with probability gamma."""
        return gamma * (self.lifetime_value - self.offer_cost) - self.contact_cost

    @property
    def threshold(self) -> float:
        """Risk from which a contact pays at the mean save rate; 1 where it never does."""
        return self.wrong / (self.wrong + max(float(self.right(self.save_rate)), 0.0))

    def with_terms(self, save_rate: float, contact_cost: float) -> "Campaign":
        """Return the campaign with another mean save rate, as sure of it, and another cost of a contact."""
        sure = self.alpha + self.beta
        return Campaign(self.lifetime_value, self.offer_cost, contact_cost, sure * save_rate, sure * (1 - save_rate))
