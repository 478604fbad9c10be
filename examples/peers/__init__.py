"""What other tools say of the same task definitions."""
