"""A small source of ten tables, good as it stands, from which mutants are made."""

import csv
import datetime as dt
import io
import random
from pathlib import Path

from duckdb import connect

from analysis.engine.query import read_queries

Files = dict[str, bytes]
Rows = list[list[str]]

STUDY = """
name = "mutant"

[source]
kind = "contract"
path = "data"

[time]
observation_start = 2023-01-01
snapshot = 2024-01-01
"""


def small_files(seed: int = 14, number_of_accounts: int = 40, share_that_leaves: float = 0.4) -> Files:
    """Return a good source as CSV files by name: accounts over two years, by default always the same forty."""
    draw = random.Random(seed)
    accounts, subscriptions, users, usage, contacts, touches, tickets, surveys, goals = ([] for _ in range(9))
    for number in range(number_of_accounts):
        account, seats = f"A{number:03}", draw.randint(5, 30)
        start = 19_200 + draw.randint(0, 300)
        end = start + draw.randint(200, 500) if draw.random() < share_that_leaves else None
        stop = min(end or 99_999, 19_722)
        accounts.append([account, draw.choice(["web", "shop"]), draw.choice(["emea", "apac"])])
        term = start
        while term < stop:
            is_last = term + 365 >= (end or 99_999)
            subscriptions.append([
                f"S{number:03}", account, day(term), day(term + 365), day(end) if end and is_last else "",
                day(end - 40) if end and is_last and end - 40 > term else "", "12", str(seats), str(seats * 20), "EUR",
            ])  # fmt: skip
            term += 365
        for k in range(3):
            users.append([f"U{number:03}{k}", account, draw.choice(["it", "sales"]), day(start + k)])
        contacts.append([f"C{number:03}", account, "champion", day(start + 3), "", f"U{number:03}0"])

        def moment(first: int = start + 5, last: int = stop) -> str:
            return day(draw.randint(first, max(first, last - 1)))

        rows = {(moment(), f"U{number:03}{draw.randint(0, 2)}", draw.choice(["search", "quote"])) for _ in range(25)}
        usage += [[account, *row, str(draw.randint(1, 9))] for row in sorted(rows)]
        for k in range(6):
            kind = draw.choice(["call", "email", "meeting"])
            touches.append([f"T{number:03}{k}", account, moment(), kind, "vendor", "held", f"C{number:03}", "5", "0.2"])
        tickets.append([f"K{number:03}", account, moment(), "", "bug", f"C{number:03}", "-0.5"])
        surveys.append([account, moment(), "nps", str(draw.randint(0, 10)), f"C{number:03}"])
        goals.append([account, f"G{number:03}", day(start + 10), day(start + 150)])
    return {
        "accounts.csv": text([["account_id", "segment", "region"], *accounts]),
        "subscriptions.csv": text([
            ["subscription_id", "account_id", "started_on", "term_ends_on", "ended_on", "notice_on", "term_months",
             "seats", "mrr", "currency"], *subscriptions,
        ]),
        "users.csv": text([["user_id", "account_id", "department", "created_on"], *users]),
        "usage_daily.csv": text([["account_id", "used_on", "user_id", "feature", "events"], *usage]),
        "contacts.csv": text([["contact_id", "account_id", "role", "started_on", "ended_on", "user_id"], *contacts]),
        "touchpoints.csv": text([
            ["touchpoint_id", "account_id", "occurred_on", "kind", "initiated_by", "status", "contact_id",
             "response_hours", "sentiment"], *touches,
        ]),
        "tickets.csv": text([
            ["ticket_id", "account_id", "opened_on", "resolved_on", "category", "contact_id", "sentiment"], *tickets,
        ]),
        "surveys.csv": text([["account_id", "responded_on", "kind", "score", "contact_id"], *surveys]),
        "goals.csv": text([["account_id", "goal_id", "defined_on", "due_on"], *goals]),
        "study.toml": STUDY.encode(),
    }  # fmt: skip


def day(number: int) -> str:
    """Return the ISO day of so many days since 1970."""
    return str(dt.date(1970, 1, 1) + dt.timedelta(days=number))


def text(rows: Rows) -> bytes:
    """Return rows as a CSV file."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue().encode("utf-8", "surrogatepass")


def rows_of(content: bytes) -> Rows:
    """Return the rows of a CSV file, whatever its bytes."""
    return list(csv.reader(io.StringIO(content.decode("utf-8", "replace"))))


def write_files(folder: Path, files: Files) -> Path:
    """Write a source and its study, and return the study's path."""
    (folder / "data").mkdir(parents=True)
    for name, content in files.items():
        (folder / "data" / name if name != "study.toml" else folder / name).write_bytes(content)
    return folder / "study.toml"


def covariates_of(cohort: Path) -> dict[str, list[tuple]]:
    """Return the rows of every table of covariates in a cohort, and of its lifetimes, in one order."""
    names = [query.name for folder in ("2_lifetimes", "3_dates", "5_covariates") for query in read_queries(folder)]
    with connect(str(cohort), read_only=True) as con:
        return {name: con.execute(f"from {name} order by all").fetchall() for name in names}
