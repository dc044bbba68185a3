#!/usr/bin/env bash
# pytest-xdist 3.8.0 with pytest 9.2.0: does `--dist loadgroup` keep the tests of one xdist_group on one worker?
#
# Guessed: yes, as its documentation says, since both are the newest releases and nothing warns.
# So: the option is taken, every test passes, and the groups are spread over the workers as if no mark were there. With
#     pytest 8.4.2 and the same xdist each group stays on one worker. Who shares something costly in a group pays for it
#     once per worker, or races on it, without a word.
#
# Fails when that changes. Needs a Python 3.11 or newer and pip; touches nothing but a temporary folder.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >test_groups.py <<'PY'
import os
import time

import pytest

groups = [
    pytest.param(group, at, marks=pytest.mark.xdist_group(f"group-{group}"), id=f"{group}-{at}")
    for at in range(6)
    for group in "abcd"
]


@pytest.mark.parametrize(("group", "at"), groups)
def test_where_it_runs(group, at):
    with open("ran.txt", "a") as notes:
        notes.write(f"{group} {os.environ['PYTEST_XDIST_WORKER']}\n")
    time.sleep(0.05)
PY

workers_of_groups() { # PYTEST_VERSION: how many workers ran the most spread of the four groups
    python3 -m venv "$1"
    "$1/bin/python" -m pip install -q "pytest==$1" "pytest-xdist==3.8.0" >&2
    rm -f ran.txt
    "$1/bin/python" -m pytest -q -p no:cacheprovider -n 4 --dist loadgroup test_groups.py >out.txt
    tail -n 1 out.txt >&2
    sort -u ran.txt | cut -d ' ' -f 1 | uniq -c | sort -n | tail -n 1 | awk '{print $1}'
}

old=$(workers_of_groups 8.4.2)
new=$(workers_of_groups 9.2.0)
echo "pytest 8.4.2, xdist 3.8.0: the most spread group ran on $old worker(s)"
echo "pytest 9.2.0, xdist 3.8.0: the most spread group ran on $new worker(s)"
[ "$old" = 1 ] && [ "$new" -gt 1 ] || { echo "this has changed"; exit 1; }
