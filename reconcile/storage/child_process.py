"""Starts a module of this package in a process of its own: what it does can be stopped, and its faults stay in there.

The child sees the program and the libraries, and nothing of the folder that the run was started in: a practice's folder
may hold a file that is called json.py.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_PACKAGE_ROOT = Path(__file__).resolve().parents[2]


def run_module(
    module: str, arguments: Sequence[str] = (), *, seconds: float, given: bytes | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run `python -P -m MODULE ARGUMENTS` to its end; what it prints comes back, and its error output goes nowhere.

    Args:
        arguments: others on the computer can read them; what is secret goes by `given`.
        seconds: after so many it is killed.
        given: what it reads from its standard input.

    Raises:
        subprocess.TimeoutExpired: it took longer; with what it had printed by then.
        OSError: it could not be started.
    """
    environment = dict(os.environ)
    # An empty entry would be the folder that the run was started in.
    others = filter(None, environment.get("PYTHONPATH", "").split(os.pathsep))
    environment["PYTHONPATH"] = os.pathsep.join([str(_PACKAGE_ROOT), *others])
    return subprocess.run(
        [sys.executable, "-P", "-m", module, *arguments],
        input=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=seconds,
        env=environment,
        check=False,
    )
