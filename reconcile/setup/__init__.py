"""What a practice needs to begin: a first settings file and an entry for the system's scheduler."""
