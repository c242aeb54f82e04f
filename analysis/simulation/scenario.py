"""Scenarios: what drives leaving in a simulated world, as data files."""

import dataclasses
import datetime as dt
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from analysis.errors import StudyError
from analysis.factors import read_covariates
from analysis.settings import parse_settings, read_toml

_FOLDER = files("analysis.simulation") / "scenarios"


@dataclass(frozen=True, slots=True)
class Scenario:
    """What a world is made of.

    Attributes
    ----------
    effects
        Log hazard ratio of each covariate for one unit (see ``units``), by name; covariates not named have none.
    leave_yearly, leave_monthly
        Probability of giving notice at a renewal with a linear predictor of zero, by length of term.
    withdrawn
        Share of notices that are withdrawn.
    intervention_effect
        What an intervention adds to the rapport with a customer.
    logs_from, first_month, until
        Logs begin; accounts may leave from the second date on; the world ends (first days of months).
    """

    says: str
    effects: dict[str, float] = field(default_factory=dict)
    leave_yearly: float = 0.16
    leave_monthly: float = 0.035
    withdrawn: float = 0.05
    involuntary: float = 0.0012
    intervention_effect: float = 0.3
    logs_from: dt.date = dt.date(2021, 7, 1)
    first_month: dt.date = dt.date(2021, 10, 1)
    until: dt.date = dt.date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Unit:
    """The unit of a covariate in the hazard: (transformed value - centre) / scale, transformed as declared."""

    centre: float
    scale: float


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
        If there is no such scenario, or it names an unknown key or covariate.
    """
    path = Path(name) if name.endswith(".toml") else _FOLDER / f"{name}.toml"
    try:
        content = read_toml(path)
    except FileNotFoundError:
        raise StudyError(f"There is no scenario '{name}'. Known: {', '.join(scenario_names())}.") from None
    scenario: Scenario = parse_settings(Scenario, content, where=f"scenario {name}")
    unknown = sorted(set(scenario.effects) - set(read_units()))
    if unknown:
        raise StudyError(f"scenario {name}: effects names '{unknown[0]}', which is no covariate with a unit.")
    return scenario


def read_units() -> dict[str, Unit]:
    """Return the units of all covariates that a hazard may use."""
    content = read_toml(files("analysis.simulation") / "units.toml")
    return {name: parse_settings(Unit, entry, where=f"units.toml: {name}") for name, entry in content.items()}


def effects_table(scenario: Scenario) -> list[dict[str, Any]]:
    """Return the effects of a scenario with family, transform and unit: the truth in one table."""
    units = read_units()
    return [
        {
            "covariate": covariate.name,
            "family": covariate.family,
            "transform": covariate.transform,
            **dataclasses.asdict(units[covariate.name]),
            "log_hazard_ratio": scenario.effects.get(covariate.name, 0.0),
        }
        for covariate in read_covariates()
        if covariate.name in units
    ]
