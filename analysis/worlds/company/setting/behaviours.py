"""Behaviours of a simulated world: how often each thing happens, as the keys of a scenario; none is an effect."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Surges:
    """Use that rises.

    Attributes
    ----------
    trial
        Probability, per account and month, that four to eight weeks begin in which the same few users work hard, out
        of hours, on few features, and report critical faults: a migration test, a comparison.
    rollout
        Probability, per account and month, that many new users are created; seats are added at the next renewal.
    """

    trial: float = 0.012
    rollout: float = 0.01


@dataclass(frozen=True, slots=True)
class Bugs:
    """Faults that stay open.

    Attributes
    ----------
    episode
        Probability, per account and month, that one begins: log-ins out of hours and bug tickets until it is resolved.
    mean_days
        Mean time to resolution, in days.
    """

    episode: float = 0.02
    mean_days: int = 45


@dataclass(frozen=True, slots=True)
class Fades:
    """Use that turns from regular to intermittent.

    Attributes
    ----------
    begins, recovers
        Probability per month that it does so, and that it is regular again.
    """

    begins: float = 0.008
    recovers: float = 0.08


@dataclass(frozen=True, slots=True)
class Holidays:
    """The year's end, Golden Week (29 April to 5 May) and a week in mid-August.

    Attributes
    ----------
    depth
        Share of use that falls away on them, in every account.
    """

    depth: float = 0.6


@dataclass(frozen=True, slots=True)
class Releases:
    """New features, released on known days.

    Attributes
    ----------
    every_months
        Months between releases; 0: there are none.
    tried
        Mean probability that an account ever tries one.
    """

    every_months: int = 5
    tried: float = 0.5


@dataclass(frozen=True, slots=True)
class Touches:
    """What the vendor does by the calendar.

    Attributes
    ----------
    reviews
        Share of the accounts looked after by people that have a business review every three months.
    handover_missed
        Share of new accounts without a handover in their first 30 days.
    """

    reviews: float = 0.6
    handover_missed: float = 0.3


@dataclass(frozen=True, slots=True)
class Goals:
    """What accounts want to achieve.

    Attributes
    ----------
    next
        Probability that an achieved goal is followed by a next one.
    value_shown
        Share of accounts to which value is ever shown.
    """

    next: float = 0.85
    value_shown: float = 0.75


@dataclass(frozen=True, slots=True)
class People:
    """Those who decide.

    Attributes
    ----------
    departures
        Probability per month that a champion or sponsor leaves.
    new_decision_maker
        Probability, per account and month, that a new sponsor or buyer arrives without another leaving.
    """

    departures: float = 0.028
    new_decision_maker: float = 0.01


@dataclass(frozen=True, slots=True)
class Seats:
    """What is bought.

    Attributes
    ----------
    contraction
        Probability, at a renewal, that an account with idle seats cuts them.
    expansion
        Probability, at a renewal, that a lively account adds some.
    added_product
        Probability per month that an account signs for a second product.
    """

    contraction: float = 0.5
    expansion: float = 0.25
    added_product: float = 0.004


@dataclass(frozen=True, slots=True)
class Returns:
    """Those who left and come back.

    Attributes
    ----------
    soon
        Share of voluntary leavers that return after 20 days, which an allowed gap of 30 bridges.
    later
        Share that return after two to eight months: a new lifetime.
    """

    soon: float = 0.03
    later: float = 0.06


@dataclass(frozen=True, slots=True)
class Ends:
    """Ends that nobody decided by giving notice, and notices without an end.

    Attributes
    ----------
    involuntary
        Probability per month of going out of business.
    parents
        Share of accounts that belong to a group of several.
    merger
        Probability per month that an account of a group is merged into another of it.
    withdrawn
        Share of notices that are withdrawn.
    """

    involuntary: float = 0.0008
    parents: float = 0.15
    merger: float = 0.004
    withdrawn: float = 0.05


@dataclass(frozen=True, slots=True)
class Clocks:
    """When within a term accounts give notice, other than in the days before the last one to do so.

    Attributes
    ----------
    spread
        Share of the accounts with a term of three months or more that give notice over weeks before it ends, whatever
        their notice period says.
    spread_from, spread_until
        Days before the end of the term between which most of those notices fall.
    spread_within
        Share of them that fall there; the others may fall on any other day of the term.
    any_time
        Share of the accounts with such a term that may end it early, 30 days after a notice on any day.
    at_once
        Share of the accounts with a monthly term that give notice on any day and are gone on the next.
    evergreen
        Share of all accounts that agreed on no term, and may give notice on any day.
    short_terms
        Share of the accounts with a yearly term that have one of three or six months instead.
    """

    spread: float = 0.0
    spread_from: int = 90
    spread_until: int = 36
    spread_within: float = 0.85
    any_time: float = 0.0
    at_once: float = 0.0
    evergreen: float = 0.0
    short_terms: float = 0.0

    @property
    def are_usual(self) -> bool:
        """Whether all notices fall in the days before the last one to give notice."""
        return not (self.spread or self.any_time or self.at_once or self.evergreen or self.short_terms)


@dataclass(frozen=True, slots=True)
class Traps:
    """What misleads an analysis that takes the tables at their word; all of them are off unless a scenario sets them.

    Attributes
    ----------
    leaky_notice
        Share of notices around which a cancellation ticket is entered afterwards with an earlier date, and all data are
        exported.
    departures_at_exit
        Share of leavers for whom a champion's departure is entered after they left, dated back before their notice.
    relabelled
        Probability that an account whose score is red, or that gives notice, is moved to the programme for accounts at
        risk, which overwrites its segment and touch model.
    score_rewritten
        Share of leavers whose last published scores are lowered after they left.
    survivors
        Standard deviation of what accounts differ in for good (log hazard). Those older than the logs are the
        survivors of it.
    """

    leaky_notice: float = 0.0
    departures_at_exit: float = 0.0
    relabelled: float = 0.0
    score_rewritten: float = 0.0
    survivors: float = 0.0
