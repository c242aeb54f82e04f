"""Scenarios: what drives leaving in a simulated world, and what happens in it, as data files."""

import dataclasses
import datetime as dt
import functools
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from analysis.declared.factors import read_covariates
from analysis.declared.settings import parse_settings, read_toml
from analysis.errors import StudyError
from analysis.worlds.company.setting.behaviours import (
    Bugs,
    Clocks,
    Ends,
    Fades,
    Goals,
    Holidays,
    People,
    Releases,
    Returns,
    Seats,
    Surges,
    Touches,
    Traps,
)

_FOLDER = files("analysis.worlds.company.setting") / "scenarios"


@dataclass(frozen=True, slots=True)
class Scenario:
    """What a world is made of.

    Attributes
    ----------
    says
        What it is, in one sentence.
    fools
        Of a trap: which analysis is fooled, and how.
    effects
        Log hazard ratio of each covariate for one unit (see ``units``), or of each state of the world (see ``states``),
        by name; what is not named has none.
    leave_yearly, leave_monthly
        Probability of giving notice of a term with a linear predictor of zero, by length of term, where the account
        has the usual time to decide (`analysis.worlds.company.accounts.clocks.DAYS_TO_DECIDE`).
    intervention_effect
        What an intervention adds to the rapport with a customer.
    pace
        How much users work, against the usual: about 1,300 rows of use an account at 1, 2,000 at 1.8.
    logs_from, first_month, until
        Logs begin; accounts may leave from the second date on; the world ends (first days of months).
    surges, bugs, fades, holidays, releases, touches, goals, people, seats, returns, ends, clocks,
    traps
        Behaviours, each a table of probabilities; see `analysis.worlds.company.setting.behaviours` for their defaults.
    """

    says: str
    fools: str = ""
    effects: dict[str, float] = field(default_factory=dict)
    leave_yearly: float = 0.16
    leave_monthly: float = 0.035
    intervention_effect: float = 0.3
    pace: float = 1.0
    logs_from: dt.date = dt.date(2021, 7, 1)
    first_month: dt.date = dt.date(2021, 10, 1)
    until: dt.date = dt.date(2026, 1, 1)
    surges: Surges = field(default_factory=Surges)
    bugs: Bugs = field(default_factory=Bugs)
    fades: Fades = field(default_factory=Fades)
    holidays: Holidays = field(default_factory=Holidays)
    releases: Releases = field(default_factory=Releases)
    touches: Touches = field(default_factory=Touches)
    goals: Goals = field(default_factory=Goals)
    people: People = field(default_factory=People)
    seats: Seats = field(default_factory=Seats)
    returns: Returns = field(default_factory=Returns)
    ends: Ends = field(default_factory=Ends)
    clocks: Clocks = field(default_factory=Clocks)
    traps: Traps = field(default_factory=Traps)


@dataclass(frozen=True, slots=True)
class Unit:
    """The unit of a covariate in the hazard: (transformed value - centre) / scale, transformed as declared."""

    centre: float
    scale: float


@dataclass(frozen=True, slots=True)
class State:
    """A state of the world: its family, the claim that it bears on, and what a value of 1 stands for."""

    family: str
    claim: str
    unit: str


def scenario_names() -> tuple[str, ...]:
    """Return the scenarios that come with Tenure."""
    return tuple(
        sorted(entry.name.removesuffix(".toml") for entry in _FOLDER.iterdir() if entry.name.endswith(".toml"))
    )


def read_scenario(name: str) -> Scenario:
    """Return a scenario by name, or from a TOML file of one's own.

    Raises
    ------
    StudyError
        If there is no such scenario, it names an unknown key, covariate or state, a share is not one, or a date is
        not the first of a month.
    """
    path = Path(name) if name.endswith(".toml") else _FOLDER / f"{name}.toml"
    try:
        content = read_toml(path)
    except FileNotFoundError:
        raise StudyError(f"There is no scenario '{name}'. Known: {', '.join(scenario_names())}.") from None
    scenario: Scenario = parse_settings(Scenario, content, where=f"scenario {name}")
    known = set(read_units()) | set(read_states())
    unknown = sorted(set(scenario.effects) - known)
    if unknown:
        raise StudyError(
            f"scenario {name}: effects names '{unknown[0]}', which is no covariate with a unit, and no state."
        )
    _check_shares(scenario, name)
    _check_dates(scenario, name)
    return scenario


def _check_shares(scenario: Scenario, name: str) -> None:
    """Refuse probabilities outside [0, 1]; of all numbers of behaviours, only the standard deviation is none."""
    for key in ("leave_yearly", "leave_monthly"):
        if not 0 <= getattr(scenario, key) < 1:
            raise StudyError(f"scenario {name}: {key} must be from 0 to below 1, but is {getattr(scenario, key)}.")
    if scenario.pace <= 0:
        raise StudyError(f"scenario {name}: pace must be above 0, but is {scenario.pace}.")
    for topic in dataclasses.fields(scenario):
        behaviour = getattr(scenario, topic.name)
        if not dataclasses.is_dataclass(behaviour):
            continue
        for entry in dataclasses.fields(behaviour):
            value = getattr(behaviour, entry.name)
            highest = 1 if isinstance(value, float) and entry.name != "survivors" else float("inf")
            if not 0 <= value <= highest:
                raise StudyError(
                    f"scenario {name}: {topic.name}.{entry.name} must be from 0 to {highest:g}, but is {value}."
                )
    clocks = scenario.clocks
    if not 1 <= clocks.spread_until <= clocks.spread_from:
        raise StudyError(
            f"scenario {name}: clocks.spread_from must be at least clocks.spread_until, and that at least 1, "
            f"but they are {clocks.spread_from} and {clocks.spread_until}."
        )
    if clocks.spread + clocks.any_time > 1:
        raise StudyError(f"scenario {name}: clocks.spread and clocks.any_time must not add up to more than 1.")


def _check_dates(scenario: Scenario, name: str) -> None:
    dates = (scenario.logs_from, scenario.first_month, scenario.until)
    if any(date.day != 1 for date in dates) or not dates[0] <= dates[1] < dates[2]:
        raise StudyError(
            f"scenario {name}: logs_from, first_month and until must be first days of months, in this order, "
            f"but are {', '.join(map(str, dates))}."
        )


@functools.cache
def read_units() -> dict[str, Unit]:
    """Return the units of all covariates that a hazard may use."""
    return _read_entries("units.toml", Unit)


@functools.cache
def read_states() -> dict[str, State]:
    """Return the states of the world that a hazard may use."""
    return _read_entries("states.toml", State)


def _read_entries(file: str, cls: type) -> dict[str, Any]:
    content = read_toml(files("analysis.worlds.company.setting") / file)
    return {name: parse_settings(cls, entry, where=f"{file}: {name}") for name, entry in content.items()}


def effects_table(scenario: Scenario) -> list[dict[str, Any]]:
    """Return the effects of a scenario on the log hazard, of covariates and of states, with family and unit."""
    units = read_units()
    covariates = [
        _effect(scenario, covariate.name, "covariate", covariate.family, covariate.claim, covariate.transform)
        | dataclasses.asdict(units[covariate.name])
        for covariate in read_covariates()
        if covariate.name in units
    ]
    states = [
        _effect(scenario, name, "state", state.family, state.claim, "identity") | {"centre": 0.0, "scale": 1.0}
        for name, state in read_states().items()
    ]
    return covariates + states


def _effect(scenario: Scenario, name: str, kind: str, family: str, claim: str, transform: str) -> dict[str, Any]:
    size = scenario.effects.get(name, 0.0)
    return {
        "name": name,
        "kind": kind,
        "family": family,
        "claim": claim,
        "transform": transform,
        "log_hazard_ratio": size,
    }
