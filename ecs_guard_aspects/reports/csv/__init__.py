"""The report as CSV, and CSV that spreadsheets do not calculate."""
