"""Scenario files: those that come with Tenure can be read, and mistakes in one's own are named."""

from pathlib import Path

import pytest

from analysis.errors import StudyError
from analysis.worlds.company.setting.scenario import (
    effects_table,
    read_scenario,
    read_states,
    read_units,
    scenario_names,
)


@pytest.mark.parametrize("name", scenario_names())
def test_every_scenario_that_comes_with_tenure_can_be_read(name: str) -> None:
    assert len(effects_table(read_scenario(name))) == len(read_units()) + len(read_states())


def test_no_state_is_called_like_a_covariate() -> None:
    assert not set(read_states()) & set(read_units())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('says = "x"\n[effects]\nno_such = 1.0\n', "effects names 'no_such'"),
        ('says = "x"\nleave_yearli = 0.2\n', "unknown key 'leave_yearli'. The nearest known key is 'leave_yearly'"),
        ('says = "x"\n[surges]\ntrail = 0.2\n', "unknown key 'trail'. The nearest known key is 'trial'"),
        ('says = "x"\n[surges]\ntrial = 1.2\n', "surges.trial must be from 0 to 1, but is 1.2"),
        ('says = "x"\nleave_monthly = 1.0\n', "leave_monthly must be from 0 to below 1, but is 1.0"),
        ('says = "x"\npace = 0.0\n', "pace must be above 0, but is 0.0"),
        ('says = "x"\n[clocks]\nspread_from = 20\n', "clocks.spread_from must be at least clocks.spread_until"),
        ('says = "x"\n[clocks]\nspread = 0.8\nany_time = 0.3\n', "must not add up to more than 1"),
        ('says = "x"\npace = inf\n', "pace must be a number that is neither infinite nor none at all, but is inf"),
        ('says = "x"\nleave_yearly = nan\n', "leave_yearly must be a number that is neither infinite"),
        ('says = "x"\nintervention_effect = nan\n', "intervention_effect must be a number that is neither infinite"),
        ('says = "x"\n[traps]\nsurvivors = inf\n', "survivors must be a number that is neither infinite"),
        ('says = "x"\n[effects]\nusage_drop = nan\n', "effects.usage_drop must be a number that is neither infinite"),
        ('says = "x"\n[effects]\nusage_drop = -inf\n', "effects.usage_drop must be a number that is neither infinite"),
        ('says = "x"\nuntil = 2022-10-15\n', "must be first days of months, in this order"),
    ],
)
def test_bad_scenarios(scenario_file: Path, text: str, message: str) -> None:
    scenario_file.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match=message.replace(".", r"\.")):
        read_scenario(str(scenario_file))
