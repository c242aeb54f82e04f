"""Danger: what is true of each account, the hazard that follows, and which claims hold."""
