"""A killed run loses nothing and mixes nothing, two at once both end well; ``make kill`` tries every operation."""

import random

import pytest
from kills import Trial

pytestmark = pytest.mark.slow  # make kill tries more


@pytest.fixture(scope="module", params=["tables", "check"])
def trial(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Trial:
    return Trial(tmp_path_factory.mktemp(request.param) / "trial", request.param)


def test_killed_before_its_last_operations_it_leaves_each_part_as_before_or_as_after(trial: Trial) -> None:
    """They move what was made to its place."""
    for number in range(trial.operations - 2, trial.operations + 1):
        folder = trial.copy(f"late-{number}")
        assert trial.run(folder, number).end()[0] < 0
        assert trial.faults(folder) == []


def test_killed_before_some_operation_the_next_run_ends_as_if_nothing_had_been(trial: Trial) -> None:
    number = random.Random(1).randint(1, trial.operations)
    folder = trial.copy("drawn")
    assert trial.run(folder, number).end()[0] < 0
    assert trial.faults(folder) == []
    assert trial.faults_after_another_run(folder) == []


def test_two_at_once_end_as_one_does(trial: Trial) -> None:
    assert trial.faults_of_two_at_once(trial.copy("two")) == []


def test_two_of_different_sources_at_once_mix_nothing(trial: Trial) -> None:
    assert trial.faults_of_two_sources_at_once(trial.copy("both")) == []
