"""The setting: the scenario, the behaviours, the calendar that all share, and the tables to be written."""
