"""Sources under other names: every id is another, and rows are written in the order of the new ones."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

KINDS = {
    "id": "account",
    "parent_account_id": "account",
    **{f"{kind}_id": kind for kind in (
        "account", "subscription", "user", "contact", "touchpoint", "ticket", "goal", "intervention"
    )},
}  # fmt: skip
"""Which column holds ids, and of what."""

NewNames = Callable[[int], list]
"""Return new ids, as many as are asked for: the first is for the id that sorts first."""


def reversed_integers(n: int) -> list[int]:
    """Return numbers that sort the other way round, below 32,768."""
    return [n - k for k in range(n)]


def random_words(n: int) -> list[str]:
    """Return ids of random letters, of different lengths."""
    rng = np.random.default_rng(n)
    return [f"{''.join(rng.choice(list('abXYZ/é'), 3 + rng.integers(9)))}{k}" for k in rng.permutation(n)]


@dataclass(frozen=True, slots=True)
class Renamed:
    """A folder whose ids were renamed, and the old name of each new one, by kind."""

    folder: Path
    old: Mapping[str, Mapping[str, str]] = field(repr=False)

    def accounts_back(self, names: pd.Series) -> pd.Series:
        """Return the old ids of accounts, of lifetimes (``account#1``) or clusters."""
        parts = names.astype(str).str.rpartition("#") if names.astype(str).str.contains("#").all() else None
        if parts is None:
            return names.astype(str).map(self.old["account"])
        return parts[0].map(self.old["account"]) + "#" + parts[2]


def renamed(source: Path, target: Path, new_names: NewNames) -> Renamed:
    """Write the tables of a folder (CSV and Parquet) to another one, under other ids."""
    target.mkdir()
    con = duckdb.connect()
    tables = {path: con.sql(f"from '{path}'") for path in sorted([*source.glob("*.parquet"), *source.glob("*.csv")])}
    seen: dict[str, set] = {}
    for path, table in tables.items():
        for column in KINDS.keys() & set(table.columns):
            values = con.sql(f"select distinct {column} from '{path}' where {column} is not null").fetchall()
            seen.setdefault(KINDS[column], set()).update(value for (value,) in values)
    new = {kind: dict(zip(sorted(ids), new_names(len(ids)), strict=True)) for kind, ids in seen.items()}
    for kind, names in new.items():
        lookup = pd.DataFrame({"old": list(names), "new": list(names.values())})
        con.register(f"of_{kind}", lookup)
    for path, table in tables.items():
        columns = [
            f"(select new from of_{KINDS[name]} where old = t.{name}) as {name}" if name in KINDS else name
            for name in table.columns
        ]
        con.execute(f"copy (select {', '.join(columns)} from '{path}' as t order by all) to '{target / path.name}'")
    return Renamed(target, {kind: {str(to): str(of) for of, to in names.items()} for kind, names in new.items()})
