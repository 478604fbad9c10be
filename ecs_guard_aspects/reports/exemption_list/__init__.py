"""The list of exemptions: its formats, and what it reads of reports of other gates."""
