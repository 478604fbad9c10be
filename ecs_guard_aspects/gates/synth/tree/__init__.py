"""The construct tree: only this package reads constructs."""
