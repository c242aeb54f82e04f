"""True claims: what holds in a simulated world of the claims that practice makes, and by how much."""

import datetime as dt
import math

import numpy as np
import pandas as pd

from analysis.declared.factors import read_covariates
from analysis.engine.engine import Engine
from analysis.engine.query import read_query
from analysis.worlds.company.danger.hazard import covariates_on, families, linear_predictor, world_study
from analysis.worlds.company.setting.scenario import Scenario, read_states, read_units

CLAIMS = tuple(f"C{number:02d}" for number in range(1, 23))
PROTECTING = ("rollout_surge",)
"""States that keep accounts from leaving, by their claim; all others are said to precede leaving."""


def claims_table(engine: Engine, scenario: Scenario) -> pd.DataFrame:
    """Say of each claim whether a finished world has it planted, by which way, and how strong it is there.

    Parameters
    ----------
    engine
        Holds the world's tables in schema ``world``, use of the last months at least, and the truth in ``truth``.
    scenario
        Of the world.

    Returns
    -------
    DataFrame
        claim (C10 and C11 have a line for each way), through (hazard, contraction, expansion, phase, none), effects
        (those planted, signed), hazard_ratio, account_months (rows behind the ratio; for states, with the state),
        holds (planted in the expected direction). See Notes for the ratios; NaN where nothing can be divided.

    Notes
    -----
    hazard_ratio is that of the claim's part of the log hazard, its 90th against its 10th percentile over the accounts
    at risk on the last first of a month; of a claim made of states alone, 1 against 0, and account_months are those of
    the whole time. C08: the mean hazard of low use (the most dangerous quarter of the usage part) with the strongest
    quarter of relations, against the weakest quarter. Through contraction (C10): the share of renewals with fewer
    seats, idle against not. Through expansion (C11): the share with more, by the last NPS, promoters against
    detractors; both follow the pace of use, which no score causes. Through phase (C12): the mean probability of leaving
    in a month, age under 90 days against over 365. C14: the share of leavers last called green, against that of all.
    """
    last = engine.value("select max(month) from truth.hazard")
    if isinstance(last, dt.datetime):
        last = last.date()
    frame = covariates_on(engine, last, scenario, world_study(scenario))
    keyed = engine.frame("select * from truth.states where month = $month order by account_id", {"month": last})
    states = keyed.set_index("account_id").reindex(frame["account_id"]).reset_index()
    lines = [_through_hazard(engine, claim, scenario, frame, states) for claim in CLAIMS if claim not in _OTHERS]
    lines += [of_claim(engine, scenario, frame, states) for of_claim in _OTHERS.values()]
    lines += [_contraction(engine, scenario), _expansion(engine, scenario)]
    return pd.DataFrame(lines).sort_values(["claim", "through"], ascending=[True, False], ignore_index=True)


def _line(claim: str, through: str, effects: str, ratio: float, months: int, holds: bool) -> dict[str, object]:
    return {
        "claim": claim,
        "through": through,
        "effects": effects,
        "hazard_ratio": ratio,
        "account_months": months,
        "holds": bool(holds),
    }


def _planted(scenario: Scenario, claim: str) -> dict[str, tuple[float, int]]:
    """Return size and expected sign (0: none) of the planted effects of a claim, by name."""
    signs = {"+": 1, "-": -1, "?": 0}
    expected = {
        c.name: signs[c.expected_sign] for c in read_covariates() if c.claim == claim and c.name in read_units()
    }
    for name, state in read_states().items():
        if state.claim == claim:
            expected[name] = -1 if name in PROTECTING else 1
    return {name: (scenario.effects[name], sign) for name, sign in expected.items() if scenario.effects.get(name)}


def _through_hazard(
    engine: Engine, claim: str, scenario: Scenario, frame: pd.DataFrame, states: pd.DataFrame
) -> dict[str, object]:
    planted = _planted(scenario, claim)
    if not planted:
        return _line(claim, "none", "", math.nan, 0, False)
    effects = {name: size for name, (size, _) in planted.items()}
    agreeing = [size * sign > 0 for size, sign in planted.values() if sign]
    text = ", ".join(f"{name} {size:+g}" for name, size in effects.items())
    if all(name in read_states() for name in effects):
        some = " or ".join(f"{name} > 0" for name in effects)
        months = engine.value(f"select count(*) from truth.states where {some}")
        ratio = math.exp(sum(effects.values()))
    else:
        part = linear_predictor(frame, effects, read_covariates(), states).sum(axis=1)
        low, high = np.quantile(part, (0.1, 0.9)) if len(part) else (math.nan, math.nan)
        months, ratio = len(part), math.exp(high - low)
    return _line(claim, "hazard", text, ratio, months, bool(agreeing) and all(agreeing))


def _low_use_strong_relation(
    engine: Engine, scenario: Scenario, frame: pd.DataFrame, states: pd.DataFrame
) -> dict[str, object]:
    parts = engine.frame(f"select {', '.join(families())} from truth.hazard order by account_id, month")
    if parts["usage"].std() == 0 or parts["relationship"].std() == 0:
        return _line("C08", "none", "", math.nan, 0, False)
    low_use = parts[parts["usage"] >= parts["usage"].quantile(0.75)]
    relation = low_use["relationship"]
    hazard = np.exp(low_use.sum(axis=1))
    strong, weak = relation <= relation.quantile(0.25), relation >= relation.quantile(0.75)
    ratio = float(hazard[strong].mean() / hazard[weak].mean())
    return _line("C08", "hazard", "usage x relationship", ratio, int(strong.sum()), ratio < 1)


def _shares(engine: Engine, query: str, change: str = "") -> tuple[float, int]:
    """Return the ratio of two shares, and how many the first is of, from a query of ``queries/worlds``."""
    table = engine.ask(read_query(f"worlds/{query}"))
    (line,) = (table[table["change"] == change] if change else table).itertuples()
    names = ("hits", "of_hits", "others", "of_others")
    hits, of_hits, others, of_others = (float(getattr(line, name)) for name in names)
    if not of_hits > 0 or not of_others > 0 or not others > 0:
        return (math.inf if hits > 0 else math.nan), int(np.nan_to_num(of_hits))
    return (hits / of_hits) / (others / of_others), int(of_hits)


def _contraction(engine: Engine, scenario: Scenario) -> dict[str, object]:
    ratio, months = _shares(engine, "seats_at_renewal", "contraction")
    return _line("C10", "contraction", "idle_seats", ratio, months, scenario.seats.contraction > 0)


def _expansion(engine: Engine, scenario: Scenario) -> dict[str, object]:
    ratio, months = _shares(engine, "seats_at_renewal", "expansion")
    return _line("C11", "expansion", "pace of use", ratio, months, scenario.seats.expansion > 0)


def _first_months(engine: Engine, scenario: Scenario, frame: pd.DataFrame, states: pd.DataFrame) -> dict[str, object]:
    ratio, months = _shares(engine, "leaving_by_age")
    return _line("C12", "phase", "", ratio, months, ratio > 1)


def _same_in_all_segments(
    engine: Engine, scenario: Scenario, frame: pd.DataFrame, states: pd.DataFrame
) -> dict[str, object]:
    return _line("C13", "none", "", math.nan, 0, False)


def _green_leavers(engine: Engine, scenario: Scenario, frame: pd.DataFrame, states: pd.DataFrame) -> dict[str, object]:
    covariates = {covariate.name: covariate.family for covariate in read_covariates()}
    family = covariates | {name: state.family for name, state in read_states().items()}
    is_missed = any(size and family[name] in ("relationship", "champion") for name, size in scenario.effects.items())
    ratio, leavers = _shares(engine, "last_called_green")
    return _line("C14", "hazard" if is_missed else "none", "", ratio, leavers, is_missed)


_OTHERS = {
    "C08": _low_use_strong_relation,
    "C12": _first_months,
    "C13": _same_in_all_segments,
    "C14": _green_leavers,
}
"""Claims that are no entry of the hazard."""
