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
# %% [markdown]
# # Your data into the contract
#
# A study reads tables of one shape, the contract: accounts, subscriptions with their dates, and whatever else you
# have. This notebook goes the way from raw exports to a study that opens, with commands that work in a terminal, too.

# %% [markdown]
# ## Begin
#
# `tenure init` writes a study to begin with: `--source salesforce_zendesk`, `stripe`, `hubspot`, or `blank` for
# tables of your own. Nothing that exists is written over.

# %%
# !tenure init --source stripe ../out/my_study

# %% [markdown]
# `my_source/` holds SQL, one short file for each table of the contract, with *decide* at the head of each: what
# stands there is how most companies would have it, and what you must look at. `study.toml` names the days between
# which the exports are complete.

# %%
# !cat ../out/my_study/study.toml

# %% [markdown]
# ## Put the exports in
#
# Here a few customers, as they would be exported; yours go into `raw/` under the names that `tenure init` listed.

# %% [markdown]
# ## Check
#
# What was read, what breaks a rule and which rows, what can be measured, and what to do next. Go on until nothing
# stands in the way; `--page` writes the same with more detail as a page.
#
# **Don't conclude** that data which pass are right. They have a shape; whether an end is an end, only you know.

# %%
# !tenure check --study ../out/my_study/study.toml --out ../out
