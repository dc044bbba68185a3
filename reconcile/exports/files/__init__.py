"""Which files to read: those named, the newest of each kind, none that is still being written."""
