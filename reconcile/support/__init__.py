"""The same exports with made-up names, and the proof that the verdicts stay."""
