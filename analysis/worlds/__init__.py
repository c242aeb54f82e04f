"""Worlds: companies whose truth is known, and proofs that an analysis finds it; the product never imports them."""
