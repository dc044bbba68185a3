"""What the practice knows and no export shows: defaults < reconcile.toml < RECONCILE_* < flags."""
