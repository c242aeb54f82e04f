"""Logs that stay: what a cohort holds in place of a log that was not copied into it, and how it is read again."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from analysis.declared.contract import read_contract
from analysis.declared.study import Study
from analysis.declared.study_parts import LogEngine
from analysis.engine.elsewhere import Elsewhere, Step
from analysis.engine.engine import Engine
from analysis.engine.places import Files, Named, Place, StayingTable
from analysis.engine.query import Query
from analysis.engine.quoting import literal
from analysis.engine.spark import open_spark
from analysis.errors import BuildError
from analysis.progress import Progress, quiet

STAYS = "logs_that_stay"
"""The table that says of each such log where it lies within the source, its files, and what was done to its rows."""
_INSTEAD = (
    "only what is counted of them is in the cohort, such as usage_account_day, user_counts and feature_counts. Read "
    "these, or build with --engine duckdb."
)


@contextmanager
def opened_elsewhere(
    asked: LogEngine, engine: Engine, folder: Path, progress: Progress, threads: int | None = None
) -> Iterator[Elsewhere | None]:
    """Open the other engine that a study asks for, and end with it; None where it asks for none.

    Parameters
    ----------
    asked
        What the study asks for.
    engine
        The store of the cohort.
    folder
        For what goes between engines; a folder that both see.
    progress
        Told that it is opened.
    threads
        Of a Spark on this machine.

    Raises
    ------
    BuildError
        If there is no such engine here.
    """
    if asked.kind != "spark":
        yield None
        return
    for name in ("to", "from"):
        (folder / name).mkdir(parents=True)
    progress(f"opening Spark ({asked.master})")
    with open_spark(asked.master, folder / "from", threads) as spark:
        yield Elsewhere(engine, spark, folder / "to")


def write_logs_that_stay(engine: Engine, elsewhere: Elsewhere, source: Path) -> None:
    """Note what has stayed elsewhere, and let each such log refuse to be read here: it is not empty.

    Parameters
    ----------
    engine
        The finished cohort.
    elsewhere
        Where logs stay.
    source
        The place of the source, in which they lie.
    """
    if not elsewhere.taken:
        return
    engine.run(f"create table {STAYS} (table_name varchar, place varchar, steps varchar)")
    for name, table in sorted(elsewhere.taken.items()):
        told = _told(table.place, source) | {"columns": table.columns}
        steps = [asdict(step) for step in elsewhere.steps if step.table == name]
        engine.run(
            f"insert into {STAYS} values ($name, $place, $steps)",
            {"name": name, "place": json.dumps(told), "steps": json.dumps(steps, default=str)},
        )
        engine.run(f"drop table {name}")
        columns = ", ".join(
            f"cast(null as {column.sql_type}) as {column.name}" for column in read_contract()[name].columns
        )
        refuses = f"error({literal(f'The rows of {name} stay where they are: {_INSTEAD}')}) is null"
        engine.run(f"create view {name} as select {columns} from (select 1 as one) where {refuses}")


def _told(place: Place, source: Path) -> dict[str, Any]:
    """Return what is noted of a place; of files, all within the source, so that this may be moved."""
    if isinstance(place, Named):
        return {"named": asdict(place)}
    sizes = {part.relative_to(source).as_posix(): part.stat().st_size for part in place.parts}
    return {"root": place.root.relative_to(source).as_posix(), "parts": sizes, "arrived": place.arrived}


def refuse_readers(queries: Sequence[Query], elsewhere: Elsewhere) -> None:
    """Refuse a study's own queries that read a log which is not here: they would find it empty.

    Raises
    ------
    BuildError
        With the first, and what it may read.
    """
    for query in queries:
        for name in sorted(query.reads & elsewhere.taken.keys()):
            raise BuildError(f"{query.path} reads {name}, whose rows stay where they are: {_INSTEAD}")


@dataclass(frozen=True, slots=True)
class StayingLog:
    """A log that a cohort does not hold.

    Attributes
    ----------
    table
        Where it lies, and its columns.
    sizes
        Of each of its files, in bytes, when the cohort was built; none where it goes by a name.
    steps
        What was done to its rows.
    """

    table: StayingTable
    sizes: tuple[int, ...]
    steps: tuple[Step, ...]


def logs_that_stay(engine: Engine, source: Path) -> dict[str, StayingLog]:
    """Return the logs that a cohort does not hold, by name.

    Parameters
    ----------
    engine
        The cohort.
    source
        The place of the source.
    """
    if STAYS not in engine.tables("main"):
        return {}
    found = {}
    for name, told, steps in engine.rows(f"select table_name, place, steps from {STAYS} order by table_name"):
        own = json.loads(told)
        columns = {column: (kind, called) for column, (kind, called) in own["columns"].items()}
        table = StayingTable(_place_again(own, source), columns)
        sizes = tuple(own.get("parts", {}).values())
        found[name] = StayingLog(table, sizes, tuple(map(_step_again, json.loads(steps))))
    return found


def _place_again(told: dict[str, Any], source: Path) -> Place:
    if "named" in told:
        return Named(**told["named"])
    return Files(source / told["root"], tuple(source / part for part in told["parts"]), told["arrived"])


def _step_again(told: dict[str, Any]) -> Step:
    return Step(**told | {"parameters": {name: _day_again(value) for name, value in told["parameters"].items()}})


def _day_again(value: Any) -> Any:
    """Return the day that a parameter was, which is written as text; anything else as it is."""
    try:
        return dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        return value


@contextmanager
def opened_again(
    study: Study, logs: Mapping[str, StayingLog], engine: Engine, folder: Path, threads: int | None
) -> Iterator[Elsewhere]:
    """Open the other engine, in which the logs that a cohort does not hold are read as they were when it was built.

    Parameters
    ----------
    study
        Of the cohort.
    logs
        Those that it does not hold.
    engine
        In which the cohort is read.
    folder
        For what goes between engines; a folder that both see.
    threads
        Of a Spark on this machine.

    Raises
    ------
    BuildError
        If the study asks for no other engine, or a file of a log is gone, or has another size, or a table that goes by
        a name there is no longer what it was.
    """
    refuse_changed_logs(logs)
    with opened_elsewhere(study.engine, engine, folder, quiet, threads) as elsewhere:
        if elsewhere is None:
            raise BuildError(
                f"Study '{study.name}' was built with its log of use left where it is, which is read by Spark. Say so "
                '([engine] kind = "spark", or --engine spark), or build again into another folder (--out).'
            )
        for name, log in logs.items():
            _refuse_changed_table(log.table.place, elsewhere)
            elsewhere.take(name, log.table)
            engine.leave(name, elsewhere)
            for step in log.steps:
                elsewhere.take_step(step)
        yield elsewhere


def refuse_changed_logs(logs: Mapping[str, StayingLog]) -> None:
    """Refuse logs whose files are no longer what a cohort was built from.

    Raises
    ------
    BuildError
        With the first file that is gone, or has another size.
    """
    for name, log in logs.items():
        if isinstance(place := log.table.place, Named):
            continue
        for part, size in zip(place.parts, log.sizes, strict=True):
            if not part.is_file() or part.stat().st_size != size:
                raise BuildError(
                    f"The log {name} stays in {place.root}, and its file {part.name} is no longer what the cohort "
                    "was built from. Put it back, or build again."
                )


def _refuse_changed_table(place: Place, elsewhere: Elsewhere) -> None:
    """Refuse a table that goes by a name there, keeps no versions, and is no longer what a cohort was built from."""
    if isinstance(place, Named) and not place.is_versioned and elsewhere.describe(place.name).digest != place.digest:
        raise BuildError(f"The table {place.name} is no longer what the cohort was built from. Build again.")
