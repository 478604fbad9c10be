"""The list of exemptions: its formats, and the reports that it reads."""
