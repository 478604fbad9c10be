"""Findings across runs: baselines, comparison of reports, the list of exemptions."""
