"""JSON and YAML text: values with their positions, comments, inline exemptions."""
