"""Planted faults: of each kind one is planted into a clean world, and named by its rule, its table and its rows."""

from collections import Counter
from collections.abc import Iterator

import pytest
from worlds import World

from analysis.declared.contract import read_contract
from analysis.declared.parameters import log_parameters
from analysis.engine.engine import Engine
from analysis.engine.opening import open_engine
from analysis.ingest.rules.apply import apply_rules, declared_rules
from analysis.ingest.rules.contract_rules import contract_rules, every_column
from analysis.worlds.faults.clean_tables import load_clean
from analysis.worlds.faults.contract_faults import contract_faults
from analysis.worlds.faults.fault import Fault
from analysis.worlds.faults.other_faults import other_faults
from analysis.worlds.faults.trial import groups_of, try_faults
from analysis.worlds.proofs.study_worlds import study_of_world

CONTRACT = read_contract()
GIVEN = every_column(CONTRACT)
FEW = "subscriptions"
"""Whose many faults are all tried by ``study-worlds``; here by those of the contract's words."""


def one_of_each_kind() -> list[Fault]:
    """Return a fault of each kind, of the table that has fewest so far; of the other faults, those of few rows."""
    used: Counter[str] = Counter()
    by_kind: dict[str, list[Fault]] = {}
    for fault in contract_faults():
        if fault.number is not None and fault.table != "features":  # too few rows to tell what is usual
            by_kind.setdefault(fault.kind, []).append(fault)
    chosen = []
    for faults in by_kind.values():
        chosen.append(min(faults, key=lambda fault: used[fault.table]))
        used[chosen[-1].table] += 1
    rules = {rule.name for rule in (*contract_rules(CONTRACT, GIVEN), *declared_rules())}
    others = [fault for fault in other_faults() if fault.number and fault.table != FEW and fault.rule in rules]
    return [*chosen, *others]


@pytest.fixture(scope="module")
def clean(short: World) -> Iterator[tuple[Engine, dict]]:
    study = study_of_world(short.folder, short.scenario)
    with open_engine(":memory:", threads=1) as engine:
        load_clean(engine, short.folder)
        yield engine, study.query_parameters() | log_parameters(study.source.observed_from)


def test_nothing_is_found_in_the_clean_world(clean: tuple[Engine, dict]) -> None:
    engine, parameters = clean
    with engine.undone():
        assert [finding.name for finding in apply_rules(engine, CONTRACT, GIVEN, parameters)] == []


def test_every_word_of_the_contract_has_a_fault_in_every_column() -> None:
    """A word that is added to the contract without a fault for it would pass unproven."""
    planted = {fault.rule for fault in contract_faults()}
    lacking = {rule.name for rule in contract_rules(CONTRACT, GIVEN)} - planted
    lasting_for_ever = {
        f"account_attributes_{place}" for place in ("before_the_account_begins", "between_subscriptions")
    }
    assert lacking == lasting_for_ever | {"features.feature_is_written_one_way"}


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param(faults, id=f"{len(faults)} faults", marks=pytest.mark.slow if number else ())
        for number, faults in enumerate(groups_of(one_of_each_kind()))
    ],
)
def test_each_is_named_by_rule_table_and_rows(faults: list[Fault], clean: tuple[Engine, dict]) -> None:
    engine, parameters = clean
    for found in try_faults(engine, faults, CONTRACT, parameters, seed=5):
        assert found.severity, f"{found.fault.name}: {found.fault.rule} says nothing"
        assert found.is_right, found


@pytest.mark.parametrize(
    "table",
    [
        "usage_daily",
        *(pytest.param(name, marks=pytest.mark.slow) for name in ("tickets", "touchpoints", "users", "contacts")),
    ],
)
def test_days_that_one_table_has_swapped_are_named(table: str, clean: tuple[Engine, dict]) -> None:
    engine, parameters = clean
    fault = next(fault for fault in contract_faults() if fault.name == f"{table}: all days swapped")
    (found,) = try_faults(engine, [fault], CONTRACT, parameters, 5)
    assert found.both > 0
    assert found.named == found.both
