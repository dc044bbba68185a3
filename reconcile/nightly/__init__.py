"""One run from settings to files: alone, remembered, logged, with its messages."""
