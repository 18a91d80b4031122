"""Those who answer on this machine, without a key."""
