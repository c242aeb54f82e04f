"""Survival analysis of B2B subscription churn: which customers leave, when, and why."""
