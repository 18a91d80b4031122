"""What Loupe claims about speed and fidelity, measured again by `make bench`."""
