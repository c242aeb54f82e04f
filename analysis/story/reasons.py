"""Reasons: why an account's last forecast was what it was, in words."""

from collections.abc import Mapping

import pandas as pd

from analysis.declared.factors import Covariate
from analysis.forecast.carriers import Carrier
from analysis.forecast.reasons import Explanation


def reasons_told(last: pd.Series, why: Explanation | None, covariates: Mapping[str, Covariate]) -> list[str]:
    """Return a forecast and its reasons, a sentence each.

    Parameters
    ----------
    last
        A row of `analysis.story.frames.FORECASTS`.
    why
        Its explanation; None where there is none.
    covariates
        By name.
    """
    said = f"Last forecast, from {last['landmark']:%Y-%m-%d}: {last['probability']:.1%} to leave by "
    said += f"{last['horizon_ends_on']:%Y-%m-%d}"
    if why is None:
        return [f"{said}; why is not told, for it has no peers, or is not among the most likely to leave."]
    said += f"; its peers on the renewal clock {why.peers:.1%}"
    if not why.reasons:
        return [f"{said}. No family raises it above theirs."]
    return [f"{said}. What raises it:", *(
        f"  {reason.family} +{100 * reason.share:.1f} points: "
        + "; ".join(_carrier(one, covariates[one.covariate]) for one in reason.carriers)
        for reason in why.reasons
    )]  # fmt: skip


def _carrier(carrier: Carrier, covariate: Covariate) -> str:
    beside = [f"peers {_value(carrier.peers, carrier.direction)}"] if carrier.peers is not None else []
    if carrier.usual is not None and carrier.direction in ("high", "low"):
        beside.append(f"usual {_value(carrier.usual, carrier.direction)}")
    own = f"{covariate.label_en}: {_value(carrier.value, carrier.direction)}"
    return f"{own} ({', '.join(beside)})" if beside else own


def _value(value: float | str | None, direction: str) -> str:
    if value is None or isinstance(value, str):
        return value or "unknown"
    if direction in ("yes", "no"):
        return "yes" if value else "no"
    return f"{value:,.0f}" if value == round(value) or abs(value) >= 100 else f"{value:.2g}"
