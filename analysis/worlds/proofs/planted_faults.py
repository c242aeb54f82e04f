"""Planted faults: is each of them named by rule, table and key, and is nothing named in clean worlds?"""

import dataclasses
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from analysis.cohort.build import build_cohort
from analysis.cohort.source_check import check_source
from analysis.declared.contract import read_contract
from analysis.declared.declaration import read_declaration
from analysis.declared.study import Study
from analysis.engine.engine import Engine
from analysis.engine.opening import open_engine
from analysis.errors import ContractError
from analysis.ingest.files.raw_files import locate_files
from analysis.ingest.load import load_source
from analysis.progress import Progress, quiet
from analysis.worlds.company.setting.scenario import read_scenario, scenario_names
from analysis.worlds.company.world import make_world
from analysis.worlds.faults.clean_tables import load_clean, write_tables
from analysis.worlds.faults.fault import Fault, plant
from analysis.worlds.faults.other_faults import all_faults
from analysis.worlds.faults.trial import Found, compare, groups_of
from analysis.worlds.proofs.dealt_worlds import changed_scenario
from analysis.worlds.proofs.study_worlds import study_of_world

SCENARIO = """
says = "Two and a half years with little use, in which some return."
pace = 0.1
until = 2024-01-01
leave_yearly = 0.3
leave_monthly = 0.06

[effects]
usage_drop = 0.25
departures = 0.3

[returns]
soon = 0.1
later = 0.5
"""
CLEAN = {"pace": 0.2, "until": "2024-07-01"}
"""What the clean worlds have otherwise than their scenarios."""
FIRST_SEED = 301
_NO_FAULT = "none"


def planted_faults(n_accounts: int, seed: int, folder: Path, progress: Progress) -> pd.DataFrame:
    """Plant every fault into one clean world, and check clean worlds of every scenario.

    Parameters
    ----------
    n_accounts, seed
        Of each world; `seed` is also that of the draw of rows.
    folder
        For the worlds; what is there already is not made again.
    progress
        Told of every fault that is not named as it should be.

    Returns
    -------
    DataFrame
        fault, class, table, column, rule (that should name it), severity (empty: it did not), planted, named, both
        (rows), beside (other rules that said something though it is no consequence), refused (whether a build does),
        right. A clean world is a line with ``none`` for its fault.
    """
    file, data = folder / "faults.toml", folder / f"faults-{seed}-{n_accounts}"
    folder.mkdir(parents=True, exist_ok=True)
    file.write_text(SCENARIO, encoding="utf-8")
    if not data.exists():
        make_world(n_accounts, seed, str(file), data, quiet)
    study = study_of_world(data, read_scenario(str(file)))
    lines = [*_of_faults(data, study, seed, progress), *_of_clean_worlds(n_accounts, folder, progress)]
    return pd.DataFrame(lines)


def _of_faults(data: Path, study: Study, seed: int, progress: Progress) -> Iterator[dict[str, object]]:
    with tempfile.TemporaryDirectory() as scratch, open_engine(":memory:") as engine:
        clean = Path(scratch) / "clean"
        load_clean(engine, data)
        write_tables(engine, clean, read_contract())
        for number, faults in enumerate(groups_of(all_faults())):
            dirty = Path(scratch) / f"dirty-{number}"
            found, refused = _try(engine, faults, clean, dirty, study, seed, progress)
            for one in found:
                if not one.is_right:
                    progress(
                        f"{one.fault.name}: {one.both} of {one.planted} rows named by {one.fault.rule} {one.beside}"
                    )
                yield _line(one, refused)
            shutil.rmtree(dirty)


def _try(
    engine: Engine, faults: Sequence[Fault], clean: Path, dirty: Path, study: Study, seed: int, progress: Progress
) -> tuple[list[Found], bool]:
    """Plant faults, write the tables, check them as a source, and see whether a build refuses them.

    One that no row can carry is told of, and left out.
    """
    contract = read_contract()
    shutil.copytree(clean, dirty, copy_function=lambda source, target: Path(target).symlink_to(source))
    with engine.undone():
        planted = {}
        for fault in faults:
            try:
                planted[fault.name] = plant(engine, fault, contract[fault.table], seed)
            except ValueError as error:
                progress(str(error))
        faults = [fault for fault in faults if fault.name in planted]
        changed = {"accounts", *(fault.table for fault in faults)}
        for name in changed:
            (dirty / f"{name}.parquet").unlink()
        write_tables(engine, dirty, changed)
    own = dataclasses.replace(study, source=dataclasses.replace(study.source, path=dirty))
    declaration = read_declaration(own.source.kind, own.sources)
    located = locate_files(declaration, dirty, contract)
    with tempfile.TemporaryDirectory() as scratch, open_engine(":memory:") as loaded:
        load = load_source(loaded, own, declaration, located, Path(scratch), quiet, keep_rows=True)
        found = compare(loaded, faults, [*planted.values()], load.findings, contract)
    return found, not load.is_usable and _is_refused(own)


def _is_refused(study: Study) -> bool:
    with tempfile.TemporaryDirectory() as out:
        try:
            build_cohort(study, Path(out), quiet)
        except ContractError:
            return not any(Path(out).rglob("*.duckdb"))
    return False


def _line(found: Found, refused: bool) -> dict[str, object]:
    fault = found.fault
    is_error = found.severity == "error"
    return {
        "fault": fault.name, "class": fault.kind, "table": fault.table, "column": fault.column,
        "rule": found.rule or fault.rule, "severity": found.severity, "planted": found.planted, "named": found.named,
        "both": found.both, "beside": " ".join(found.beside), "refused": refused if is_error else "",
        "right": found.is_right and (refused or not is_error),
    }  # fmt: skip


def _of_clean_worlds(n_accounts: int, folder: Path, progress: Progress) -> Iterator[dict[str, object]]:
    for seed, name in enumerate(scenario_names(), start=FIRST_SEED):
        file, data = folder / f"clean-{name}.toml", folder / f"clean-{name}-{seed}-{n_accounts}"
        file.write_text(changed_scenario(name, CLEAN), encoding="utf-8")
        if not data.exists():
            make_world(n_accounts, seed, str(file), data, quiet)
        with tempfile.TemporaryDirectory() as scratch:
            checked = check_source(study_of_world(data, read_scenario(str(file))), Path(scratch), quiet)
        said = " ".join(finding.name for finding in checked.findings)
        progress(f"clean world of {name}: {said or 'nothing'} found")
        yield {"fault": _NO_FAULT, "class": name, "beside": said, "right": not said}
