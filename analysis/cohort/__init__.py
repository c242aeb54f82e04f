"""Cohort: the queries run in order; a cohort is built whole, named by the hash of what made it, and read."""
