"""Changes between two fits to the same rows: what is known in closed form, and what is refused."""

import numpy as np
import pytest

from analysis.audits.paired import influence_on
from analysis.audits.paired import paired_changes as changes_between
from analysis.cox.cluster_errors import cluster_errors
from analysis.cox.fit import fit_cox
from analysis.cox.rows import counting_rows
from analysis.errors import ModelError


def paired_changes(before, after):
    return changes_between(influence_on(before), influence_on(after))


def sample(n: int = 400, seed: int = 4):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 2))
    time = rng.exponential(np.exp(-x @ [0.5, -0.3]))
    stop = np.minimum(time, 1.5)
    rows = counting_rows(np.zeros(n), stop, time <= 1.5, subject=np.arange(n), cluster=np.arange(n) // 2)
    return x, rows


def test_the_same_covariates_in_another_unit_change_by_a_known_share_with_its_own_share_of_the_error():
    """Twice the numbers, half the coefficient: the change is minus half of it, and its error half the robust one."""
    x, rows = sample()
    before, after = fit_cox(x, rows, names=["a", "b"]), fit_cox(2 * x, rows, names=["a", "b"])
    changes = paired_changes(before, after)
    np.testing.assert_allclose(changes["change"], -before.coefficients / 2, rtol=1e-9)
    np.testing.assert_allclose(changes["std_error"], cluster_errors(before).std_errors / 2, rtol=1e-7)


def test_nothing_changed_is_no_change_and_no_error():
    x, rows = sample()
    fit = fit_cox(x, rows)
    changes = paired_changes(fit, fit)
    assert (changes[["change", "std_error", "conf_low", "conf_high"]] == 0).all(axis=None)
    assert (changes["p_value"] == 1).all()


@pytest.mark.slow
def test_the_error_of_a_change_is_that_of_many_samples():
    """A covariate and a noisy measure of it: changes scatter as their errors say, and far less than either estimate."""
    changes, errors, alone = [], [], []
    for seed in range(150):
        x, rows = sample(100, seed)
        noisy = x + 0.3 * np.random.default_rng([seed, 1]).normal(size=x.shape)
        before, after = fit_cox(x, rows), fit_cox(noisy, rows)
        line = paired_changes(before, after).iloc[0]
        changes.append(line["change"])
        errors.append(line["std_error"])
        if seed < 20:
            alone.append(np.hypot(before.robust_std_errors[0], after.robust_std_errors[0]))
    assert np.mean(errors) == pytest.approx(np.std(changes), rel=0.15)
    assert np.mean(errors) < 0.5 * np.mean(alone)


def test_other_rows_or_columns_are_refused():
    x, rows = sample()
    others = counting_rows(np.zeros(400), np.roll(rows.stop, 1), rows.event, subject=np.arange(400))
    with pytest.raises(ModelError, match="same rows"):
        paired_changes(fit_cox(x, rows), fit_cox(x, others))
    with pytest.raises(ModelError, match="same columns"):
        paired_changes(fit_cox(x, rows), fit_cox(x[:, :1], rows))
