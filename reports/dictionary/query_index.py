"""The index of queries: every table that SQL makes, what its rows are, its key, and from what it is made.

``python -m reports.dictionary.query_index`` writes it to ``queries/README.md``.
"""

import re
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from textwrap import fill

from analysis.cohort.grain import grain_of
from analysis.cohort.queries import ASKED, MONEY
from analysis.declared.contract import Table, read_contract
from analysis.declared.declaration import read_declaration, source_kinds
from analysis.engine.parsed import tables_read
from analysis.engine.query import Query, read_queries
from analysis.ingest.rules.apply import declared_rules
from analysis.ingest.rules.rule import KINDS

PURPOSES = {
    "measured": "Asked of a source, after the rules, to see what of it is measured. `facts` are the rows of one table, "
    "with the days on which they happen or last; `own_keys` and `other_keys` the two sides of a join.",
    "2_lifetimes": "Who was a customer from when to when, and how it ended.",
    "3_dates": "The days at risk, cut into intervals, and the landmarks on which forecasts are made.",
    "4_activity": "What several covariates share: use by day, business days, windows, terms in force.",
    "5_covariates": "What was known of a lifetime before a day: a query for each topic, all alike in shape. "
    "The `.toml` beside each says what its columns mean; `tenure covariates` prints it.",
    "6_cohorts": "What models are fitted to, and the changes and phases of lifetimes.",
    "7_audit": "Counts, and the proof that no interval is at fault.",
    ASKED: "Questions to a finished cohort; the answers are not kept in it. "
    "`facts` is what the asker hands over, `rule_findings` what the rules found.",
    MONEY: "Asked of a finished cohort, too: what is paid, in whole numbers that add up, and what falls due.",
    "worlds": "Asked of a simulated company alone, to see what is true in it.",
}
"""Of each folder, in the order in which they run."""

WIDTH = 120

_HEAD = """\
# The queries

Each file of SQL makes one table, named like the file. The folders of a cohort run in the order of their numbers; within
one, a query runs behind those whose tables it reads. Names in *italics* are tables of the contract, which your source
gives. The first line of a file says what one row is and which columns tell rows apart (its key); the lines after it, by
which rule it is made. `rules_of_time.md` has the rules that all of them keep, `glossary.md` the words, in English and
Japanese. Beside these tables a cohort holds what the load of the source writes: `given_names`, `not_measured`, `logs`,
`rule_findings`, `not_yet_known`, a `quarantine_` of each table of which rows were set apart, and `logs_that_stay` where
a log was not copied; and what the build says of itself: `built_from` (hashes) and `built_tables` (rows and a digest of
each table).

Made from the files by `python -m reports.dictionary.query_index`; a test holds it in step with them.
"""


def query_index() -> str:
    """Return the index of all queries as Markdown.

    Raises
    ------
    BuildError
        If the first line of a query does not say what one row is, and its key.
    """
    of_sources = {f"1_sources/{kind}": read_declaration(kind).description for kind in source_kinds()}
    sources, made = (
        [_section(folder, purpose, read_queries(folder)) for folder, purpose in part.items() if read_queries(folder)]
        for part in (of_sources, PURPOSES)
    )
    return "\n".join([_HEAD, _contract(), *sources, _checks(), *made])


def _section(folder: str, purpose: str, queries: Iterable[Query]) -> str:
    lines = [(f"`{query.name}`", *_grain(query), _names(query.reads)) for query in queries]
    return f"## {folder}\n\n{fill(purpose, WIDTH)}\n\n" + _table(("table", "one row is", "key", "made from"), lines)


def _grain(query: Query) -> tuple[str, str]:
    """Return what one row of a query is, and its key."""
    grain = grain_of(query)
    return grain.row, _code(grain.key or "none")


def _contract() -> str:
    lines = [
        (f"*{table.name}*", _code(", ".join(table.key) or "none"), _known(table), "required" if table.required else "")
        for table in read_contract().values()
    ]
    purpose = (
        "The tables that a source gives, in files of their shape or through a folder of its own. A row is known from "
        "the day after the one named here."
    )
    head = ("table", "key", "known after", "")
    return f"## 1_sources/contract.toml\n\n{fill(purpose, WIDTH)}\n\n" + _table(head, lines)


def _known(table: Table) -> str:
    return f"`{table.row_known_sql()}`" if table.row_known_sql() else "(always)"


def _checks() -> str:
    lines = [
        (
            f"`{rule.name}`",
            f"*{rule.table}*",
            _names(tables_read(rule.sql) - {rule.table}),
            rule.severity,
            str(rule.says),
        )
        for rule in declared_rules()
    ]
    purpose = (
        "Rules over the source's tables: each lists the rows (`row_id`) that break it. After an error nothing is "
        "built; rows in quarantine are set apart; a notice counts them."
    )
    head = ("rule", "of", "looks also at", "severity", "says")
    kinds = [(f"`{query.name}`", _grain(query)[0], _names(query.reads)) for query in read_queries(KINDS)]
    of_words = (
        "Kinds of rules that words of the contract ask for, in every table that has them; each finds rows among "
        "`facts`, which the word picks."
    )
    return (
        f"## checks\n\n{fill(purpose, WIDTH)}\n\n{_table(head, lines)}\n"
        f"## {KINDS}\n\n{fill(of_words, WIDTH)}\n\n{_table(('kind', 'finds', 'looks at'), kinds)}"
    )


def _names(tables: Iterable[str]) -> str:
    contract = read_contract()
    ordered = sorted(tables, key=lambda name: (name in contract, name))
    return ", ".join(f"*{name}*" if name in contract else f"`{name}`" for name in ordered)


def _code(columns: str) -> str:
    """Set the columns of a key as code; what is said of one in brackets stays text."""
    return columns if columns == "none" else re.sub(r"(\w+)(?=,|$| \()", r"`\1`", columns)


def _table(head: tuple[str, ...], lines: Iterable[tuple[str, ...]]) -> str:
    rows = [head, ("---",) * len(head), *lines]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |\n" for row in rows)


def main() -> None:
    """Write the index beside the queries."""
    path = Path(str(files("queries"))) / "README.md"
    path.write_text(query_index(), encoding="utf-8")
    print(f"The index of queries is in {path}.")


if __name__ == "__main__":
    main()
