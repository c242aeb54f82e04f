"""The SQL that builds the cohort tables, shipped as package data."""
