"""Runs each animal of the zoo as a real process, and prints a Markdown table: `python tests/tools/zoo_run.py [--fork] [PART]`.

With --fork in forks of one process, as test_zoo.py does. Exits with 1 where one did not end as expected, or did harm.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from hostile.unharmed import Ended, Results, Server, kept_in, run_command, words_of
from hostile.zoo import Animal, make, surprises, write_practice
from hostile.zoo_animals import ANIMALS


def first_sentence(ended: Ended, folder: Path, animal: Animal) -> str:
    """What was said of the animal: the refusal, or its first problem, else that there was none."""
    if ended.code == 2:
        lines = [line for line in ended.said.splitlines() if line.startswith("error: ")]
        return next(
            (line for line in lines if animal.file in line), lines[0] if lines else "nothing"
        )[7:]
    if ended.code not in (0, 10, 20):
        return (ended.said.strip().splitlines() or ["nothing"])[-1]
    problems = [
        one for one in Results.read(folder).fixlist["problems"] if one["file"] == animal.file
    ]
    problems.sort(key=lambda one: not one["set_aside"])
    if not problems:
        return "as the healthy practice"
    one = problems[0]
    row = f" row {one['row']}" if one["row"] else ""
    return f"{one['file']}{row}: {one['problem']}" + (
        f" ({len(problems)} problems)" if len(problems) > 1 else ""
    )


def tell(text: str, most: int = 150) -> str:
    """A text for a cell of the table."""
    text = "".join(letter if letter.isprintable() else "?" for letter in text).replace("|", "\\|")
    return text if len(text) <= most else text[: most - 3] + "..."


def main() -> int:
    """Print a line for each animal as it ends, and the sums."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", nargs="?", default="")
    parser.add_argument("--fork", action="store_true")
    asked = parser.parse_args()
    server = Server() if asked.fork else None
    with tempfile.TemporaryDirectory() as above:
        wrong = _run_all(asked.part, server.run if server else run_command, Path(above))
    if server:
        server.close()
    for words in wrong:
        print(words)
    return 1 if wrong else 0


def _run_all(part: str, run: Callable[..., Ended], above: Path) -> list[str]:
    evening, again = above / "evening", above / "again"
    write_practice(evening / "in")
    assert run(evening, *words_of("in")).code == 10
    shutil.copytree(evening, again)
    assert run(again, *words_of("in")).code == 10
    healthy = Results.read(again)
    shutil.rmtree(evening / "in")
    wrong: list[str] = []
    slowest = largest = ("", 0.0)
    chosen = [animal for animal in ANIMALS if part in animal.name]
    print("| case | expected | outcome | seconds | peak MiB |\n| --- | --- | --- | --- | --- |")
    for animal in chosen:
        folder = Path(shutil.copytree(evening, above / "folder"))
        make((animal,), folder / "in")
        before = kept_in(folder)
        ended = run(folder, *words_of(*animal.paths, formats=animal.formats), bound=animal.bound)
        wrong += [
            f"{animal.name}: {one}" for one in surprises((animal,), ended, folder, before, healthy)
        ]
        said = tell(first_sentence(ended, folder, animal))
        print(
            f"| {animal.name} | {animal.expected} | {ended.code}: {said} | {ended.seconds:.1f} | {ended.memory >> 20} |",
            flush=True,
        )
        slowest = max(slowest, (animal.name, ended.seconds), key=lambda one: one[1])
        largest = max(largest, (animal.name, ended.memory / (1 << 20)), key=lambda one: one[1])
        shutil.rmtree(folder)
    print(
        f"\n{len(chosen)} animals, {len(wrong)} surprises; slowest {slowest[0]} ({slowest[1]:.1f} s), largest {largest[0]} ({largest[1]:.0f} MiB)"
    )
    return wrong


if __name__ == "__main__":
    raise SystemExit(main())
