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
# # Your data into the contract
#
# A study reads tables of one shape, the contract: accounts, subscriptions with their dates, and whatever else you
# have. This notebook goes all the way from raw exports to a study that opens. Lines that begin with `!` are commands,
# which work in a terminal just so. Everything is written into a new folder under `/tmp`; name one of your own.

# %%
from tempfile import mkdtemp

folder = mkdtemp() + "/my_study"

# %% [markdown]
# ## Begin
#
# `--source` says what the data are exported from: `stripe`, `salesforce_zendesk`, `hubspot`, or `blank` for tables
# that you fill yourself. Nothing that exists is ever written over. What it lists as waited for is what you have to
# export.

# %%
# !tenure init --source stripe {folder}

# %% [markdown]
# `my_source/` holds the SQL that makes the contract's tables of such exports, a short file each, with *decide* at the
# head: what stands there is as most companies would have it, and what you have to look at.
#
# **Don't conclude** that it is right for you because it runs. Whether a paused subscription is an end, only you know.

# %%
# !sed -n 1,30p {folder}/my_source/subscriptions.sql

# %% [markdown]
# ## Put the exports in
#
# Yours go into `raw/`, as they are. Here it is 24 customers of a made-up company, as Stripe would export them.

# %%
# !cd ../tests/kit && python -m raw_exports stripe {folder}/raw && ls {folder}/raw

# %% [markdown]
# ## Set the two days
#
# From when the exports are complete, and the day of the export: known is what was known up to its morning.

# %%
# !sed -i 's/^snapshot = .*/snapshot = 2025-07-01/' {folder}/study.toml && cat {folder}/study.toml

# %% [markdown]
# ## Check
#
# What was read, which rows break a rule, what can be measured, and what to do next. Go on until nothing stands in the
# way; `--page` writes the same in detail, with all rows of what was found.
#
# **Don't conclude** that data that pass are true. They have the shape of lifetimes; compare the number of those that
# left with what your finance team counts.

# %%
# !tenure check --study {folder}/study.toml --out {folder}/out

# %% [markdown]
# ## Open it
#
# From here on it is a study as any other: `start_here`, with your path.

# %%
from analysis import open_study

study = open_study(f"{folder}/study.toml", out=f"{folder}/out")

# %%
study.measured()

# %%
study.tables.attrition

# %%
study.survival()
