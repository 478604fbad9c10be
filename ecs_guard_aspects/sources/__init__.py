"""Where task definitions come from. A source yields documents: what there is to judge, and what could not be read."""
