#!/usr/bin/env bash
# Dask distributed 2026.8.0: does LocalCluster(dashboard_address=None) open no port for the web?
#
# Guessed: none is opened, since its documentation says "Set to None to disable the dashboard".
# So: the dashboard is not drawn, but the scheduler serves its figures (/metrics, /health) over HTTP all the same, on port
#     8787 where that is free; where it is not, on another one, with a warning that asks whether a cluster is running
#     already. Two programs that each make a small cluster on one computer meet there: under `-W error` the second fails
#     to start. Only `scheduler_kwargs={"dashboard_address": "127.0.0.1:0"}` takes any free port without a word.
#
# Fails when that changes. Needs Python 3.11 or newer and pip, and port 8787 free; touches nothing but a temporary folder.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv .venv
.venv/bin/python -m pip install -q "distributed==2026.8.0"

cat >two_clusters.py <<'PY'
import urllib.request
import warnings

from distributed import LocalCluster


def cluster(**more):
    return LocalCluster(n_workers=0, dashboard_address=None, **more)


def words_of(**more):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        with cluster(**more) as made:
            port = made.scheduler.http_server.port
    return port, [str(one.message).splitlines()[0] for one in caught if "8787" in str(one.message)]


if __name__ == "__main__":
    with cluster() as first:
        port = first.scheduler.http_server.port
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health") as answer:
            health = answer.read().decode()
        second = words_of()
        quiet = words_of(scheduler_kwargs={"dashboard_address": "127.0.0.1:0"})
    print(f"first, with None: port {port}, /health says {health}")
    print(f"second, with None: {'another port' if second[0] != port else 'the same port'}, warnings: {second[1]}")
    print(f"with 127.0.0.1:0: warnings: {quiet[1]}")
PY

.venv/bin/python two_clusters.py | tee out.txt
cat >expected.txt <<'TXT'
first, with None: port 8787, /health says ok
second, with None: another port, warnings: ['Port 8787 is already in use.']
with 127.0.0.1:0: warnings: []
TXT
diff expected.txt out.txt || { echo "this has changed"; exit 1; }
