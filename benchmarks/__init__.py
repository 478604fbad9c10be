"""What the gate costs, beside its peers. Run with ``make bench``."""
