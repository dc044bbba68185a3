"""Puts this folder on the import path, so that tests in any room can share what other rooms make (made.builders, laws.practices)."""

import sys
from pathlib import Path

HERE = str(Path(__file__).parent)
if HERE not in sys.path:
    sys.path.insert(0, HERE)
