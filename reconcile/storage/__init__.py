"""Files for their owner alone, written all or none, and kept."""
