"""What Ignition writes and XPM does, as rules.md says it."""
