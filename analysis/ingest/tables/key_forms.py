"""Key forms: one and the same identifier, written differently by tools, is brought to one form in all tables."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from analysis.declared.contract import Column, Table
from analysis.engine.engine import Engine
from analysis.ingest.findings import Finding
from analysis.ingest.tables.cells import SPACE
from analysis.wording.remarks import Remark, remark

_SHOWN = 5
# What no key looks like that every tool writes alike: only these are looked at more closely.
_SUSPECT = rf"^=|^{SPACE}|{SPACE}$|[^ -~]|\.0+$|[0-9]E\+[0-9]|-[0-9A-Fa-f]{{12}}\}}?$"
_SCIENTIFIC = r"-?[0-9](\.[0-9]+)?[eE]\+[0-9]+"
_NAMES = {"feature"}
_WHOLE = r"-?(0|[1-9][0-9]*)"
_UUID = r"\{?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}?"


@dataclass(frozen=True, slots=True)
class Place:
    """A column that holds an identifier; `is_key` where it alone tells the rows of its table apart."""

    table: str
    column: str
    is_key: bool


def identifiers(contract: dict[str, Table], given: dict[str, tuple[str, ...]]) -> dict[str, list[Place]]:
    """Return the given columns that hold an identifier, by what they identify: a parent is an account, too."""
    found = defaultdict(list)
    for name, columns in given.items():
        table = contract[name]
        for column in table.columns:
            if column.name in columns and is_identifier(column):
                kind = column.name.removeprefix("parent_")
                found[kind].append(Place(name, column.name, table.key == (column.name,)))
    return dict(found)


def is_identifier(column: Column) -> bool:
    """Say whether a column holds an identifier."""
    return column.type == "text" and (
        column.name.endswith("_id") or column.name in _NAMES or column.references is not None
    )


def unify_keys(engine: Engine, contract: dict[str, Table], given: dict[str, tuple[str, ...]]) -> list[Finding]:
    """Bring identifiers to one form, in place.

    Space about them goes, and what spreadsheets put around numbers to keep them (``="007"``); letters are composed. A
    whole number with decimals (``7.0``) becomes one without, and a UUID one in lower case without braces, where any of
    the same identifiers is written so elsewhere. ``007`` is not 7.

    Returns
    -------
    list of Finding
        How many cells were rewritten, by column; an error, and nothing rewritten, where two keys would become one;
        keys that a spreadsheet has cut to a few digits.
    """
    findings = []
    for places in identifiers(contract, given).values():
        suspects = [place for place in places if _has_any(engine, place, _SUSPECT)]
        if suspects:
            for form in _FORMS:
                findings += _unify(engine, places, suspects, form)
            findings += [cut for place in suspects if (cut := _cut_short(engine, place))]
    return findings


@dataclass(frozen=True, slots=True)
class _Form:
    """A way to write identifiers: SQL that writes ``<key>`` so, and whether it asks for another that is so already."""

    name: str
    says: str
    sql: str
    needs_another: bool

    def of(self, place: Place) -> str:
        return self.sql.replace("<key>", place.column)


_BARE = rf"regexp_replace(regexp_replace(<key>, '^=\"(.*)\"$', '\1'), '^{SPACE}+|{SPACE}+$', '', 'g')"
_FORMS = (
    _Form("key_is_tidied", "ingest.key_form.is_tidied", f"nullif(nfc_normalize({_BARE}), '')", needs_another=False),
    _Form(
        "key_has_decimals",
        "ingest.key_form.has_decimals",
        rf"regexp_replace(<key>, '^({_WHOLE})\.0+$', '\1')",
        needs_another=True,
    ),
    _Form(
        "key_is_a_uuid",
        "ingest.key_form.is_a_uuid",
        f"case when regexp_full_match(<key>, '{_UUID}') then lower(trim(<key>, '{{}}')) else <key> end",
        needs_another=True,
    ),
)


def _has_any(engine: Engine, place: Place, pattern: str) -> bool:
    return engine.value(
        f"select count(*) from {place.table} where {place.column} = '' or regexp_matches({place.column}, '{pattern}')"
    )


def _unify(engine: Engine, places: Collection[Place], suspects: Collection[Place], form: _Form) -> list[Finding]:
    """Rewrite the cells of one identifier whose form is another, unless two keys of one table would become one."""
    changed = {place: found for place in suspects if (found := _changed(engine, place, form))}
    if not changed or (form.needs_another and not _are_written_so(engine, places, changed, form)):
        return []
    for place in changed:
        if place.is_key and (merged := _merged(engine, place, form)):
            says = remark("ingest.keys_become_one.says", column=place.column)
            mend = remark("ingest.keys_become_one.mend")
            return [Finding("keys_become_one", place.table, "error", says, mend, len(merged), tuple(merged))]
    findings = []
    for place, (rows, examples) in changed.items():
        new = form.of(place)
        engine.run(f"update {place.table} set {place.column} = {new} where {place.column} is distinct from {new}")
        says = Remark(form.says, (("column", place.column),))
        findings.append(Finding(form.name, place.table, "notice", says, remark("ingest.key_form.mend"), rows, examples))
    return findings


def _changed(engine: Engine, place: Place, form: _Form) -> tuple[int, tuple[str, ...]] | None:
    """Return how many cells would be rewritten, and the first five as they are and as they would be."""
    rows = (
        f"select {place.column} as old, {form.of(place)} as new, count(*) as n from {place.table} "
        f"where {place.column} is distinct from {form.of(place)} group by all"
    )
    n = engine.value(f"select sum(n) from ({rows})")
    if not n:
        return None
    found = engine.rows(f"select old, new from ({rows}) order by old limit {_SHOWN}")
    return int(n), tuple(f"{old!r} → {new or ''!r}" for old, new in found)


def _are_written_so(engine: Engine, places: Collection[Place], changed: Collection[Place], form: _Form) -> bool:
    """Say whether any identifier that would be rewritten is written so already, in the same or another column."""
    rewritten = " union ".join(
        f"select {form.of(place)} as key from {place.table} where {place.column} is distinct from {form.of(place)}"
        for place in changed
    )
    written = " union ".join(f"select {place.column} as key from {place.table}" for place in places)
    return bool(engine.value(f"select count(*) from (({rewritten}) intersect ({written}))"))


def _merged(engine: Engine, place: Place, form: _Form) -> list[str]:
    """Return the first keys of a table of which several would become one."""
    found = engine.rows(
        f"select list_sort(list(distinct {place.column})) as spellings from {place.table} "
        f"where {place.column} is not null group by {form.of(place)} having len(spellings) > 1 "
        f"order by spellings limit {_SHOWN}"
    )
    return [", ".join(repr(key) for key in both) for (both,) in found]


def _cut_short(engine: Engine, place: Place) -> Finding | None:
    is_cut = f"regexp_full_match({place.column}, '{_SCIENTIFIC}')"
    n = engine.value(f"select count(*) from {place.table} where {is_cut}")
    if not n:
        return None
    found = engine.rows(f"select distinct {place.column} from {place.table} where {is_cut} order by all limit {_SHOWN}")
    says, mend = remark("ingest.key_is_cut_short.says", column=place.column), remark("ingest.key_is_cut_short.mend")
    return Finding("key_is_cut_short", place.table, "notice", says, mend, n, tuple(repr(key) for (key,) in found))
