"""A scheduled audit as a CDK app: see docs/audit.md, "Scheduled audit"."""
