"""Prints the lowest version that pyproject.toml allows of each library, as constraints for pip.

python .ci/lowest.py  -->  pandas==3.0.0 ...
"""

import re
import sys
import tomllib
from pathlib import Path

project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
for wanted in [*project["dependencies"], *project["optional-dependencies"]["test"]]:
    bound = re.match(r"([\w.-]+)(?:\[\w+\])?>=([\w.]+)", wanted)
    if not bound:
        sys.exit(
            f"pyproject.toml: {wanted}: has no lowest version. Write NAME>=VERSION, a version that the tests have passed with."
        )
    print(f"{bound[1]}=={bound[2]}")
