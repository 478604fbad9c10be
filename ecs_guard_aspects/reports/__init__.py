"""Report formats: a module for each, with one function of a Report."""
