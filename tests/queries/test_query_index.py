"""queries/README.md: every table, its grain, its key, and what it is made from, as the files themselves say."""

import re
from pathlib import Path

import pytest

from analysis.declared.contract import read_contract
from analysis.engine.query import Query
from analysis.errors import BuildError
from reports.dictionary import query_index

ROOT = Path(__file__).parents[2] / "queries"
README = (ROOT / "README.md").read_text(encoding="utf-8")


def listed() -> dict[str, set[str]]:
    """Map each folder's section to the tables, or rules, that it lists first in its lines."""
    sections = re.split(r"^## (\S+)$", README, flags=re.MULTILINE)[1:]
    names = (set(re.findall(r"^\| `(\w+)` \|", body, flags=re.MULTILINE)) for body in sections[1::2])
    return dict(zip(sections[::2], names, strict=True))


def test_it_is_what_the_queries_say_today():
    assert query_index.query_index() == README, "queries/README.md is old: run python -m reports.dictionary.query_index"


def test_every_query_is_in_the_section_of_its_folder():
    in_files = {}
    for path in ROOT.rglob("*.sql"):
        in_files.setdefault(path.parent.relative_to(ROOT).as_posix(), set()).add(path.stem)
    assert {folder: names for folder, names in listed().items() if names} == in_files


def test_every_table_of_a_cohort_is_explained(sample_tenure):
    tables = set(sample_tenure.query("select table_name from information_schema.tables")["table_name"])
    explained = set(read_contract()).union(*listed().values()) | set(re.findall(r"`(\w+)`", README.split("##")[0]))
    assert {name for name in tables - explained if not name.startswith("quarantine_")} == set()


def test_grain_key_and_note_are_read_from_the_first_line():
    query = Query(
        "a", "b", "-- grain: stay (a long one); key: account_id, number (from 1); days [from, until)\nselect 1"
    )
    assert query_index._grain(query) == ("stay (a long one); days [from, until)", "`account_id`, `number` (from 1)")
    assert query_index._grain(Query("a", "b", "-- grain: one row; no key\nselect 1")) == ("one row", "none")


@pytest.mark.parametrize("header", ["-- grain: one row", "-- key: a", "", "-- rule: all\n-- grain: row; key: a"])
def test_a_query_that_does_not_say_its_key_is_refused(header):
    with pytest.raises(BuildError, match=r"first line of 2_lifetimes/stays\.sql must say what one row is, and its key"):
        query_index._grain(Query("stays", "2_lifetimes", f"{header}\nselect 1"))
