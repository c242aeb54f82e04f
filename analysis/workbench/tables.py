"""Tables: what a study's cohort holds, table by table: what one row is, from what it is made, and its rows."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from analysis.cohort.build import FOLDERS
from analysis.cohort.frames import SCHEMAS
from analysis.cohort.grain import grain_of
from analysis.cohort.queries import queries_of
from analysis.declared.contract import read_contract
from analysis.declared.factors import Covariate
from analysis.engine.engine import Engine
from analysis.engine.quoting import quoted
from analysis.errors import BuildError
from analysis.figures.display import Display
from analysis.wording.nearest import nearest
from analysis.workbench.rows import Rows
from analysis.workbench.source_tables import ROWS, meanings_of, seen_after

OF_THE_LOAD = {
    "given_names": ("table, or column of one, that the source gives and that measures something", "name"),
    "not_measured": ("table or column that the source gives and that does not measure what it is for", "name"),
    "logs": ("table of the source that is a log, with the days between which it is one", "table_name"),
    "rule_findings": ("rule about the source that some rows break", "rule"),
    "logs_that_stay": ("log of use that was not copied, with its files and what was done to its rows", "table_name"),
    "not_yet_known": ("table of the source, with how many of its rows were learned after the snapshot", "table_name"),
    "built_from": ("what the cohort was built from, with its hash", "part"),
    "built_tables": ("table of the cohort, with its rows and a digest of them", "name"),
}
"""What the load of a source, and the build, write beside the tables of queries: what one row is, and its key."""
_TALL = "max-height: 40em; overflow-y: auto"
QUARANTINE = "quarantine_"
"""Before the name of a source table: its rows that were set apart."""


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a table before it is looked into.

    Attributes
    ----------
    layer
        The folder of ``queries/`` that makes it; ``source``, or ``load``.
    reads
        Tables that it is made from.
    sql
        The text of its query; empty where no query makes it.
    """

    layer: str
    row: str
    key: str
    reads: tuple[str, ...] = ()
    sql: str = ""


def in_singular(row: str) -> str:
    """Return what one row is, with its article.

    Examples
    --------
    >>> in_singular("interval of a lifetime"), in_singular("lifetime"), in_singular("the study, one line")
    ('an interval of a lifetime', 'a lifetime', 'the study, one line')
    """
    if row.startswith("the "):
        return row
    return f"{'an' if row[0] in 'aeiou' else 'a'} {row}"


class Table(Rows):
    """One table of a cohort: its rows, and what they are.

    Attributes
    ----------
    about : About
    """

    def __init__(self, cohort: Callable[[], Engine], name: str, about: About, meanings: Mapping[str, str]) -> None:
        super().__init__(cohort, f"select * from {quoted(name)}", f"{name}: one row is {in_singular(about.row)}")
        self.name, self.about, self._meanings = name, about, meanings

    @property
    def query(self) -> str:
        """The text of the query that makes it; empty for tables of the source and of the load."""
        return self.about.sql

    def describe(self) -> Display:
        """Return its columns: type, whether each is part of the key, and what it means where that is declared."""
        key = {name.strip() for name in self.about.key.split("(")[0].split(",")}
        table = pd.DataFrame(
            {
                "column": list(self.columns),
                "type": [kind.lower() for kind in self.columns.values()],
                "in_key": [name in key for name in self.columns],
                "meaning": [self._meanings.get(name, "") for name in self.columns],
            }
        )
        made = f"Made by {self.about.layer}/{self.name}.sql from {', '.join(self.about.reads)}."
        seen = seen_after(read_contract()[self.name]) if self.name in read_contract() else ""
        return Display(self.title, table, notes=(made,) if self.about.sql else (seen,) if seen else ())


class Tables(Mapping[str, Table]):
    """The tables of a cohort by name: ``study.tables.lifetimes``, or ``study.tables["lifetimes"]``."""

    def __init__(
        self, cohort: Callable[[], Engine], covariates: Collection[Covariate], stay: Collection[str] = ()
    ) -> None:
        self._opened = cohort
        self._stay = stay
        self._meanings = {
            covariate.name: f"{covariate.label_en}, {covariate.unit} ({covariate.family})" for covariate in covariates
        }

    @cached_property
    def _about(self) -> dict[str, About]:
        with self._opened() as engine:
            there = engine.tables("main")
        said = _all_about()
        return {name: said.get(name) or _set_apart(name) for name in sorted(there, key=lambda name: _place(name, said))}

    def __getitem__(self, name: str) -> Table:
        """Return a table.

        Raises
        ------
        BuildError
            If there is none of the name: the nearest are named.
        """
        if name not in self._about:
            raise BuildError(
                f"The cohort has no table '{name}'. {nearest(name, self._about, listed_by='study.tables')}"
            )
        own = {field.name: field.says for field in SCHEMAS[name].fields} if name in SCHEMAS else {}
        own |= meanings_of(read_contract()[name]) if name in read_contract() else {}
        return Table(self._opened, name, self._about[name], self._meanings | own)

    def __getattr__(self, name: str) -> Table:
        """Return a table by its name as an attribute."""
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self[name]
        except BuildError as error:
            raise AttributeError(str(error)) from None

    def __dir__(self) -> list[str]:
        """Name the tables, for completion by tab."""
        return [*super().__dir__(), *self._about]

    def __iter__(self) -> Iterator[str]:
        """Go through the names, from the source to the audits."""
        return iter(self._about)

    def __len__(self) -> int:
        """Count the tables."""
        return len(self._about)

    def frame(self) -> pd.DataFrame:
        """Return table, layer, what one row is, key, number of rows, and from what each is made.

        A log that stays where it lies has no number of rows here.
        """
        with self._opened() as engine:
            rows = [pd.NA if name in self._stay else engine.count(quoted(name)) for name in self]
        about = self._about.values()
        return pd.DataFrame(
            {
                "table": list(self),
                "layer": [one.layer for one in about],
                "rows": pd.array(rows, dtype="Int64") if self._stay else rows,
                "one_row_is": [one.row for one in about],
                "key": [one.key for one in about],
                "made_from": [", ".join(one.reads) for one in about],
            }
        )

    def _shown(self) -> Display:
        notes = ("study.tables.<name> shows rows; .describe() explains columns; .query is its SQL; .frame() has all.",)
        return Display("Tables of the cohort, in the order in which they are made", self.frame(), notes=notes)

    def __repr__(self) -> str:
        """Return the list of tables as text."""
        return repr(self._shown())

    def _repr_html_(self) -> str:
        """Return the list of tables as HTML; it scrolls, for they are many."""
        return f'<div style="{_TALL}">{self._shown().as_html()}</div>'


def _all_about() -> dict[str, About]:
    """Return what is known of every table that some cohort may have, in the order in which they are made."""
    found = {table.name: About("source", ROWS[table.name], ", ".join(table.key)) for table in read_contract().values()}
    found |= {name: About("load", row, key) for name, (row, key) in OF_THE_LOAD.items()}
    for query in queries_of(FOLDERS):
        grain = grain_of(query)
        found[query.name] = About(query.folder, grain.row, grain.key, tuple(sorted(query.reads)), query.sql)
    return found


def _set_apart(name: str) -> About:
    if name.startswith(QUARANTINE):
        return About("load", f"row of {name.removeprefix(QUARANTINE)} that a rule set apart", "")
    return About("load", "row", "")


def _place(name: str, said: Mapping[str, About]) -> tuple[int, str]:
    return (list(said).index(name) if name in said else len(said), name)
