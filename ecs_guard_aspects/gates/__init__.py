"""When and where the policy is asked; no gate imports another."""
