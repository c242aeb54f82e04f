"""Lifetimes: what a study's lifetimes do: survival, ends by cause, recurrent events."""
