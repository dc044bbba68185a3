"""Tasks for test_process_pool.py and test_cluster.py, in a module of their own so that other processes can import them."""

import os
import signal
import time
from pathlib import Path


def double(number):
    return number * 2


def refuse(number):
    if number == 3:
        raise ValueError("three")
    return number


def end_the_process(task):
    """(number, what): with "always" its process is killed, with a path the first time only, else all is well."""
    number, what = task
    if what == "always" or (what and not Path(what).exists()):
        if what != "always":
            Path(what).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.05)
    return number


def note_and_wait(task):
    """(number, folder): note in the folder which process has it, wait, and note that it is done."""
    number, folder = task
    Path(folder, f"{number}-{os.getpid()}.begun").touch()
    time.sleep(0.4)
    Path(folder, f"{number}-{os.getpid()}.done").touch()
    return number
