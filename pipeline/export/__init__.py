"""What leaves the app: the .loupe archive, the showcase page, the dossier, and the check of all of them."""
