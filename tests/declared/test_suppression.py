"""Which cells are hidden: what is shown tells of no group under the smallest cell, by itself or by subtraction."""

import itertools

import numpy as np
import pytest

from analysis.declared.suppression import hidden_cells


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ([27, 20, 9], []),
        ([27, 20, 0], []),  # that nobody is there tells of nobody
        ([27, 3, 20], [1, 2]),  # the total less 27 and 20
        ([27, 1, 2, 20], [1, 2, 3]),  # together they are 3 still
        ([27, 3, 4, 20], [1, 2]),
        ([27, 3, 0], [0, 1]),
        ([3], [0]),
        ([3, 1], [0, 1]),
        ([], []),
    ],
)
def test_what_is_hidden(counts, hidden):
    assert np.flatnonzero(hidden_cells(counts, 5)).tolist() == hidden


def test_with_the_smallest_cell_1_nothing_is_hidden():
    assert not hidden_cells([1, 2, 0], 1).any()


def test_a_cell_hidden_for_another_reason_takes_a_second_with_it():
    assert hidden_cells([30, 20, 10], 5, also=np.array([True, False, False])).tolist() == [True, False, True]


def test_no_subtraction_tells_of_a_small_group():
    for counts in itertools.product(range(8), repeat=4):
        hidden = hidden_cells(counts, 4)
        number = np.array(counts)
        assert not ((number > 0) & (number < 4) & ~hidden).any()
        rest = number[hidden].sum()  # what a reader gets: the total less all that is shown
        everything = (number[~hidden] == 0).all()
        assert rest == 0 or everything or (rest >= 4 and hidden.sum() >= 2)
