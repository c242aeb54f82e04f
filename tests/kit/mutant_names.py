"""Mutant names: nasty strings as the ids, labels and column names of a source that is good otherwise."""

import random

from mutant_source import Files, Rows, rows_of, text
from mutant_studies import as_toml
from nasty_strings import NASTY

LABELS = {
    "accounts.csv": ("segment", "region"), "users.csv": ("department",), "usage_daily.csv": ("feature",),
    "contacts.csv": ("role",), "touchpoints.csv": ("kind", "status"), "tickets.csv": ("category",),
    "surveys.csv": ("kind",), "subscriptions.csv": ("currency",),
}  # fmt: skip
IDS = ("account_id", "user_id", "contact_id", "ticket_id", "goal_id", "subscription_id", "touchpoint_id")
MORE = {
    "accounts.csv": ("name", "plan", "parent_account_id", "touch_model"), "tickets.csv": ("severity",),
    "usage_daily.csv": ("nasty",), "subscriptions.csv": ("plan", "churn_reason", "end_reason"),
}  # fmt: skip
"""Columns that are added, of the contract and of none."""


def nasty_labels(draw: random.Random, files: Files) -> list[str]:
    """Put nasty strings for the labels of one to three columns: for each label its own."""
    return [_renamed(draw, files, name, column) for name, column in _some(draw, LABELS)]


def nasty_ids(draw: random.Random, files: Files) -> list[str]:
    """Give some ids of a kind nasty names, the same in every table; in one of three draws in one table alone."""
    column, everywhere = draw.choice(IDS), draw.random() < 0.67
    names: dict[str, str] = {}
    for name in sorted(files):
        rows = _rows(files, name)
        if column in rows[0]:
            place = rows[0].index(column)
            for row in rows[1:]:
                if row[place] not in names:
                    names[row[place]] = f"{draw.choice(NASTY)}{len(names)}" if draw.random() < 0.3 else row[place]
                row[place] = names[row[place]]
            files[name] = text(rows)
            if not everywhere:
                break
    return [column]


def nasty_columns(draw: random.Random, files: Files) -> list[str]:
    """Add one to three columns of nasty strings."""
    done = []
    for name, column in _some(draw, MORE):
        rows, few = _rows(files, name), draw.sample(NASTY, 3)
        if column not in rows[0]:
            rows[0].append(column)
            for row in rows[1:]:
                row.append(draw.choice(few))
            files[name] = text(rows)
        done.append(column)
    return done


def nasty_names(draw: random.Random, files: Files) -> list[str]:
    """Name a file, or a column of one, by a nasty string."""
    odd = draw.choice(NASTY)
    if draw.random() < 0.5:
        files[odd.replace("/", "_").replace("\x00", "_")[:80] + ".csv"] = files[draw.choice(sorted(LABELS))]
        return ["file"]
    name = draw.choice(sorted(LABELS))
    rows = _rows(files, name)
    rows[0].append(odd)
    for row in rows[1:]:
        row.append(draw.choice(NASTY))
    files[name] = text(rows)
    return ["column"]


def nasty_cells(draw: random.Random, files: Files) -> list[str]:
    """Put nasty strings anywhere, in a few cells."""
    done = []
    for _ in range(draw.randint(1, 4)):
        name = draw.choice(sorted(name for name in files if name.endswith(".csv")))
        rows = _rows(files, name)
        place = draw.randrange(len(rows[0]))
        draw.choice(rows[1:])[place] = draw.choice(NASTY)
        files[name] = text(rows)
        done.append(f"{name}.{rows[0][place]}")
    return done


def nasty_title(draw: random.Random, files: Files) -> list[str]:
    """Give a study a nasty title."""
    files["study.toml"] = as_toml({"title": draw.choice(NASTY)}).encode() + files["study.toml"]
    return ["title"]


def _rows(files: Files, name: str) -> Rows:
    rows = rows_of(files[name]) if name.endswith(".csv") else []
    return rows or [[]]


def _some(draw: random.Random, columns: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return draw.sample([(name, column) for name in columns for column in columns[name]], draw.choice([1, 1, 2, 3]))


def _renamed(draw: random.Random, files: Files, name: str, column: str) -> str:
    rows = _rows(files, name)
    place = rows[0].index(column)
    few = draw.sample(NASTY, 5)
    names = {label: few[k % 5] for k, label in enumerate(sorted({row[place] for row in rows[1:]}))}
    spread = draw.random() < 0.5
    for row in rows[1:]:
        row[place] = draw.choice(few) if spread else names[row[place]]
    files[name] = text(rows)
    return f"{name}.{column}"


NAMES = (nasty_labels, nasty_labels, nasty_ids, nasty_columns, nasty_names, nasty_cells, nasty_title)
