"""Runs what opens a workbook in a process of its own: a broken or hostile file can end it, or fill its memory."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from reconcile.errors import ReconcileError
from reconcile.storage.child_process import run_module

CHILD_SECONDS = 60


def ask_child(module: str, path: Path, label: str, *arguments: str) -> dict:
    """Let `python -P -m module PATH ARGUMENTS` open a workbook, limited in memory and time, and take the JSON it prints.

    Raises:
        ReconcileError: the process did not end well, or `{"fault": ...}` is its answer.
    """
    try:
        done = run_module(module, [os.fspath(path), *arguments], seconds=CHILD_SECONDS)
    except subprocess.TimeoutExpired:
        raise ReconcileError(
            f"{label}: takes longer than {CHILD_SECONDS} seconds to open. Export a shorter period, or save it as CSV."
        ) from None
    if done.returncode != 0:
        raise ReconcileError(
            f"{label}: the workbook is damaged or too large: it stops the program that opens it. "
            "Open it in Excel, save it under a new name and try again; or export it as CSV."
        )
    answer = json.loads(done.stdout)
    if "fault" in answer:
        raise ReconcileError(f"{label}: {answer['fault']}.")
    return answer
