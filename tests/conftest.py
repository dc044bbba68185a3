"""Puts this folder on the import path, so that tests in any room can share what other rooms make; deals out the tests."""

import os
import re
import sys
from pathlib import Path

HERE = str(Path(__file__).parent)
if HERE not in sys.path:
    sys.path.insert(0, HERE)

import pytest
from hypothesis import settings
from made import depth

# How long an example takes says how busy the machine is, and nothing of the code: a law has no deadline.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")

# Of the modules with costly tests, those whose tests can be asked anywhere: what they share is made in a moment.
APART = frozenset(
    "test_batch_run test_cli test_cluster test_fuzz test_store test_injection_told test_nightly_run test_notify test_offline "
    "test_practice_folder test_planted_names test_private test_readers_agree test_reading_laws test_readme test_redact test_redact_laws test_zoo".split()
)
OF_ONE_PRACTICE = re.compile(r".*(?:_laws|test_second_reading)\.py::.*\[(\d+)\]")


def worker_shares(nodeid):
    """What is asked by one worker: the tests of a module, of one made-up practice, or a test alone."""
    module = re.search(r"(\w+)\.py", nodeid)[1]
    if module in APART:
        return nodeid
    practice = OF_ONE_PRACTICE.fullmatch(nodeid)
    return f"practice {practice[1]}" if practice else module


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Deal out the tests by worker_shares, those first of which there are most together."""
    from xdist.scheduler import LoadScopeScheduling

    class Shares(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return worker_shares(nodeid)

    return Shares(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config):
    """One worker more than there are processors, since many tests wait for a program or for a pause."""
    processors = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    return int(os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS") or processors + 1)


def pytest_report_header(config):
    """Say what asks the same again."""
    return f"all made-up cases, those of RECONCILE_TESTS_DAY={depth.DAY}" if depth.FULL else []


@pytest.fixture(scope="session")
def server():
    """Runs the program in forks of a process that is warm; one for all modules that give it bad files."""
    from hostile.unharmed import Server

    server = Server()
    yield server
    server.close()
