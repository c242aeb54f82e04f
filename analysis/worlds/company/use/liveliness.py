"""Use: how lively each account is, which features it knows, and how its seats were used lately."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.worlds.company.use.episodes import Episodes
from analysis.worlds.company.use.features import CORE

IDLE_BELOW = 0.5


@dataclass(slots=True)
class Use:
    """The use of each account.

    Attributes
    ----------
    vitality
        Log of the pace of use.
    breadth
        How many features are in use, of its own order of `features` (accounts, features).
    active_share
        Users of the last month by seats; 1 before there is any.
    """

    vitality: NDArray[np.float64]
    breadth: NDArray[np.intp]
    features: NDArray[np.intp]
    active_share: NDArray[np.float64]

    def is_idle(self) -> NDArray[np.bool_]:
        """Say in which accounts seats lie idle."""
        return self.active_share < IDLE_BELOW


def draw_use(n: int, rng: np.random.Generator) -> Use:
    """Draw how each account begins."""
    return Use(
        vitality=rng.normal(0, 0.55, n),
        breadth=rng.integers(4, len(CORE) + 1, n),
        features=np.argsort(rng.random((n, len(CORE))), axis=1),
        active_share=np.ones(n),
    )


def change_of_pace(use: Use, episodes: Episodes, first: np.datetime64, rng: np.random.Generator) -> None:
    """Let use drift, sometimes fall off or surge, and repertoires widen or narrow; where it fades, it falls."""
    n = len(use.vitality)
    use.vitality = 0.92 * use.vitality + rng.normal(0, 0.2, n)
    shock = rng.random(n)
    use.vitality[shock < 0.03] -= 0.7
    use.vitality[shock > 0.975] += 0.7
    use.vitality[episodes.fade.ends_on > first] -= 0.1
    step = rng.choice([-1, 0, 1], size=n, p=[0.1, 0.8, 0.1])
    use.breadth = np.clip(use.breadth + step, 2, len(CORE))
