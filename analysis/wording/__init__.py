"""Wording: what analysis has to say as codes with values, and how a language puts them into words."""
