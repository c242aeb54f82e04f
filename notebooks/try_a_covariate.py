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
# # Try a covariate of your own
#
# A few lines of SQL say what it is on each day; the study then says whether it knows the future, where it has values,
# how the danger of leaving goes with it, and what it adds to forecasts beside all that is known already. No checkout
# is needed, and a good one is kept by a file.

# %%
from analysis import open_study

study = open_study("small_company.toml", out="../out")

# %% [markdown]
# ## The select
#
# For each account and each date on which covariates are asked for (`risk_windows`), a value, made of what was known
# *before* that date. Here: tickets of the last eight weeks that were about prices or terms.

# %%
asked = study.try_covariate(
    """
    select dates.account_id, dates.risk_date as date, count(*) as tickets_on_terms
    from risk_windows as dates
    inner join dated_ticket as ticket
        on dates.account_id = ticket.account_id
        and ticket.opened_on >= dates.risk_date - 56
        and ticket.known_on < dates.risk_date
        and ticket.is_contract_question
    group by all
    """,
    name="tickets_on_terms",
    family="relationship",
    null_means="zero",
    expected_sign="+",
)

# %% [markdown]
# ## Does it know the future?
#
# On a few days the past is rebuilt from what was known then, and the select is run on that. A clean one has the same
# values.

# %%
asked.look_ahead()

# %% [markdown]
# ## One that peeks
#
# The same, but with the tickets of the four weeks *after* the date: a value that differs has seen the future. Nothing
# else is computed of such a covariate, for it would look splendid.

# %%
study.try_covariate(
    """
    select dates.account_id, dates.risk_date as date, count(*) as tickets_ahead
    from risk_windows as dates
    inner join dated_ticket as ticket
        on dates.account_id = ticket.account_id
        and ticket.opened_on >= dates.risk_date
        and ticket.opened_on < dates.risk_date + 28
    group by all
    """,
    name="tickets_ahead",
    family="relationship",
    null_means="zero",
).look_ahead()

# %% [markdown]
# ## Its values, and where it has none

# %%
asked.distribution()

# %%
asked.coverage()

# %% [markdown]
# ## How the danger goes with it
#
# Beside the contract and the rest of its family.
#
# **Don't conclude** that it is a cause: asking about terms is what leaving begins with. Nor, from a ratio near 1,
# that it tells nothing: the family has such tickets already, over a quarter of a year (`contract_questions`), and the
# ratio is of what these few weeks say beyond them.

# %%
asked.dose_response()

# %% [markdown]
# As it stood earlier, beside the contract alone: what only tells on the eve of leaving is a symptom, and no warning.

# %%
asked.lags()

# %% [markdown]
# ## What it adds
#
# Forecasts of quarters that no model had seen, with it and without; it is shrunk as its family is, as it would be
# once it is kept. The p value counts all that you tried today: the fifth idea must be better than the first to be
# believed.
#
# **Don't conclude** from a strong ratio above that it adds anything. What the others say already is said.

# %%
asked.adds()

# %% [markdown]
# ## Keep it
#
# `asked`, alone in a cell, shows all of this at once. `asked.keep("my_queries")` writes it as two files into a folder
# beside the study, which has it from then on once its file says `queries = ["./my_queries"]`.
