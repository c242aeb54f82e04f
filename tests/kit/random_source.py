"""A random source of few accounts in which every table of use, relationships and champions is filled.

Nothing in it means anything. Much happens on month starts, where covariates are asked for, and much reaches the log
days or weeks after it happened, so that a query that looks ahead by a day has something to see.
"""

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from random_draw import ACCOUNTS, BEGINS, ENDS, SPAN, Draw
from random_use import REGIONS, add_hours, random_features, random_holidays, random_usage, random_users, with_gaps

from analysis.declared.contract import SQL_TYPES, read_contract


def random_subscriptions(rng: np.random.Generator, accounts: int) -> pd.DataFrame:
    """Return the versions of all subscriptions: first what was signed, then what became of it."""
    return _with_changes(rng, _signed(rng, accounts))


def _signed(rng: np.random.Generator, accounts: int) -> pd.DataFrame:
    """Most stay, some leave with or without notice, some of whom come back half a year later."""
    draw = Draw(rng, accounts)
    days = (-200 + (SPAN + 110) * rng.random(accounts) ** 2).astype(int)  # more of them early
    begun = pd.Series(pd.Timestamp(BEGINS) + pd.to_timedelta(days, unit="D"))
    ended = (begun + pd.to_timedelta(rng.integers(200, 500, size=accounts), unit="D")).where(rng.random(accounts) < 0.4)
    first = pd.DataFrame(
        {
            "subscription_id": draw.key("s"),
            "account_id": np.char.add("a", np.arange(accounts).astype(str)),
            "started_on": begun,
            "term_ends_on": begun + pd.Timedelta(days=365),
            "ended_on": ended,
            "notice_on": (ended - pd.Timedelta(days=40)).where(rng.random(accounts) < 0.5),
            "notice_period_days": draw.choice(30, 60),
            "term_months": 12,
        }
    )
    back = first[ended.notna()].iloc[::2]
    again = back.assign(
        subscription_id=back["subscription_id"] + "-again",
        started_on=back["ended_on"] + pd.Timedelta(days=180),
        term_ends_on=back["ended_on"] + pd.Timedelta(days=545),
        ended_on=pd.NaT,
        notice_on=pd.NaT,
    )
    return pd.concat([first, again[again["started_on"] < pd.Timestamp(ENDS)]])


def _with_changes(rng: np.random.Generator, signed: pd.DataFrame) -> pd.DataFrame:
    """Return subscriptions most of which are changed on some day, and beside half of them a second one, often shorter.

    Seats, prices and products are few, so that some changes are exactly a fifth and some cancel out; not all are given.
    """
    rows = []
    for subscription in signed.to_dict("records"):
        rows += _versions(rng, subscription)
        if rng.random() < 0.5:
            started_on, ends_on = (subscription["started_on"] + _days(rng, most) for most in (120, 400))
            beside = {"subscription_id": f"{subscription['subscription_id']}-beside", "started_on": started_on}
            if started_on < ends_on < _changeable_until(subscription):
                beside |= {"ended_on": ends_on, "notice_on": pd.NaT}
            rows += _versions(rng, subscription | beside)
    return pd.DataFrame(rows)


def _versions(rng: np.random.Generator, signed: dict) -> list[dict]:
    """Return a subscription as signed, and as signed anew on up to three days, often month starts, before its end."""
    until = _changeable_until(signed)
    later = [signed["started_on"] + _days(rng, 400) for _ in range(rng.integers(4))]
    later = [day.replace(day=1) if rng.random() < 0.5 else day for day in later]
    starts = sorted({day for day in [signed["started_on"], *later] if signed["started_on"] <= day < until})
    few = {"product": ["x", "x", "y", None], "seats": [10, 10, 8, 7, 12, None], "mrr": [100, 100, 80, 79, None]}
    return [
        signed
        | {name: values[rng.integers(len(values))] for name, values in few.items()}
        | {"started_on": day, "term_ends_on": max(signed["term_ends_on"], day + pd.Timedelta(days=30))}
        | ({"ended_on": pd.NaT, "notice_on": pd.NaT} if day < starts[-1] else {})
        for day in starts
    ]


def _days(rng: np.random.Generator, at_most: int) -> pd.Timedelta:
    return pd.Timedelta(days=int(rng.integers(1, at_most)))


def _changeable_until(signed: dict) -> pd.Timestamp:
    """Return the day of its notice or end, or that on which the source ends."""
    return min(day for day in (signed["notice_on"], signed["ended_on"], pd.Timestamp(ENDS)) if not pd.isna(day))


def _announced(rng: np.random.Generator, days: pd.Series, known_on: pd.Series, share: float = 0.1) -> pd.Series:
    """Return the days on which things became known; for a share of them, up to 20 days before they happened."""
    before = days - pd.to_timedelta(rng.integers(1, 21, size=len(days)), unit="D")
    return known_on.mask(rng.random(len(days)) < share, before)


def _contacts(rng: np.random.Generator, rows: int = 1200) -> pd.DataFrame:
    """Few people with several roles one after the other, so that some leave one and stay in another.

    Some come and go on a day that was announced, a few have always been there, one account in ten names neither
    champions nor sponsors, and half of the others have so few that there often is none.
    """
    draw, beside = Draw(rng, rows), rng.spawn(1)[0]
    account, started_on = draw.account(), draw.day()
    ended_on = draw.later(started_on, 120, share=0.9)
    frame = pd.DataFrame(
        {
            "contact_id": [
                f"{name}-c{number}" for name, number in zip(account, rng.integers(15, size=rows), strict=True)
            ],
            "account_id": account,
            "role": draw.choice("champion", "champion", "executive_sponsor", "buyer", "admin", "admin"),
            "started_on": started_on.mask(beside.random(rows) < 0.03),
            "ended_on": ended_on,
            "department": draw.choice(None, "it", "hr", "law", "sales", "finance", "service", "plant", "research"),
            "known_on": _announced(beside, started_on, draw.later(started_on, 40, share=0.5)),
            "ended_known_on": _announced(beside, ended_on, draw.later(ended_on, 60)),
        }
    )
    frame["role"] = frame["role"].mask(frame["account_id"].str.endswith("3"), "buyer")
    is_one_of_many = frame["account_id"].str[-1].isin(list("02468")) & (beside.random(rows) < 0.85)
    frame["role"] = frame["role"].mask(is_one_of_many & frame["role"].isin(["champion", "executive_sponsor"]), "admin")
    return frame.drop_duplicates(["contact_id", "role", "started_on"])


def _touchpoints(rng: np.random.Generator, rows: int = 10000) -> pd.DataFrame:
    """Half of them name a contact, most often the first of the account."""
    draw = Draw(rng, rows)
    account, occurred_on = draw.account(), draw.day()
    number = np.where(rng.random(rows) < 0.75, 0, rng.integers(15, size=rows))
    days_to_response = (draw.later(occurred_on, 25, share=0.6) - occurred_on).dt.days
    return pd.DataFrame(
        {
            "touchpoint_id": draw.key("t"),
            "account_id": account,
            "occurred_on": occurred_on,
            "kind": draw.choice("call", "email", "handover"),
            "initiated_by": draw.choice("vendor", "customer"),
            "status": draw.choice("held", "cancelled", "no_show", None),
            "automated": draw.choice(True, False, None),
            "contact_id": pd.Series([f"{name}-c{c}" for name, c in zip(account, number, strict=True)]).where(
                rng.random(rows) < 0.5
            ),
            "response_hours": (24 * days_to_response - 12).clip(lower=1),  # known when that day is over
            "sentiment": draw.sentiment(share=0.3),
            "known_on": _announced(rng.spawn(1)[0], occurred_on, draw.later(occurred_on, 20, share=0.2), 0.04),
        }
    )


def _tickets(rng: np.random.Generator, rows: int = 2500) -> pd.DataFrame:
    """Some are written down so late that their escalation may be of before the account's stay."""
    draw, late = Draw(rng, rows), Draw(rng.spawn(1)[0], rows)
    opened_on = draw.day()
    resolved_on = draw.later(opened_on, 20, share=0.98)
    reopened_on = draw.later(resolved_on, 150, share=0.2) + pd.offsets.MonthBegin(0)
    return pd.DataFrame(
        {
            "ticket_id": draw.key("k"),
            "account_id": draw.account(),
            "opened_on": opened_on,
            "resolved_on": resolved_on,
            "reopened_on": reopened_on.fillna(draw.later(opened_on, 10, share=0.2)),
            "category": pd.Series(
                draw.choice("bug", "complaint", "feature_request", "contract", "cancellation", "how_to")
            ).where(late.rng.spawn(1)[0].random(rows) < 0.8),
            "escalated_on": draw.later(opened_on, 60),
            "requester_seniority": draw.choice("staff", "Manager", "director", None),
            "sentiment": draw.sentiment(share=0.7),
            "known_on": _announced(
                late.rng,
                opened_on,
                late.later(opened_on + pd.Timedelta(days=20), 50, share=0.15).fillna(
                    draw.later(opened_on, 20, share=0.2)
                ),
            ),
        }
    )


def _surveys(rng: np.random.Generator, rows: int = 1200) -> pd.DataFrame:
    draw = Draw(rng, rows)
    responded_on = draw.day()
    return pd.DataFrame(
        {
            "account_id": draw.account(),
            "responded_on": responded_on,
            "kind": draw.choice("nps", "nps", "csat"),
            "score": rng.integers(0, 11, size=rows),
            "known_on": _announced(rng.spawn(1)[0], responded_on, draw.later(responded_on, 20, share=0.2)),
        }
    )


def _goals(rng: np.random.Generator, rows: int = 200) -> pd.DataFrame:
    """Some are known of late, some set on no day that anybody knows of."""
    draw = Draw(rng, rows)
    defined_on = draw.day()
    return pd.DataFrame(
        {
            "account_id": draw.account(),
            "goal_id": draw.key("g"),
            "defined_on": defined_on.where(rng.random(rows) < 0.9),
            "achieved_on": draw.later(defined_on, 100, share=0.95),
            "value_shown_on": draw.later(defined_on, 250, share=0.7),
            "known_on": draw.later(defined_on, 60, share=0.6),
        }
    )


def _attributes(rng: np.random.Generator, rows: int = 1000) -> pd.DataFrame:
    draw = Draw(rng, rows)
    valid_from = draw.day()
    frame = pd.DataFrame(
        {
            "account_id": draw.account(),
            "attribute": draw.choice("segment", "touch_model", "mood"),
            "value": draw.choice("high", "low", "tech", "other"),
            "valid_from": valid_from,
            "known_on": draw.later(valid_from, 40, share=0.4),
        }
    )
    return frame.drop_duplicates(["account_id", "attribute", "valid_from"])


def _health_scores(rng: np.random.Generator, rows: int = 6000) -> pd.DataFrame:
    """Many are known of late; some are no totals, or not of an account."""
    draw = Draw(rng, rows)
    scored_on = draw.day()
    return pd.DataFrame(
        {
            "account_id": draw.account(),
            "scored_on": scored_on,
            "component": draw.choice("total", "total", "usage"),
            "value": rng.integers(0, 101, size=rows),
            "level": draw.choice("account", "account", None, "user"),
            "known_on": draw.later(scored_on, 20, share=0.4),
        }
    )


def _regions(rng: np.random.Generator, rows: int = 60) -> pd.DataFrame:
    """Some accounts move, and some of that is learned late, or told of again for the same day or an earlier one."""
    draw = Draw(rng, rows)
    valid_from = draw.day()
    frame = pd.DataFrame(
        {
            "account_id": draw.account(),
            "attribute": "region",
            "value": draw.choice(*REGIONS),
            "valid_from": valid_from,
            "known_on": draw.later(valid_from, 90, share=0.5),
        }
    )
    return frame.drop_duplicates(["account_id", "attribute", "valid_from"])


def _accounts(rng: np.random.Generator, subscriptions: pd.DataFrame) -> pd.DataFrame:
    """Many complete their onboarding within months of their first day, or of their first day after they came back."""
    began = subscriptions.groupby("account_id")["started_on"].agg(rng.choice).reset_index()
    draw = Draw(rng, len(began))
    return began[["account_id"]].assign(onboarding_completed_on=draw.later(began["started_on"], 120, share=0.7))


def write_random_source(path: Path, seed: int) -> dict[str, tuple[str, ...]]:
    """Write the contract's tables into a DuckDB file and return those that are filled, each with its columns."""
    rng = np.random.default_rng(seed)
    subscriptions = random_subscriptions(rng, ACCOUNTS)
    frames = {
        "accounts": _accounts(rng, subscriptions),
        "subscriptions": subscriptions,
        "usage_daily": random_usage(rng),
        "contacts": _contacts(rng),
        "touchpoints": _touchpoints(rng),
        "tickets": _tickets(rng),
        "surveys": _surveys(rng),
        "goals": _goals(rng),
        "account_attributes": _attributes(rng),
        "users": random_users(rng),
        "features": random_features(rng),
        "holidays": random_holidays(rng),
        "health_scores": _health_scores(np.random.default_rng([seed, 1])),
    }
    frames["usage_daily"] = add_hours(rng, with_gaps(rng.spawn(1)[0], frames["usage_daily"]))
    regions = np.array([*REGIONS, None], dtype=object)[rng.integers(4, size=ACCOUNTS)]
    frames["accounts"] = frames["accounts"].assign(region=regions)
    frames["account_attributes"] = pd.concat([frames["account_attributes"], _regions(rng.spawn(1)[0])])
    con = duckdb.connect(str(path), config={"threads": 1})
    for table in read_contract().values():
        columns = ", ".join(f"{column.name} {SQL_TYPES[column.type]}" for column in table.columns)
        con.execute(f"create table {table.name} ({columns})")
        if table.name in frames:
            con.register("frame", frames[table.name])
            con.execute(f"insert into {table.name} by name select * from frame")
            con.unregister("frame")
    con.close()
    return {name: tuple(frame.columns) for name, frame in frames.items()}
