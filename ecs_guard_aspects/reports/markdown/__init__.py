"""A Report in Markdown, for a comment or the summary of a job."""
