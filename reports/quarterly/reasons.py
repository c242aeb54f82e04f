"""Reasons in words: the families that raise an account's forecast, and what carries them beside its past and peers."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.declared.factors import Covariate, read_covariates
from analysis.forecast.carriers import Carrier
from analysis.forecast.reasons import Reason
from analysis.wording.catalogue import MISSING, Catalogue

YES_OR_NO, SHARE = "yes or no", "share"
"""How the units of covariates begin whose values are said in another way than as numbers."""
SINCE_ORIGIN, CLOCK = "days since origin", "clock"
"""A unit, and a transform, of covariates that change from day to day by themselves: none of their values is usual."""


@dataclass(frozen=True, slots=True)
class CarrierLine:
    """A covariate that carries a reason, in words.

    Attributes
    ----------
    covariate
        What it is, and on which side of its peers it lies.
    value
        The account's own; '' where the name says it already.
    beside
        What is usual of the account, and of its peers; '' where nothing is.
    """

    covariate: str
    value: str = ""
    beside: str = ""


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """A reason in words.

    Attributes
    ----------
    family
        Its name.
    points
        By how many points it raises the probability.
    carriers
        What carries it.
    """

    family: str
    points: str
    carriers: tuple[CarrierLine, ...]


def reason_lines(text: Catalogue, reasons: tuple[Reason, ...], labels: Mapping[str, str]) -> list[ReasonLine]:
    """Put the reasons of an account into words.

    Parameters
    ----------
    text
        The language.
    reasons
        Largest first.
    labels
        Of covariates, by name.
    """
    declared: dict[str, Covariate] = {covariate.name: covariate for covariate in read_covariates()}
    declared.update(text.declared)
    return [
        ReasonLine(
            family=reason.family,
            points=text("accounts.points", points=100 * reason.share),
            carriers=tuple(_carrier(text, carrier, declared[carrier.covariate], labels) for carrier in reason.carriers),
        )
        for reason in reasons
    ]


def reasons_as_data(reasons: tuple[Reason, ...]) -> str:
    """Return the reasons of an account by the names of families and covariates, for a list that programs read."""
    return "; ".join(
        f"{reason.family} {reason.share:+.4f}: " + ", ".join(_carrier_as_data(carrier) for carrier in reason.carriers)
        for reason in reasons
    )


def _carrier_as_data(carrier: Carrier) -> str:
    told = {"now": carrier.value, "usual": carrier.usual, "peers": carrier.peers}
    numbers = [f"{name} {_short(value)}" for name, value in told.items() if value is not None]
    return " ".join([carrier.covariate, carrier.direction, f"({', '.join(numbers)})"]).replace("  ", " ")


def _short(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.4g}"


def _carrier(text: Catalogue, carrier: Carrier, covariate: Covariate, labels: Mapping[str, str]) -> CarrierLine:
    named = labels[carrier.covariate]
    if carrier.direction:
        named = text(f"accounts.{carrier.direction}", covariate=named)
    if covariate.unit.startswith(YES_OR_NO):
        return CarrierLine(named)
    value, usual, peers = (_value(text, told, covariate) for told in (carrier.value, carrier.usual, carrier.peers))
    if carrier.usual is None or covariate.unit == SINCE_ORIGIN or covariate.transform == CLOCK:
        return CarrierLine(named, value, text("accounts.beside_peers", peers=peers))
    return CarrierLine(named, value, text("accounts.beside_past_and_peers", usual=usual, peers=peers))


def _value(text: Catalogue, value: float | str | None, covariate: Covariate) -> str:
    if value is None or pd.isna(value):
        return MISSING
    if isinstance(value, str):
        return text.level(covariate.name, value)
    if covariate.unit.startswith(SHARE):
        return text.share(value, 0)
    return text.number(value, 0 if abs(value) >= 10 or float(value).is_integer() else 2)
