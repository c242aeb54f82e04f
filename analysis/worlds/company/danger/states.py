"""States: what is true of each account on the first of a month, whether or not any query measures it."""

import numpy as np
import pandas as pd

from analysis.worlds.company.accounts.population import Accounts
from analysis.worlds.company.accounts.stays import Stays
from analysis.worlds.company.relations.contacts import Contacts
from analysis.worlds.company.relations.goals import GoalPlan
from analysis.worlds.company.relations.rapport import Rapport
from analysis.worlds.company.relations.touches import TouchPlan
from analysis.worlds.company.setting.days import NEVER
from analysis.worlds.company.setting.scenario import read_states
from analysis.worlds.company.use.episodes import Episodes
from analysis.worlds.company.use.features import Releases
from analysis.worlds.company.use.liveliness import Use

LATELY = 91
UNANSWERED = 2


def states_on(
    first: np.datetime64,
    accounts: Accounts,
    stays: Stays,
    use: Use,
    episodes: Episodes,
    releases: Releases,
    rapport: Rapport,
    goals: GoalPlan,
    touches: TouchPlan,
    contacts: Contacts,
) -> pd.DataFrame:
    """Return every state of ``states.toml`` on the morning of the first of a month, one row an account, as numbers."""
    age = (first - stays.opened_on).astype(int)
    trial, fade, bug = episodes.trial, episodes.fade, episodes.bug
    states = {
        "trial_surge": (trial.begins_on <= first - 7) & (trial.ends_on > first - 14),
        "rollout_surge": (episodes.rollout.begins_on < first) & (episodes.rollout.ends_on > first),
        "fading": (fade.begins_on <= first - 14) & (fade.ends_on > first),
        "releases_untried": _untried(releases, stays, first),
        "idle_seats": use.is_idle(),
        "calendar_touches_unanswered": rapport.unanswered_reviews >= UNANSWERED,
        "open_bug": (bug.begins_on < first - 14) & (bug.ends_on >= first),
        "value_never_shown": (age >= 180) & ~goals.is_value_shown(first),
        "goals_all_achieved": goals.is_all_achieved(first),
        "handover_missed": (age >= 30) & (age <= 365) & (touches.handover_on == NEVER),
        "new_decision_maker": (contacts.decider_on >= first - LATELY) & (contacts.decider_on < first),
        "survivor": accounts.survivor,
    }
    return pd.DataFrame({name: np.asarray(states[name], dtype=np.float64) for name in read_states()})


def _untried(releases: Releases, stays: Stays, first: np.datetime64) -> np.ndarray:
    """Say who tried nothing of what was released 30 to 180 days ago, while they were customers."""
    is_recent = (releases.released_on >= first - 180) & (releases.released_on < first - 30)
    concerned = is_recent & (releases.released_on >= stays.opened_on[:, None])
    tried = concerned & (releases.tried_on < first)
    return (concerned.sum(axis=1) > 0) & (tried.sum(axis=1) == 0)
