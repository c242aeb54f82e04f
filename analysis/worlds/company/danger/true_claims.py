"""True claims: what holds in a simulated world of the claims that practice makes, and by how much."""

import datetime as dt
import math

import duckdb
import numpy as np
import pandas as pd

from analysis.declared.factors import read_covariates
from analysis.worlds.company.danger.hazard import covariates_on, families, linear_predictor, world_study
from analysis.worlds.company.setting.scenario import Scenario, read_states, read_units

CLAIMS = tuple(f"C{number:02d}" for number in range(1, 23))
PROTECTING = ("rollout_surge",)
"""States that keep accounts from leaving, by their claim; all others are said to precede leaving."""

_RENEWALS = """
with versions as (
    select account_id, started_on, seats,
        lag(seats) over (partition by account_id order by started_on) as seats_before,
        lag(term_ends_on) over (partition by account_id order by started_on) as ended_before_on
    from world.subscriptions where seats is not null and kind = 'paid'
),
renewals as (
    select account_id, started_on, seats < seats_before as is_cut, seats > seats_before as is_raised
    from versions where started_on = ended_before_on
)
"""
_CONTRACTION = f"""{_RENEWALS}
select
    sum(cast(is_cut and idle_seats = 1 as integer)), sum(cast(idle_seats = 1 as integer)),
    sum(cast(is_cut and idle_seats = 0 as integer)), sum(cast(idle_seats = 0 as integer))
from renewals inner join truth.states
    on renewals.account_id = states.account_id and date_trunc('month', renewals.started_on - 1) = states.month
"""
_EXPANSION = f"""{_RENEWALS},
answered as (
    select renewals.*, surveys.score,
        row_number() over (
            partition by renewals.account_id, renewals.started_on order by surveys.responded_on desc, surveys.score
        ) as place
    from renewals inner join world.surveys
        on renewals.account_id = surveys.account_id and surveys.kind = 'nps'
        and surveys.responded_on < renewals.started_on
)
select
    sum(cast(is_raised and score >= 9 as integer)), sum(cast(score >= 9 as integer)),
    sum(cast(is_raised and score <= 6 as integer)), sum(cast(score <= 6 as integer))
from answered where place = 1
"""
_PHASE = """
with stays as (
    select account_id, min(started_on) as joined_on from world.subscriptions where kind = 'paid' group by account_id
),
aged as (
    select probability, date_diff('day', joined_on, month) as age from truth.hazard inner join stays using (account_id)
)
select
    sum(cast(probability as decimal(18, 9))) filter (where age < 90), count(*) filter (where age < 90),
    sum(cast(probability as decimal(18, 9))) filter (where age > 365), count(*) filter (where age > 365)
from aged
"""
_GREEN = """
with bands as (select account_id, scored_on, band from world.health_scores where component = 'total'),
leavers as (
    select account_id, min(notice_on) as noticed_on
    from world.subscriptions where end_reason = 'voluntary' group by account_id
),
last_bands as (
    select bands.band,
        row_number() over (partition by bands.account_id order by bands.scored_on desc) as place
    from bands inner join leavers on bands.account_id = leavers.account_id and bands.scored_on < leavers.noticed_on
)
select
    (select count(*) from last_bands where place = 1 and band = 'green'),
    (select count(*) from last_bands where place = 1),
    (select count(*) from bands where band = 'green'), (select count(*) from bands)
"""


def claims_table(con: duckdb.DuckDBPyConnection, scenario: Scenario) -> pd.DataFrame:
    """Say of each claim whether a finished world has it planted, by which way, and how strong it is there.

    Parameters
    ----------
    con
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
    last = con.execute("select max(month) from truth.hazard").fetchall()[0][0]
    if isinstance(last, dt.datetime):
        last = last.date()
    frame = covariates_on(con, last, scenario, world_study(scenario))
    keyed = con.execute("select * from truth.states where month = ? order by account_id", [last]).df()
    states = keyed.set_index("account_id").reindex(frame["account_id"]).reset_index()
    lines = [_through_hazard(con, claim, scenario, frame, states) for claim in CLAIMS if claim not in _OTHERS]
    lines += [of_claim(con, scenario, frame, states) for of_claim in _OTHERS.values()]
    lines += [_contraction(con, scenario), _expansion(con, scenario)]
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
    con: duckdb.DuckDBPyConnection, claim: str, scenario: Scenario, frame: pd.DataFrame, states: pd.DataFrame
) -> dict[str, object]:
    planted = _planted(scenario, claim)
    if not planted:
        return _line(claim, "none", "", math.nan, 0, False)
    effects = {name: size for name, (size, _) in planted.items()}
    agreeing = [size * sign > 0 for size, sign in planted.values() if sign]
    text = ", ".join(f"{name} {size:+g}" for name, size in effects.items())
    if all(name in read_states() for name in effects):
        some = " or ".join(f"{name} > 0" for name in effects)
        months = int(con.execute(f"select count(*) from truth.states where {some}").fetchall()[0][0])
        ratio = math.exp(sum(effects.values()))
    else:
        part = linear_predictor(frame, effects, read_covariates(), states).sum(axis=1)
        low, high = np.quantile(part, (0.1, 0.9)) if len(part) else (math.nan, math.nan)
        months, ratio = len(part), math.exp(high - low)
    return _line(claim, "hazard", text, ratio, months, bool(agreeing) and all(agreeing))


def _low_use_strong_relation(
    con: duckdb.DuckDBPyConnection, scenario: Scenario, frame: pd.DataFrame, states: pd.DataFrame
) -> dict[str, object]:
    parts = con.execute(f"select {', '.join(families())} from truth.hazard order by account_id, month").df()
    if parts["usage"].std() == 0 or parts["relationship"].std() == 0:
        return _line("C08", "none", "", math.nan, 0, False)
    low_use = parts[parts["usage"] >= parts["usage"].quantile(0.75)]
    relation = low_use["relationship"]
    hazard = np.exp(low_use.sum(axis=1))
    strong, weak = relation <= relation.quantile(0.25), relation >= relation.quantile(0.75)
    ratio = float(hazard[strong].mean() / hazard[weak].mean())
    return _line("C08", "hazard", "usage x relationship", ratio, int(strong.sum()), ratio < 1)


def _shares(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[float, int]:
    """Return the ratio of two shares, and how many the first is of."""
    some, of_some, others, of_others = (float(value or 0) for value in con.execute(sql).fetchall()[0])
    if not of_some or not of_others or not others:
        return (math.inf if some else math.nan), int(of_some)
    return (some / of_some) / (others / of_others), int(of_some)


def _contraction(con: duckdb.DuckDBPyConnection, scenario: Scenario) -> dict[str, object]:
    ratio, months = _shares(con, _CONTRACTION)
    return _line("C10", "contraction", "idle_seats", ratio, months, scenario.seats.contraction > 0)


def _expansion(con: duckdb.DuckDBPyConnection, scenario: Scenario) -> dict[str, object]:
    ratio, months = _shares(con, _EXPANSION)
    return _line("C11", "expansion", "pace of use", ratio, months, scenario.seats.expansion > 0)


def _first_months(
    con: duckdb.DuckDBPyConnection, scenario: Scenario, frame: pd.DataFrame, states: pd.DataFrame
) -> dict[str, object]:
    ratio, months = _shares(con, _PHASE)
    return _line("C12", "phase", "", ratio, months, ratio > 1)


def _same_in_all_segments(
    con: duckdb.DuckDBPyConnection, scenario: Scenario, frame: pd.DataFrame, states: pd.DataFrame
) -> dict[str, object]:
    return _line("C13", "none", "", math.nan, 0, False)


def _green_leavers(
    con: duckdb.DuckDBPyConnection, scenario: Scenario, frame: pd.DataFrame, states: pd.DataFrame
) -> dict[str, object]:
    covariates = {covariate.name: covariate.family for covariate in read_covariates()}
    family = covariates | {name: state.family for name, state in read_states().items()}
    is_missed = any(size and family[name] in ("relationship", "champion") for name, size in scenario.effects.items())
    ratio, leavers = _shares(con, _GREEN)
    return _line("C14", "hazard" if is_missed else "none", "", ratio, leavers, is_missed)


_OTHERS = {
    "C08": _low_use_strong_relation,
    "C12": _first_months,
    "C13": _same_in_all_segments,
    "C14": _green_leavers,
}
"""Claims that are no entry of the hazard."""
