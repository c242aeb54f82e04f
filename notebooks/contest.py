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
# # Usage, relationship or champion?
#
# Single covariates mislead: those that say the same share an effect between them. So the question is put to families
# as a whole, and on accounts that no model had seen.

# %%
from analysis import open_study

study = open_study("small_company.toml", out="../out")

# %% [markdown]
# ## What is knowing a family worth?
#
# For each subset of the families a model forecasts accounts of later quarters; a family's worth is what it adds on
# average over all orders. An interval that reaches zero means that no worth is shown. This is how families are
# judged, here and in the reports.
#
# **Don't conclude** that a family of no worth has no effect: it says nothing here that the contract and the others do
# not say.

# %%
study.contest()

# %% [markdown]
# ## Which matters more?
#
# Two worths rise and fall together when accounts are drawn again, so their intervals may overlap though their
# difference is sure: look at the difference, row by row.

# %%
study.contest.contrasts()

# %% [markdown]
# In which groups? **Don't conclude** from the largest of many groups; the next table asks whether they differ at all.

# %%
study.contest.differences()

# %% [markdown]
# ## In points of churn
#
# Accounts at the 90th percentile of what the family says, beside those at the 10th.
#
# **Don't conclude** that moving an account from one end to the other would save these points. Nobody was moved.

# %%
study.effects()

# %% [markdown]
# ## Blind spots
#
# Accounts high and low by each family: who left in each cell, and who is there now. The cell to look at is the one
# that a single family calls safe and another does not.
#
# **Don't conclude** from a cell of few accounts; small ones are hidden.

# %%
study.effects.blind_spots()

# %% [markdown]
# After a champion goes: the hazard by weeks since it became known, filled or not.
#
# **Don't conclude** that filling the seat keeps the account: one that means to stay names a successor.

# %%
study.effects.vacancy()

# %% [markdown]
# ## What practice says
#
# Claim by claim, put to the test on these data, with an evidence grade and a verdict.
#
# **Don't conclude** from 'inconclusive' that a claim is wrong: see how small an effect these data could have shown.

# %%
study.claims()

# %% [markdown]
# Next: `score_audit`. A health score is a claim, too: that its weights are right.
