"""Owners: who looks after which account."""

import zlib

import numpy as np
from numpy.typing import NDArray

PEOPLE = ("M. Alvarez", "K. Bauer", "S. Ito", "A. Mensah", "J. Novak", "R. Patel", "L. Rossi", "Y. Tanaka")
_EACH = 40
"""Accounts that one person looks after, more or less."""


def owners(account_id: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the person who looks after each account, shape (n,).

    By a hash of the account's id, not by a draw: a world is otherwise the same to the byte, and an owner says nothing
    of leaving.
    """
    team = PEOPLE[: max(2, min(len(PEOPLE), len(account_id) // _EACH))]
    return np.array([team[zlib.crc32(str(name).encode()) % len(team)] for name in account_id], dtype=object)
