"""Facts: everything dated that is known of an account, in one table."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from analysis.story.frames import FACTS
from analysis.story.scores import ScoresTold
from analysis.story.sentence import ENDINGS
from analysis.story.told import Told

ROLES = {"champion": "champion", "executive_sponsor": "sponsor", "buyer": "buyer", "admin": "administrator"}
_WORDS = {"no_show": "no show"}


def facts_of(
    told: Told, weeks: pd.DataFrame, band: pd.DataFrame, scores: ScoresTold, forecasts: pd.DataFrame
) -> pd.DataFrame:
    """Return the dated facts of an account, the earliest first.

    Parameters
    ----------
    told
        What is known of it.
    weeks
        As `analysis.story.frames.WEEKS`.
    band
        From `analysis.story.peers.PeerUse.band`.
    scores
        Its health score.
    forecasts
        As `analysis.story.frames.FORECASTS`.

    Returns
    -------
    DataFrame
        As `FACTS`.
    """
    parts = [*_contract(told), *_use(told, weeks, band), *_care(told), *_people(told)]
    parts.append(_facts(scores.table["scored_on"], "health score", _scored(scores), scores.table["value"]))
    parts.append(told.others[["day", "strand", "what", "value"]].assign(value=told.others["value"].astype(float)))
    until = forecasts["horizon_ends_on"].map(lambda day: f"probability of leaving by {day:%Y-%m-%d}")
    parts.append(_facts(forecasts["landmark"], "forecast", until, forecasts["probability"]))
    held = [part for part in parts if len(part)]
    if not held:
        return FACTS.empty()
    found = pd.concat(held, ignore_index=True).sort_values("day", kind="stable", ignore_index=True)
    return FACTS.checked(found)


def people_named(told: Told) -> pd.DataFrame:
    """Return the stays of contacts with a name for each, by the role in which they came: champion 1, sponsor 2."""
    people = told.people
    first = people.drop_duplicates("person")
    number = first.groupby("came_as").cumcount() + 1
    labels = dict(zip(first["person"], first["came_as"].map(ROLES) + " " + number.astype(str), strict=True))
    return people.assign(label=people["person"].map(labels).astype(object))


def _in_months(term: float) -> str:
    return "" if pd.isna(term) else f", {term:.0f} {'month' if term == 1 else 'months'}"


def _facts(day: pd.Series, strand: str, what: str | pd.Series, value: float | pd.Series = np.nan) -> pd.DataFrame:
    if not isinstance(value, pd.Series):
        value = pd.Series(value, index=day.index)
    numbers = value.astype(np.float64)
    found = pd.DataFrame({"day": day, "strand": strand, "what": what, "value": numbers})
    return found.reset_index(drop=True)


def _contract(told: Told) -> Iterable[pd.DataFrame]:
    versions, paid = told.versions, told.paid
    name = versions["product"].fillna("subscription")
    kind = versions["kind"].map({"paid": "", "trial": "trial of ", "free": "free "})
    term = versions["term_months"].map(_in_months)
    begun = np.where(versions["is_first"], "begins", np.where(versions["is_renewal"], "renewed", "changed"))
    yield _facts(versions["started_on"], "contract", kind + name + " " + begun + term)
    for column, what in (("notice_on", "notice given"), ("notice_withdrawn_on", "notice withdrawn")):
        given = versions[versions[column].notna()]
        yield _facts(given[column], "contract", name[given.index] + ": " + what)
    ended = versions[versions["ends_on"].notna()]
    yield _facts(ended["ends_on"], "contract", name[ended.index] + " ends")
    yield _facts(told.terms["renews_on"].dropna(), "contract", "the term in force ends")
    yield _facts(told.terms["notice_by"].dropna(), "contract", "last day for notice to end with it")
    yield _facts(paid["origin"], "contract", "becomes a customer")
    onboarded = told.stays["onboarding_completed_on"].dropna().drop_duplicates()
    yield _facts(onboarded, "contract", "onboarding completed")
    gone = paid[paid["ended_on"].notna()]
    yield _facts(gone["ended_on"], "contract", gone["cause"].map(ENDINGS).fillna("left"))
    levels = told.levels
    yield _facts(levels["level_from"], "seats", "seats paid", levels["seats"])
    yield _facts(levels["level_from"], "price", "price a month", levels["mrr"])


def _use(told: Told, weeks: pd.DataFrame, band: pd.DataFrame) -> Iterable[pd.DataFrame]:
    kind = np.where(weeks["is_whole"].astype(bool), "events in the week", "events in the week, not all of it told")
    yield _facts(weeks["week"], "use", pd.Series(kind, index=weeks.index), weeks["events"])
    usual = weeks[weeks["usual"].notna()]
    yield _facts(usual["week"], "use", "usual of the weeks before", usual["usual"])
    for name, what in (("low", "lower quartile"), ("middle", "median"), ("high", "upper quartile")):
        yield _facts(band["week"], "use", f"{what} of its peers, for as many seats", band[name])
    yield _facts(told.users["period_start"], "seats", "seats with use", told.users["users"])


def _care(told: Told) -> Iterable[pd.DataFrame]:
    touches, tickets = told.touches, told.tickets
    by = np.where(touches["whose"] == "automated", ", automated", ", by the " + touches["whose"])
    status = touches["status"].replace(_WORDS)
    yield _facts(touches["occurred_on"], "touches", touches["kind"].str.replace("_", " ") + by + ": " + status)
    category = tickets["category"].fillna("of no category").str.replace("_", " ")
    for what in ("opened", "escalated", "resolved", "reopened"):
        own = tickets[tickets[f"{what}_on"].notna()]
        yield _facts(own[f"{what}_on"], "tickets", f"ticket {what}: " + category[own.index])


def _people(told: Told) -> Iterable[pd.DataFrame]:
    people = people_named(told)
    role = people["role"].map(ROLES)
    begins = np.where(role == people["came_as"].map(ROLES), " comes", " becomes " + role)
    known = people["started_on"].notna()
    yield _facts(people["started_on"], "people", people["label"] + begins)[known.to_numpy()]
    ended = people[people["ended_on"].notna()]
    yield _facts(ended["ended_on"], "people", ended["label"] + " is no longer " + role[ended.index])
    late = ended[ended["end_known_on"] != ended["ended_on"]]
    yield _facts(late["end_known_on"], "people", late["label"] + " is known to be no longer " + role[late.index])


def _scored(scores: ScoresTold) -> pd.Series:
    coloured = scores.table["band"].map(lambda band: "" if pd.isna(band) else f", {band}").astype(object)
    return ("score by its definition" if scores.is_computed else "score published") + coloured
