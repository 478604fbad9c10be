"""Reports for tools that collect security findings: AWS Security Hub (ASFF), and all that read OCSF."""
