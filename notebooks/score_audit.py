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
# # Is our health score worth its colours?
#
# A health score is a claim: that these components, with these weights, say who leaves. `health_score.toml` beside the
# study says what it is made of; a published history is audited as it was published. This company declares none: its
# weights are worked out from the history, in which parts and total stand side by side.

# %%
from analysis import open_study

study = open_study("small_company.toml", out="../out")

# %% [markdown]
# ## Do the lower ones leave first?
#
# How often an account that left had the lower score, beside forecasts on the same rows.
#
# **Don't conclude** from a good order that the score warns: it may fall on the day of the notice.

# %%
study.score_audit.ordering()

# %% [markdown]
# ## What do the colours mean?
#
# How many left in each colour. The worse the colour, the more should; and green should mean what is said of green.
#
# **Don't conclude** that red accounts that stayed were false alarms: some of them were called.

# %%
study.score_audit.colours()

# %% [markdown]
# ## Did it warn?
#
# How many of those who left were still green, one, two and three months before, beside stayers like them. Three times
# are looked at, so a difference is called shown by Holm's method: its p value counts threefold.

# %%
study.score_audit.warnings()

# %%
study.score_audit.lead_times()

# %% [markdown]
# ## The weights
#
# Ring: the weight in use; dot: where who left puts it. Each gets a verdict: keep, raise, lower, or it cannot be told.
#
# **Don't conclude** that a raised weight keeps anybody: what goes with leaving makes a better warning, and no more.

# %%
study.health_score()

# %% [markdown]
# Do they hold from one half year to the next?

# %%
study.score_audit.weights_over_time()

# %% [markdown]
# ## What it does not see
#
# Which family would have flagged the leavers whom the score called green, beside green stayers.

# %%
study.score_audit.blind_spots()

# %% [markdown]
# ## Move the sliders
#
# Who would be green, how many of those who left would have been, and how many calls would be right. (A page has no
# sliders: in JupyterLab they stand above the picture.)
#
# **Don't conclude** that the best setting you find is better: you have looked at who left.
# `study.score_audit.proposed()` says whether learned weights told *later* quarters better; where they did not, they
# stand in its table, and are not proposed.

# %%
study.score_audit.sliders()

# %%
study.score_audit.proposed()

# %% [markdown]
# Next: `stories`, one account at a time.
