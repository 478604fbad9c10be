"""From documents to a report: run the checks, apply exemptions and enforcement, build findings."""
