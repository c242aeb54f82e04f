# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Lifetimes and hazards
#
# When do accounts leave, and how? A hazard is the rate of leaving among those who could leave on that day. Everything
# here rests on counting *them* rightly: accounts that were customers before the observation began enter late, and one
# that gave notice is no longer at risk.

# %%
from analysis import open_study

study = open_study("small_company.toml", out="../out")

# %% [markdown]
# ## Late entry
#
# Read the numbers at risk below the axis: they need not fall. Many accounts joined before the observation began, and
# each counts from the age at which it was first observed, so that the third year may hold more accounts than the
# second. Each step is a share of those at risk on that day, whoever they are.
#
# **Don't conclude** from the left end of a curve what customers of long ago did in their first year; none of them was
# seen then. `time_varying_cox` shows what comes of forgetting this.

# %%
study.survival()

# %% [markdown]
# ## Which door do they leave by?
#
# Leaving of one's own will, for lack of payment, by merger: each share is of *all* lifetimes, the causes competing,
# so that the heights add up to those who have gone.
#
# **Don't conclude** that removing one cause would leave the others as they are. These are shares as things went.

# %%
study.events.ends()

# %% [markdown]
# ## The hazard by phase
#
# Leavers per year at risk: in onboarding, which lasts until it was completed, in adoption until the first year is over,
# and after. A rate counts days, so a short phase can be compared with a long one.
#
# **Don't conclude** from a lower rate of the old that accounts grow loyal. The ones likely to leave have left: the
# mix changes even where no account does.

# %%
study.events.churn_rates()

# %% [markdown]
# ## The hazard before a renewal
#
# Time runs to the right, to the end of the term; each level is the rate among those who had so many days left. Each
# kind of term has its own clock (`kind="monthly"`). The models have one baseline for each, so no covariate is
# credited with what the calendar of contracts does.
#
# **Don't conclude** that an account is safe once the weeks in which most give notice have passed: look at the
# interval, not only at the level.

# %%
study.events.before_renewal()

# %% [markdown]
# The same by what the interval ends with: the last day to give notice (`deadline`), the end of the term (`renewal`), or
# neither (`between`). Here everybody leaves on the eve of a deadline, whatever the age: it is the contract's clock that
# decides when, and the rest at most whether.

# %%
study.events.churn_rates(by="renewal_clock")

# %% [markdown]
# ## What changes without ending
#
# Contractions and expansions come again and again. The curve is the mean number that a lifetime has had by an age,
# and those who have left have no more of them.
#
# **Don't conclude** that so many *accounts* shrank: one may have shrunk three times.

# %%
study.events.changes()

# %% [markdown]
# Who came back after a gap longer than the allowed one has a second lifetime, counted from a new first day.

# %%
study.events.returns()

# %% [markdown]
# ## A law for the length?
#
# Distributions fitted with late entry, in the order of their AIC, beside the curve that assumes none. The mean needs
# the tail that nobody has seen, so read it within the horizon; `mean_without_limit` rests on the law alone.
#
# **Don't conclude** that the best of five is right. Renewals make steps that no smooth law has; use it for a rough
# length, and the curve for what was observed.

# %%
study.parametric_survival()

# %% [markdown]
# ## Has the rate moved?
#
# The share that left within the horizon of each quarter's start, of those of whom a forecast could have been made.
#
# **Don't conclude** from two neighbouring quarters: their intervals show how much chance alone moves them.

# %%
study.trend()

# %% [markdown]
# Next: `time_varying_cox`, for what goes with leaving.
