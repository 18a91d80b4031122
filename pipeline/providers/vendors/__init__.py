"""One adapter for each remote service; strangers to each other."""
