"""Report formats: one module for each, with a function of a Report."""
