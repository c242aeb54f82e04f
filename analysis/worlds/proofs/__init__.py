"""Proofs: what the product finds, measured against what was planted."""
