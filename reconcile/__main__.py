"""python -m reconcile"""

from reconcile.cli.main import start

if __name__ == "__main__":
    start()
