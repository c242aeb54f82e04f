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
# # Start here
#
# A study is a company's data, the dates between which it is observed, and every question that can be put to them.
# This notebook opens one and asks the first of them. Run the cells from top to bottom with Shift+Enter. Under each
# heading you find what to read in the result, and what *not* to conclude from it: in churn analysis the second is
# often the more useful of the two.
#
# The data are a small simulated company of 300 accounts (`small_company.toml`; `make lab` makes them). For your own,
# put the path of your `study.toml` in its place; nothing else needs to change.

# %% [markdown]
# Opening a study checks the raw data against the contract and builds the cohort: lifetimes cut into intervals, and
# rows to forecast from. That takes half a minute the first time, and nothing afterwards, until the data, the study or a
# query change. The bar tells how far it is; a cell may be stopped at any time (the square above), and nothing is
# harmed.

# %%
from analysis import open_study

study = open_study("small_company.toml", out="../out")

# %% [markdown]
# ## What it shows of itself
#
# A study says what it is and what can be asked of it. Press Tab after `study.` for all that it has, these and
# what they are made of, and Shift+Tab within a question's brackets for what it takes, gives, and rests on.

# %%
study

# %% [markdown]
# ## What these data can measure
#
# Factors come in families: usage, relationship, champion, and the contract as the control that is always adjusted
# for.
#
# **Don't conclude** that a family without data does not matter. It is absent, not zero, and no model can speak of it.
# The last column says which tables would change that.

# %%
study.measured()

# %% [markdown]
# ## Tables, and questions in SQL
#
# Every table of the cohort can be looked into: what one row is, from what it is made, by which query.

# %%
study.tables

# %%
study.tables.counting_process.describe()

# %% [markdown]
# Any select will do; nothing can be written by it. Below: who left in each year, and how many days before the end the
# notice came.
#
# **Don't conclude** that customers decide so early because they are sure: the contract sets the last day for a
# notice.

# %%
study.sql("""
    select
        year(notice_on) as year_of_notice,
        count(*) as gave_notice,
        median(ended_on - notice_on) as days_to_the_end,
        count(*) - count(ended_on) as not_ended_yet
    from lifetimes
    where cause = 'churn' and notice_on >= '2022-01-01'
    group by all
    order by all
""")

# %% [markdown]
# ## How accounts were counted
#
# Read this before any result: whoever fell out on the way is in none of the pictures. An account that came back has
# two lifetimes. Those `over_before_observation` had ended, or were under notice, when the observation began;
# `began_lately` are so new that an end of theirs would not be settled yet. Of the lifetimes at risk, `entered_late`
# were customers already when the observation began; `provisional_ends` are so recent that the account may yet come
# back; `known_leavers` have given notice, and still pay.

# %%
study.tables.attrition

# %% [markdown]
# ## How long do accounts stay?
#
# Each curve starts at 100% on the first paid day and falls whenever an account leaves. Read off a height (the share
# still customers after two years) or a width (the day by which half have left). Where few are at risk, as the numbers
# below the axis say, the curve rests on few.

# %%
study.survival()

# %% [markdown]
# By what was sold, by a range of seats, or by a column of your own making in SQL: the group is that of the first day
# on which a lifetime is observed.
#
# **Don't conclude** that the seats are the reason. A picture like this describes; it does not explain. Accounts of
# many seats differ in much else, and overlapping bands call for patience, not for a story.

# %%
study.survival(by="term_months")

# %%
study.survival(by="seats")

# %%
study.survival(by="case when seats >= 10 then 'ten seats or more' else 'fewer' end")

# %% [markdown]
# **Don't conclude** from a label of today (segment, touch model, owner) that it made accounts stay: at-risk accounts
# are moved to another. The result says so where a label is one of today.

# %%
study.survival(by="segment")

# %% [markdown]
# ## Who is in the book, quarter by quarter?
#
# How many were customers when a quarter began, and how many of *those* left before it ended: that is the rate.
# Accounts that joined within the quarter are counted apart. The last quarter has no rate yet: who left near its end may
# come back within the gap that is allowed.
#
# **Don't conclude** much from the difference between two quarters. With 9 accounts leaving, chance alone moves the
# count by three in either direction.

# %%
study.book()

# %% [markdown]
# ## Keep it
#
# A result is a table first: `.frame()` gives its numbers, `.plot()` a figure of matplotlib, `.save()` a file, by the
# end of its name: `.png`, `.svg`, `.csv`, `.parquet`, `.xlsx`, or `.html` with both.

# %%
study.survival(by="term_months").save("../out/small_company/survival_by_term.png")

# %%
study.survival().frame().tail(3)

# %% [markdown]
# ## Where to go from here
#
# | the question | notebook |
# |---|---|
# | my exports are not in this shape | `your_data` |
# | when do accounts leave, and by which door? | `lifetimes_and_hazards` |
# | what goes with leaving, and which mistakes with time must I not make? | `time_varying_cox` |
# | who leaves next, and can the forecast be trusted? | `forecasts` |
# | usage, relationship or champion? | `contest` |
# | is our health score worth its colours? | `score_audit` |
# | what happened to this one account? | `stories` |
# | does my own idea of a covariate tell anything? | `try_a_covariate` |
#
# And `tenure report quarterly` writes all this as one page for those who have to decide.
