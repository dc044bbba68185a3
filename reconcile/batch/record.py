"""What became of one practice of a batch: one record, also where it failed, and its form as a line of practices.jsonl."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Any

from reconcile.verdicts.totals import CauseTotals, OutcomeTotals


@dataclass(frozen=True)
class PracticeRecord:
    """What became of one practice; the figures are those of its run, and where it failed all of them are empty or 0.

    Attributes:
        practice: what to call it. place: its folder or address.
        error: why it failed, in sentences; empty where it ran.
        digest: of all that the result rests on; "" where that is not known.
        skipped: nothing had changed since an earlier run, whose figures these are. seconds: how long it took.
        rows: of all inputs. outcomes: by name. causes: one entry for each outcome and cause.
        at_risk_invoices, at_risk_cents: of the outcomes fix and review.
        since: the number of fixes in each group of since_last_run.
        folder: of the results, from the practice's folder; the whole path where they are elsewhere.
        files: path, as folder -> digest of the workbook, "" for the others.
    """

    practice: str
    place: str
    as_of: date
    exit_code: int = 1
    error: tuple[str, ...] = ()
    digest: str = ""
    skipped: bool = False
    rows: int = 0
    invoices: int = 0
    cents: int = 0
    outcomes: Mapping[str, OutcomeTotals] = field(default_factory=dict)
    causes: tuple[CauseTotals, ...] = ()
    at_risk_invoices: int = 0
    at_risk_cents: int = 0
    fixes: int = 0
    minutes: int = 0
    before_tonight: int = 0
    needs_decision: int = 0
    since: Mapping[str, int] = field(default_factory=dict)
    problems: int = 0
    set_aside: int = 0
    warnings: tuple[str, ...] = ()
    folder: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """The record as plain values in the order of its fields; without figures where it failed."""
        entry = asdict(self) | {"as_of": self.as_of.isoformat()}
        return {name: entry[name] for name in (_OF_EVERY if self.error else _NAMES)}

    @classmethod
    def from_json(cls, entry: Mapping[str, Any]) -> PracticeRecord:
        """A record as to_json wrote it; what a later version has added to it is left out.

        Raises:
            KeyError, TypeError, ValueError, AttributeError: it is not a whole record.
        """
        values = {name: entry[name] for name in (_OF_EVERY if entry["error"] else _NAMES)}
        values |= {"as_of": date.fromisoformat(entry["as_of"]), "error": tuple(entry["error"])}
        if not entry["error"]:
            values["outcomes"] = {
                name: OutcomeTotals(**one) for name, one in entry["outcomes"].items()
            }
            values["causes"] = tuple(CauseTotals(**one) for one in entry["causes"])
            values["warnings"] = tuple(entry["warnings"])
        return cls(**values)


_NAMES = tuple(one.name for one in fields(PracticeRecord))
_OF_EVERY = ("practice", "place", "as_of", "exit_code", "error", "digest", "skipped", "seconds")
