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
# # The time-varying Cox model, and three traps
#
# Every covariate follows its account through time, and is known *before* the interval it explains: rows `(start,
# stop]` in days since the lifetime began, an event on the last day or none. Then three mistakes are made on purpose,
# each on these data, with the wrong number beside the right one. All three are mistakes about *when*, and no model
# notices them.

# %%
from analysis import open_study

study = open_study("small_company.toml", out="../out")

# %% [markdown]
# ## What goes with leaving?
#
# Hazard ratios. 1.5 means: of two accounts alike in all else in the model, the one that lies a standard deviation
# higher leaves at one and a half times the rate. To the right of 1 leaves sooner, to the left stays longer. An
# interval that crosses 1 is compatible with no effect at all.
#
# **Don't conclude**
# - that a ratio is a lever: customers who are about to go use the product less *because* they are going;
# - that a covariate whose interval crosses 1 is harmless. Covariates that say much the same share the effect between
#   them; where not even a sign can be read alone, `read_with` names the others;
# - that the one interval among many that just misses 1 is a discovery. One in twenty does so by chance alone.

# %%
study.hazard_ratios()

# %% [markdown]
# A model of your own is a formula: families and covariates by name, products of them, and a condition in SQL. The
# contract is adjusted for unless you take it out.

# %%
usage = study.cox("usage + departures")
usage

# %% [markdown]
# Taken together, do a family's columns go with leaving at all, given all else in the model? A small p value says that
# they do. It does not say how much.

# %%
usage.test("usage")

# %%
study.cox("usage", where="term_months = 12").test("usage")

# %% [markdown]
# One ratio stands for young and old accounts alike. Whether it may is tested: a small adjusted p value says that the
# ratio changes with age. The picture is of the one that drifts most, the first of the table; where its band holds a
# level line, one number will do.

# %%
usage.zph()

# %% [markdown]
# ## Trap 1: ignored entry
#
# Almost half of the accounts joined before the observation began. Counted from their first day, as if they had been
# watched since, they cannot leave for years: those who did are not in the data. The wrong curve is the higher one.

# %%
study.traps.entry()

# %% [markdown]
# The same in a model: customers from before the study beside those who joined since. The wrong ratio makes them look
# loyal; they had to be, to be there.
#
# **Don't conclude** that a curve of your own is right because it is smooth: ask from which day on each account was
# seen.

# %%
study.traps.entry_ratio()

# %% [markdown]
# ## Trap 2: immortal time
#
# 'Accounts that ever lost a champion': said of the whole lifetime, it counts the days before the departure as days
# with it, and on none of these could the account have left, for then there would have been no departure to see. The
# longer an account stays, the more happens to it, good and bad: so whatever ever happens looks as if it kept
# accounts. A departed champion seems to halve the danger, where coded in time it rather adds to it.

# %%
study.traps.immortal_time("departures >= 1")

# %% [markdown]
# Having no champion at all, the same way: coded in time accounts leave at almost three times the rate, coded as
# 'ever' it is as if it did not matter. Whatever is said of 'accounts that ever ...' is to be asked from which day on.
#
# **Don't conclude** that the right ratio is an effect: it is free of this one mistake, and not of others.

# %%
study.traps.immortal_time("no_champion > 0")

# %% [markdown]
# ## Trap 3: use after notice
#
# If leaving is dated by the last paid day, the weeks under notice are part of the data. Whatever use there is in them
# follows from leaving, or says nothing of it: the decision fell before. Where everybody stops working at once the
# wrong ratio is far from 1 and comes after the letter. In this company people work on to the last day, so the wrong
# ratio is nearer to 1: the drop was there to be seen before the notice, and is forgotten by the end.
#
# **Don't conclude** from which way it moves that it is the safe one. Date the event by the notice where one is known,
# and if your data know no notices, ask how old use must be to have been a warning (`study.audits.lag_ladder`). What
# the whole model becomes with its event dated the other way, `study.event_dates()` tells.

# %%
study.traps.use_after_notice("active_day_share")

# %% [markdown]
# ## What else could be wrong
#
# `study.audits()` takes a minute, and looks for the future in covariates, for facts that were dated back, for labels
# and scores that were rewritten, for a calendar that moves the use of all at once. **Don't conclude** that what was
# not found is not there.
#
# Next: `forecasts`. A ratio explains those who were seen; a forecast is judged on those who were not.
