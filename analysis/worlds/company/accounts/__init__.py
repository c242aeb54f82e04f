"""Accounts: who is a customer, on what terms, with which users, and who leaves and returns."""
