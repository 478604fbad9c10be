"""How a Report is said: a module for each format, each one function of a Report."""
