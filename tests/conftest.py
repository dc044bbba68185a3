"""Puts this folder on the import path, so that tests in any room can share what other rooms make (made.builders, laws.practices)."""

import sys
from pathlib import Path

from hypothesis import settings

HERE = str(Path(__file__).parent)
if HERE not in sys.path:
    sys.path.insert(0, HERE)

# How long an example takes says how busy the machine is, and nothing of the code: a law has no deadline.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")
