"""All that reads constructs."""
