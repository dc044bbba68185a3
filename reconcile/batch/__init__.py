"""Many practices, each run as a task in processes here or on a cluster, and one overview of all."""
