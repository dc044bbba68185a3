"""How strong the tests are: small faults are put into the deciding modules one at a time, and some test has to fail.

    python tests/benchmarks/mutants.py [MODULE ...] [--out DIR] [--workers 2] [--seconds 10] [--all | --new]
                                       [--sample N --seed S] [--near]

The faults (mutants) are those of mutmut's operators. Its own runner is not used, for two reasons. It asks only tests
during which a function ran, and a table of cases that is decided once, in a fixture of its module, runs during the
first of them alone. And it leaves properties and a module's constants (the patterns of cell_parsers.py) as they are. Here
pytest collects once, and each mutant is a forked process that holds everything imported: it takes over the mutated code
and runs the tests that reach its line, those likely to fail first, up to the first that does. What a fixture runs counts for
every test that uses it.

No mutants: annotations, docstrings, the message of an assert, the capitals of a text. Hangs count as killed.
DIR keeps what is known, so that a second call asks only what survived (`--all`: everything; `--new`: only what was never
asked, as after code has changed), new tests first. A mutant is given up after so many seconds of tests; the laws and the
tests of other modules come last, with more seconds. --sample asks so many mutants of each module, drawn at random by --seed;
the table then speaks of these alone. --near asks only the tests of the module itself.
Needs fork: Linux or macOS. Source: README.md beside this file.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import json
import os
import resource
import select
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from random import Random
from types import FunctionType, ModuleType
from typing import Any

import libcst as cst
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation import file_mutation, mutators
from mutmut.mutation.pragma_handling import IgnoredCode

ROOT = Path(__file__).resolve().parents[2]
MODULES = (
    "rules.references", "rules.overnight", "rules.belonging",
    "exports.date_order", "exports.cell_parsers", "exports.parsed_grid",
    "verdicts.ledger", "verdicts.verdicts", "verdicts.remarks", "verdicts.job_findings",
    "fixes.fix_list", "fixes.repairs", "fixes.conflicts", "fixes.proof",
)  # fmt: skip
# For each module the tests that are asked first.
NEAR = {
    "rules.references": ("rules/test_references", "rules/test_belonging", "test_golden"),
    "rules.overnight": ("rules/test_overnight", "test_golden", "verdicts/test_verdicts"),
    "rules.belonging": ("rules/test_belonging", "test_golden", "verdicts/test_verdicts"),
    "exports.date_order": ("exports/test_tables", "setup/test_first_settings", "test_golden"),
    "exports.cell_parsers": ("exports/test_cell_parsers", "exports/test_tables", "test_golden"),
    "exports.parsed_grid": ("exports/test_tables", "test_golden"),
    "verdicts.ledger": ("verdicts/test_verdicts", "test_golden", "history/test_store"),
    "verdicts.verdicts": ("verdicts/test_verdicts", "test_golden"),
    "verdicts.remarks": ("verdicts/test_verdicts", "test_golden"),
    "verdicts.job_findings": ("verdicts/test_verdicts", "test_golden"),
    "fixes.fix_list": ("fixes/test_fix_list", "test_golden", "history/test_notes"),
    "fixes.repairs": ("fixes/test_repairs", "fixes/test_fix_list", "test_golden"),
    "fixes.conflicts": ("fixes/test_conflicts", "fixes/test_proof", "test_golden"),
    "fixes.proof": ("fixes/test_proof", "test_golden"),
}
TESTS = (
    "rules/test_references", "rules/test_overnight", "rules/test_belonging", "rules/test_causes",
    "verdicts/test_verdicts", "verdicts/test_root_causes",
    "fixes/test_fix_list", "fixes/test_repairs", "fixes/test_conflicts", "fixes/test_proof",
    "exports/test_cell_parsers", "exports/test_tables", "exports/test_title_dates",
    "setup/test_first_settings", "test_golden", "questions/test_explain", "questions/test_whatif",
    "history/test_notes", "history/test_store",
    "laws/test_deciding_laws", "laws/test_proof_laws", "laws/test_second_reading",
)  # fmt: skip
CASES = {"test_golden": 10}  # one test compares a whole file, which shows as much as so many others
SEEDS = 8  # of the laws: so many practices
BEYOND = 4 << 30  # bytes that a mutant may take more than the process it comes from
HANGS = 300  # seconds after which a test that uses none of its time is taken to wait for ever
OUT_OF_TIME = signal.SIGPROF, signal.SIGALRM
SAMPLE = "the sample"
PASSED_ALL, FAILED, TIMEOUT = "survived", "killed", "timeout"
NO_TESTS, NOT_ASKED, INVALID = "no tests", "not asked", "no Python"


# Mutants -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mutant:
    """One fault: what stands where in a module's source, and what stands there instead."""

    module: str
    function: str  # qualified name; "" for a constant of the module
    line: int
    start: int
    end: int
    text: str
    source: str = field(repr=False)
    nth: int = 0  # of those in one function that read the same

    @property
    def mutated(self) -> str:
        """The module's source with the fault in it."""
        return self.source[: self.start] + self.text + self.source[self.end :]

    @property
    def change(self) -> str:
        """The changed lines before and after, as one text."""
        first = self.source.rfind("\n", 0, self.start) + 1
        last = self.source.find("\n", self.end)
        before = self.source[first:last].splitlines()
        after = (
            self.source[first : self.start] + self.text + self.source[self.end : last]
        ).splitlines()
        return "\n".join(
            [*(f"- {one.strip()}" for one in before), *(f"+ {one.strip()}" for one in after)]
        )

    @property
    def key(self) -> str:
        """The same for the same fault in a file in which other lines moved."""
        return f"{self.module}:{self.function}:{self.nth}\n{self.change}"


def _one_string(node: cst.BaseString) -> Iterator[cst.BaseString]:
    """A text with something before and after it; other capitals as well would be two more mutants of no more weight."""
    yield from list(mutators.operator_string(node))[:1]


OPERATORS = [
    (kind, _one_string if operator is mutators.operator_string else operator)
    for kind, operator in mutators.mutation_operators
]


class _Finder(file_mutation.MutationVisitor):
    """mutmut's visitor, which also enters properties, and notes where each mutation stands."""

    def __init__(self, module: str, source: str):
        super().__init__(OPERATORS, IgnoredCode(set(), set(), set()))
        self.module, self.source, self.found = module, source, []
        self.names: list[str] = []  # of the classes and functions that the visitor is in
        self.inside = 0  # how many of them are functions: what stands in an inner one belongs to the outermost
        self.starts = [0]
        for one in source.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(one))

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            self.names.append(node.name.value)
            self.inside += isinstance(node, cst.FunctionDef)
        return super().on_visit(node)

    def on_leave(self, original_node: cst.CSTNode) -> None:
        super().on_leave(original_node)
        if isinstance(original_node, cst.FunctionDef | cst.ClassDef):
            self.names.pop()
            self.inside -= isinstance(original_node, cst.FunctionDef)

    def _skip_node_and_children(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.FunctionDef) and node.decorators:
            names = {getattr(one.decorator, "value", "") for one in node.decorators}
            return not names <= {"property", "cached_property"}
        if isinstance(node, cst.Decorator):
            return True
        return super()._skip_node_and_children(node)

    def visit_Assert_msg(self, node: cst.Assert) -> None:
        self._in_message = True

    def leave_Assert_msg(self, node: cst.Assert) -> None:
        self._in_message = False

    def _create_mutations(self, node: cst.CSTNode) -> None:
        before = len(self.mutations)
        super()._create_mutations(node)
        if len(self.mutations) == before or getattr(self, "_in_message", False):
            return
        span = self.get_metadata(PositionProvider, node)
        start = self.starts[span.start.line - 1] + span.start.column
        end = self.starts[span.end.line - 1] + span.end.column
        for mutation in self.mutations[before:]:
            text = cst.Module([]).code_for_node(mutation.mutated_node)
            function = ".".join(self.names[: len(self.names) - max(self.inside - 1, 0)])
            self.found.append(
                Mutant(self.module, function, span.start.line, start, end, text, self.source)
            )


def find_mutants(module: str) -> list[Mutant]:
    """Every mutant of a module, in the order of its lines; each once."""
    source = (ROOT / "reconcile" / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")
    wrapper = MetadataWrapper(cst.parse_module(source))
    finder = _Finder(module, source)
    wrapper.visit(finder)
    mutants, alike = {}, Counter()
    for one in finder.found:
        if one.mutated not in mutants:
            mutants[one.mutated] = replace(one, nth=alike[one.key])
            alike[one.key] += 1
    return list(mutants.values())


# Taking over a mutant ------------------------------------------------------------------------------------------------


def take_over(mutant: Mutant) -> None:
    """Give this process the mutated code: of the functions, and of the constants wherever they were imported."""
    live = importlib.import_module(f"reconcile.{mutant.module}")
    fresh = {"__name__": live.__name__, "__file__": live.__file__, "__package__": live.__package__}
    exec(compile(mutant.mutated, live.__file__, "exec"), fresh)
    ours, theirs = dict(_functions(vars(live), live)), dict(_functions(fresh, live))
    for name, function in ours.items():
        function.__code__ = theirs[name].__code__
        function.__defaults__, function.__kwdefaults__ = (
            theirs[name].__defaults__,
            theirs[name].__kwdefaults__,
        )
    if mutant.function in vars(live) and isinstance(
        vars(live)[mutant.function], type
    ):  # a class's own constants
        _take_over_class(vars(live)[mutant.function], fresh[mutant.function])
    if not mutant.function:
        _take_over_constants(live, fresh)


def _functions(names: dict[str, Any], module: ModuleType) -> Iterator[tuple[str, FunctionType]]:
    for name, value in names.items():
        if isinstance(value, FunctionType) and value.__module__ == module.__name__:
            yield name, value
        elif isinstance(value, type) and value.__module__ == module.__name__:
            for part, member in vars(value).items():
                function = getattr(member, "fget", None) or getattr(member, "func", None) or member
                if isinstance(function, FunctionType) and function.__module__ == module.__name__:
                    yield f"{name}.{part}", function


def _take_over_class(live: type, fresh: type) -> None:
    if "__init__" in vars(fresh):  # a dataclass's holds what its fields begin with
        live.__init__ = fresh.__init__
    for name, value in vars(fresh).items():
        if not name.startswith("__") and not callable(value) and not hasattr(value, "__get__"):
            setattr(live, name, value)


def _take_over_constants(live: ModuleType, fresh: dict[str, Any]) -> None:
    old = dict(vars(live))
    for name, value in fresh.items():
        if (
            name.startswith("__")
            or isinstance(value, FunctionType | type | ModuleType)
            or name not in old
        ):
            continue
        for module in [one for key, one in sys.modules.items() if key.split(".")[0] == "reconcile"]:
            if vars(module).get(name) is old[name]:
                setattr(module, name, value)


# Which tests run what ------------------------------------------------------------------------------------------------


@dataclass(eq=False)  # pytest keeps its plugins in a set
class Trace:
    """What runs during each test and each fixture that several tests share: functions and lines of ours, and seconds."""

    files: dict[str, str]  # path -> module
    lines: dict[str, list[str]]  # path -> the key of each line, where lines are followed
    ran: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    uses: dict[str, list[str]] = field(default_factory=dict)
    current: str = ""

    def call(self, frame: Any, event: str, _: Any) -> Callable | None:
        """sys.settrace's function: notes the call, and follows the lines of some modules."""
        module = self.files.get(frame.f_code.co_filename)
        if module is None:
            return None
        ran, keys = self.ran[self.current], self.lines.get(frame.f_code.co_filename)
        ran.add(f"{module}:{frame.f_code.co_qualname.split('.<locals>')[0]}")
        if keys is None:
            return None

        def follow(frame: Any, event: str, _: Any) -> Callable:
            if event == "line":
                ran.add(keys[frame.f_lineno - 1])
            return follow

        return follow

    @contextlib.contextmanager
    def during(self, name: str) -> Iterator[None]:
        before, started, inner = self.current, time.process_time(), dict(self.seconds)
        self.current = name
        sys.settrace(self.call)
        try:
            yield
        finally:
            spent = time.process_time() - started
            others = sum(
                self.seconds[key] - inner.get(key, 0.0) for key in self.seconds if key != name
            )
            self.seconds[name] += spent - others
            self.current = before
            sys.settrace(self.call if before else None)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any, request: Any) -> Any:
        if fixturedef.scope == "function":
            return (yield)
        with self.during(_shared(fixturedef)):
            return (yield)


def line_keys(module: str, source: str) -> list[str]:
    """What each line of a module is known by: its text, so that it is known again where lines above it came or went."""
    return [f"{module}|{line.strip()}" for line in source.splitlines()]


def _shared(fixturedef: Any) -> str:
    return f"{fixturedef.baseid}::{fixturedef.argname}"


def trace_tests(items: Sequence[pytest.Item], followed: Sequence[str]) -> dict[str, Any]:
    """Run every test once and say what each reaches, how long it takes, and which shared fixtures it uses.

    Args:
        followed: modules of which each line is noted, and not the functions alone.
    """
    files = {importlib.import_module(f"reconcile.{name}").__file__: name for name in MODULES}
    sources = {path: Path(path).read_text(encoding="utf-8") for path in files}
    lines = {path: line_keys(name, sources[path]) for path, name in files.items()}
    trace = Trace(files, {path: lines[path] for path, name in files.items() if name in followed})
    items[0].config.pluginmanager.register(trace)
    for item, following in zip(items, [*items[1:], None], strict=True):
        with trace.during(item.nodeid):
            reports = _run(item, following)
        failed = [str(one.longrepr) for one in reports if one.failed]
        if failed:
            sys.exit(f"{item.nodeid} fails without a mutant:\n{failed[0][-2000:]}")
        used = [one for several in item._fixtureinfo.name2fixturedefs.values() for one in several]
        trace.uses[item.nodeid] = sorted({_shared(one) for one in used if one.scope != "function"})
    ran = {name: sorted(functions) for name, functions in trace.ran.items()}
    return {"ran": ran, "seconds": dict(trace.seconds), "uses": trace.uses}


def _run(item: pytest.Item, following: pytest.Item | None) -> list[pytest.TestReport]:
    from _pytest.runner import runtestprotocol

    return runtestprotocol(item, log=False, nextitem=following)


# One mutant against the tests ----------------------------------------------------------------------------------------


@dataclass
class Sample:
    """The sample data, read once: deciding it and comparing with tests/golden is test_golden without the slow parts."""

    exports: Any = None
    settings: Any = None

    def __post_init__(self):
        from tools.make_golden import SAMPLE as FOLDER

        from reconcile.exports.files.sources import find_sources
        from reconcile.exports.tables import read_exports
        from reconcile.settings.model import read_settings

        self.settings = read_settings(FOLDER / "reconcile.toml")
        self.exports = read_exports(find_sources([str(FOLDER)]), self.settings)
        if not self.is_as_agreed():
            sys.exit("the sample's CSV and JSON are not those of tests/golden")

    def is_as_agreed(self) -> bool:
        """Whether the CSV and JSON of the sample are those that test_golden compares with."""
        from tools.make_golden import AS_OF, GOLDEN

        from reconcile.pipeline import decide_practice
        from reconcile.reports.write_reports import write_reports

        result = decide_practice(self.exports, self.settings, date.fromisoformat(AS_OF))
        with tempfile.TemporaryDirectory() as folder:
            written = write_reports(result, Path(folder), "0", ("csv", "json"))
            return all(one.read_bytes() == (GOLDEN / one.name).read_bytes() for one in written)


@dataclass
class Arena:
    """The collected tests, what each reaches, and what has killed so far."""

    items: dict[str, pytest.Item]
    traced: dict[str, Any]
    seconds: float
    new: frozenset[str] = frozenset()
    sample: Sample | None = None
    killers: dict[str, Counter] = field(default_factory=lambda: defaultdict(Counter))

    @cached_property
    def reaching(self) -> dict[str, list[str]]:
        """Function -> the tests during which it runs, those of the fixtures they use included."""
        found: dict[str, list[str]] = defaultdict(list)
        ran, uses = self.traced["ran"], self.traced["uses"]
        for name in self.items:
            for function in {one for part in (name, *uses[name]) for one in ran.get(part, ())}:
                found[function].append(name)
        return found

    def order(self, mutant: Mutant) -> list[str]:
        """The tests to ask: the cheapest, what killed its neighbours, then the module's own with most in least time."""
        near = NEAR[mutant.module]
        names = self._reaching(mutant)
        stems = {
            name: name.split("::")[0].removeprefix("tests/").removesuffix(".py") for name in names
        }
        blocks: dict[str, list[str]] = defaultdict(list)
        for name in names:
            fixtures = [one for one in self.traced["uses"][name] if not one.startswith("::")]
            blocks[fixtures[0] if fixtures else name].append(name)
        rank = {}
        for key, block in blocks.items():
            cases = CASES.get(stems[block[0]], 1) if len(block) > 1 else 1
            far = stems[block[0]] not in near
            rank[key] = self.new.isdisjoint(block), far, self._cost(block) / (len(block) * cases)
        ordered = sorted(blocks, key=rank.__getitem__)
        neighbours = [
            name for name, _ in self.killers[f"{mutant.module}:{mutant.function}"].most_common(3)
        ]
        family = [name for name, _ in self.killers[mutant.module].most_common(2)]
        cheapest = sorted(names, key=lambda name: self._cost([name]))[:1]
        wanted = set(names)
        first = [
            name for name in dict.fromkeys([*cheapest, *neighbours, *family]) if name in wanted
        ]
        return self._within(
            [*first, *(name for key in ordered for name in blocks[key] if name not in first)]
        )

    def _within(self, names: Sequence[str]) -> list[str]:
        """As many of the tests as there is time for, those that take too long for what is left passed over."""
        left, seconds, uses = self.seconds, self.traced["seconds"], self.traced["uses"]
        ready: set[str] = set()
        asked = []
        for name in names:
            parts = [name, *(one for one in uses[name] if one not in ready)]
            cost = sum(seconds.get(one, 0.0) for one in parts)
            if cost <= left or not asked:
                left -= cost
                ready.update(uses[name])
                asked.append(name)
        return asked

    def _reaching(self, mutant: Mutant) -> list[str]:
        if _is_function(mutant):
            line = line_keys(mutant.module, mutant.source)[mutant.line - 1]
            in_function = self.reaching.get(f"{mutant.module}:{mutant.function}", [])
            # Python reports no line of its own for some parts of a statement that goes over several lines.
            return self.reaching.get(line) or in_function
        here = f"{mutant.module}:"  # a constant of the module or of a class may matter to whatever runs the module
        return list(
            dict.fromkeys(
                name for key, some in self.reaching.items() if key.startswith(here) for name in some
            )
        )

    def _cost(self, block: Sequence[str]) -> float:
        shared = {one for name in block for one in self.traced["uses"][name]}
        seconds = self.traced["seconds"]
        return 0.001 + sum(seconds.get(one, 0.0) for one in (*block, *shared))

    def fight(
        self, mutant: Mutant | None, names: Sequence[str], tell: Callable[[str], None]
    ) -> None:
        """In a process of its own: take the mutant over, and tell the first test that fails."""
        signal.setitimer(signal.ITIMER_PROF, 60)
        try:
            if mutant:
                take_over(mutant)
            if (
                self.sample
                and not mutant.module.startswith("exports.")
                and not self.sample.is_as_agreed()
            ):
                return tell(SAMPLE)
        except SyntaxError:
            return tell(INVALID)
        except Exception as error:
            return tell(f"{SAMPLE}: {type(error).__name__}")
        for name, following in zip(names, [*names[1:], None], strict=True):
            signal.setitimer(
                signal.ITIMER_PROF, 15 + 10 * self._cost([name])
            )  # of its own time: others may be busy
            signal.alarm(HANGS)
            try:
                failed = any(
                    one.failed
                    for one in _run(self.items[name], self.items[following] if following else None)
                )
            except BaseException:
                failed = True
            if failed:
                return tell(name)
        tell("")


def _is_function(mutant: Mutant) -> bool:
    live = importlib.import_module(f"reconcile.{mutant.module}")
    return mutant.function in dict(_functions(vars(live), live))


@dataclass
class Fork:
    """A mutant being asked in a process of its own."""

    pid: int
    pipe: int
    mutant: Mutant | None
    started: float


def start(arena: Arena, mutant: Mutant | None, names: Sequence[str]) -> Fork:
    """Fork, and let the child ask the tests."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return Fork(pid, reading, mutant, time.time())
    code = 1
    try:
        os.close(reading)
        _hush()
        _limit_memory()
        for one in OUT_OF_TIME:
            signal.signal(one, signal.SIG_DFL)
        arena.fight(mutant, names, lambda text: os.write(writing, b"=" + text.encode()))
        code = 0
    finally:
        os._exit(code)


def _limit_memory() -> None:
    """A mutant that fills a list for ever ends by itself, where the system tells how much there is already."""
    told = Path("/proc/self/statm")
    if told.exists():
        most = int(told.read_text().split()[0]) * resource.getpagesize() + BEYOND
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _hush() -> None:
    for stream in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream)


def finish(fork: Fork) -> tuple[str, str]:
    """What became of a mutant, and by which test."""
    said = b""
    while part := os.read(fork.pipe, 65536):
        said += part
    os.close(fork.pipe)
    _, status = os.waitpid(fork.pid, 0)
    if said == b"=" + INVALID.encode():
        return INVALID, ""
    if said.startswith(b"="):
        return (FAILED, said[1:].decode()) if said != b"=" else (PASSED_ALL, "")
    timed_out = os.WIFSIGNALED(status) and os.WTERMSIG(status) in OUT_OF_TIME
    return (TIMEOUT if timed_out else FAILED), f"the process ended with status {status}"


def ask(
    arena: Arena,
    mutants: Sequence[Mutant],
    workers: int,
    note: Callable[[Mutant, str, str, float], None],
) -> None:
    """Ask all mutants, several at a time."""
    waiting, running = list(reversed(mutants)), {}
    while waiting or running:
        while waiting and len(running) < workers:
            mutant = waiting.pop()
            names = arena.order(mutant)
            if not names:
                note(mutant, NO_TESTS, "", 0.0)
                continue
            fork = start(arena, mutant, names)
            running[fork.pipe] = fork
        for pipe in select.select(list(running), [], [])[0] if running else ():
            fork = running.pop(pipe)
            outcome, test = finish(fork)
            if test in arena.items:
                arena.killers[f"{fork.mutant.module}:{fork.mutant.function}"][test] += 1
                arena.killers[fork.mutant.module][test] += 1
            note(fork.mutant, outcome, test, time.time() - fork.started)


# The run -------------------------------------------------------------------------------------------------------------


class Runner:
    """A pytest plugin that, instead of running the tests, asks the mutants."""

    def __init__(self, options: argparse.Namespace):
        self.options, self.results = options, {}
        self.new: set[str] = set()  # tests that were not there when the mutants were asked last
        self.file = options.out / "mutants.jsonl"

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Called once everything is collected."""
        items = {item.nodeid: item for item in session.items if _wanted(item)}
        arena = Arena(
            items, self._traced(items), self.options.seconds, frozenset(self.new), Sample()
        )
        self._read()
        mutants = [one for module in self.options.modules for one in self._drawn(module)]
        asked = [one for one in mutants if self._to_ask(one)]
        asked.sort(
            key=lambda one: sha256(one.key.encode()).digest()
        )  # stopped early, it has asked a fair sample
        print(f"{len(mutants)} mutants, {len(asked)} to ask in {len(items)} tests", flush=True)
        gc.collect()
        gc.freeze()
        with self.file.open("a", encoding="utf-8") as file:

            def note(mutant: Mutant, outcome: str, test: str, seconds: float) -> None:
                row = {"key": mutant.key, "line": mutant.line, "outcome": outcome, "test": test}
                row |= {"given": self.options.seconds, "seconds": round(seconds, 2)}
                self.results[mutant.key] = row
                file.write(json.dumps(row) + "\n")
                file.flush()

            ask(arena, asked, self.options.workers, note)
        self._tell(mutants)
        return True

    def _drawn(self, module: str) -> list[Mutant]:
        """The mutants of a module, or as many of them as the sample has, in the order of its lines."""
        mutants = find_mutants(module)
        if not self.options.sample or self.options.sample >= len(mutants):
            return mutants
        drawn = Random(self.options.seed).sample(range(len(mutants)), self.options.sample)
        return [mutants[at] for at in sorted(drawn)]

    def _traced(self, items: dict[str, pytest.Item]) -> dict[str, Any]:
        """What each test reaches: as known from the last call, and traced for what is new or in changed files."""
        path = self.options.out / "reached.json"
        followed = sorted(self.options.modules)
        known = {"ran": {}, "seconds": {}, "uses": {}}
        if path.exists():
            before = json.loads(path.read_text(encoding="utf-8"))
            if set(followed) <= set(before.pop("followed", ())):
                known = before
        told = path.stat().st_mtime if path.exists() else 0.0
        new = [
            item
            for name, item in items.items()
            if name not in known["uses"] or item.path.stat().st_mtime > told
        ]
        if not new:
            return known
        print(f"what {len(new)} tests reach ...", flush=True)
        traced = _traced_aside(new, path.with_suffix(".new"), followed)
        if known["uses"]:
            self.new = {item.nodeid for item in new}
        known = {part: {**known[part], **traced[part]} for part in known}
        path.write_text(json.dumps({**known, "followed": followed}), encoding="utf-8")
        return known

    def _read(self) -> None:
        if self.file.exists():
            for line in self.file.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                self.results[row["key"]] = row

    def _to_ask(self, mutant: Mutant) -> bool:
        if self.options.function and mutant.function != self.options.function:
            return False
        known = self.results.get(mutant.key)
        if self.options.new:
            return known is None
        return self.options.all or known is None or known["outcome"] in (PASSED_ALL, NO_TESTS)

    def _tell(self, mutants: Sequence[Mutant]) -> None:
        print(
            "| module | mutants | killed | timeouts | survived | no tests | not asked | killed of those asked |"
        )
        print("| --- | --- | --- | --- | --- | --- | --- | --- |")
        sums: Counter = Counter()
        for module in self.options.modules:
            mine = [
                self.results.get(one.key, {"outcome": NOT_ASKED})
                for one in mutants
                if one.module == module
            ]
            counts = Counter(row["outcome"] for row in mine if row["outcome"] != INVALID)
            sums += counts
            _tell_row(module, counts)
        _tell_row("all", sums)
        with (self.options.out / "survivors.txt").open("w", encoding="utf-8") as file:
            for one in mutants:
                outcome = self.results.get(one.key, {}).get("outcome")
                if outcome in (PASSED_ALL, NO_TESTS):
                    file.write(
                        f"{one.module}:{one.line} {one.function} ({outcome})\n{one.change}\n\n"
                    )


def _traced_aside(
    items: Sequence[pytest.Item], path: Path, followed: Sequence[str]
) -> dict[str, Any]:
    """Trace in a process of its own, so that no cache is filled in this one."""
    pid = os.fork()
    if not pid:
        code, talk = 1, os.dup(2)
        try:
            _hush()
            path.write_text(json.dumps(trace_tests(items, followed)), encoding="utf-8")
            code = 0
        except BaseException as error:
            os.write(talk, f"{type(error).__name__}: {error}\n".encode())
        finally:
            os._exit(code)
    if os.waitpid(pid, 0)[1]:
        sys.exit("the tests do not pass without a mutant")
    return json.loads(path.read_text(encoding="utf-8"))


def _tell_row(name: str, counts: Counter) -> None:
    asked = sum(counts.values()) - counts[NOT_ASKED]
    killed = counts[FAILED] + counts[TIMEOUT]
    told = [counts[one] for one in (FAILED, TIMEOUT, PASSED_ALL, NO_TESTS, NOT_ASKED)]
    print(
        f"| {name} | {sum(counts.values())} | {' | '.join(map(str, told))} | {killed / max(asked, 1):.1%} |"
    )


def _wanted(item: pytest.Item) -> bool:
    seed = getattr(item, "callspec", None) and item.callspec.params.get("seed", 0)
    return (
        seed or 0
    ) < SEEDS and "code_page" not in item.name  # these run in a process that knows of no mutant


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*", default=MODULES, help="as rules.overnight")
    parser.add_argument(
        "--out", type=Path, default=Path("mutants"), help="folder for what is found"
    )
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--seconds", type=float, default=10, help="of tests, as traced, for one mutant"
    )
    parser.add_argument("--all", action="store_true", help="ask again what is known to be killed")
    parser.add_argument("--new", action="store_true", help="ask only what was never asked")
    parser.add_argument("--function", default="", help="only the mutants of one function")
    parser.add_argument("--sample", type=int, default=0, help="so many mutants of each module")
    parser.add_argument("--seed", type=int, default=1, help="which mutants the sample draws")
    parser.add_argument("--near", action="store_true", help="ask only the modules' own tests")
    options = parser.parse_args()
    options.out = options.out.resolve()
    options.out.mkdir(parents=True, exist_ok=True)
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    without = ("no:xdist", "no:cacheprovider", "no:faulthandler")
    plugins = [*(word for one in without for word in ("-p", one)), "-s", "-o", "addopts="]
    near = {
        stem: None
        for module in options.modules
        for stem in NEAR[module]
        # A mutated rule is held against the golden files without a command line, by Sample.
        if stem != "test_golden" or module.startswith("exports.")
    }
    files = [f"tests/{stem}.py" for stem in (near if options.near else TESTS)]
    return pytest.main([*plugins, "-q", *files], plugins=[Runner(options)])


if __name__ == "__main__":
    sys.exit(main())
