"""Health score: whether a customer-success score orders accounts, warns in time and deserves its weights."""
