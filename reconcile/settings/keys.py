"""THE table of the settings file's keys: where each goes, how its value reads, what it means.

Source: contract.md "Settings file".
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable
from dataclasses import dataclass

MOST = 3650  # of days, cents, minutes or runs: beyond that it is a slip of the pen
STATE_TYPES = ("standard", "completed", "on-hold", "cancelled")
NEWS = ("new", "worse", "fixed", "failed")
# Field of Settings -> the variable whose text stands for that file's.
SECRETS = {"urls_file": "RECONCILE_NOTIFY_URLS", "heartbeat_file": "RECONCILE_HEARTBEAT_URL"}

TEXT, WORD, WORDS, WHOLE, DAY, PATH, PATHS = (
    "text",
    "word",
    "words",
    "whole",
    "day",
    "path",
    "paths",
)


@dataclass(frozen=True)
class Key:
    """One key of the settings file.

    Attributes:
        name: its field in Settings or Minutes; under [inputs] the role.
        kind: how its value reads.
        shown: its default or an example, as TOML.
        meaning: what it decides, in one line.
        words: what it may be, for a WORD or WORDS.
        least: the smallest number, for a WHOLE.
        secret: whether it names a file that holds URLs which must not stand in this one.
    """

    name: str
    kind: str
    shown: str
    meaning: str
    words: tuple[str, ...] = ()
    least: int = 0
    secret: bool = False

    def fault(self, value: object) -> str:
        """What is wrong with a value, in words; empty for nothing."""
        if self.kind == WORD and value not in self.words:
            return f"must be one of {', '.join(self.words)}{nearest(str(value), self.words)}"
        if self.kind == WORDS:
            return self._words_fault(value)
        if self.kind == WHOLE and (type(value) is not int or not self.least <= value <= MOST):
            return f"must be a whole number from {self.least} to {MOST}."
        if self.kind == DAY and (not isinstance(value, dt.date) or isinstance(value, dt.datetime)):
            return "must be a date without quotes, like 2026-06-30."
        if self.kind in (PATH, PATHS):
            return self._path_fault(value)
        return (
            "must be a text in quotes." if self.kind == TEXT and not isinstance(value, str) else ""
        )

    def _words_fault(self, value: object) -> str:
        if not isinstance(value, list):
            return f'must be a list of words, like ["{self.words[0]}"].'
        wrong = [one for one in value if one not in self.words]
        return (
            f"may hold {', '.join(self.words)}{nearest(str(wrong[0]), self.words)}" if wrong else ""
        )

    def _path_fault(self, value: object) -> str:
        paths = value if self.kind == PATHS and isinstance(value, list) and value else [value]
        texts = [one for one in paths if isinstance(one, str) and one.strip()]
        if len(texts) < len(paths):
            return f"must be a path in quotes{', or a list of them' if self.kind == PATHS else ''}."
        if self.secret and any("://" in one for one in texts):
            return "must be the path of a file that holds the URL, and not the URL: this file is shared and mailed about."
        if any(min(one) < " " for one in texts):
            return r"holds a tab or a line break. Within double quotes \ begins a sign of its own: use 'C:\Exports'."
        return ""


KEYS: dict[str, dict[str, Key]] = {
    "practice": {"name": Key("practice", TEXT, '""', "the name that stands on the reports")},
    "inputs": {
        "xero_invoices": Key(
            "xero_invoices", PATHS, '"exports/xero*.csv"', "needed: Xero's sales invoices"
        ),
        "xpm_jobs": Key("xpm_jobs", PATHS, '"exports/xpm-jobs*.csv"', "needed: XPM's jobs"),
        "xpm_invoices": Key(
            "xpm_invoices",
            PATHS,
            '"exports/xpm-invoices*.csv"',
            "XPM's invoices: where each one is now",
        ),
        "xpm_clients": Key(
            "xpm_clients",
            PATHS,
            '"exports/xpm-clients*.csv"',
            "XPM's clients: billing details, archived",
        ),
        "pick": Key(
            "pick",
            WORD,
            '"all"',
            "all | newest: which of the files that a pattern finds",
            ("all", "newest"),
        ),
    },
    "reading": {
        "date_order": Key(
            "date_order",
            WORD,
            '"auto"',
            "dmy | mdy | auto, where no day above 12 proves it",
            ("dmy", "mdy", "auto"),
        ),
        "max_age_days": Key(
            "max_age_days",
            WHOLE,
            "3",
            "refuse older exports; 3 when [inputs] is read, else no check",
        ),
    },
    "import": {
        "adhoc": Key(
            "adhoc",
            WORD,
            '"off"',
            "off | all | with-reference: XPM's ad hoc jobs",
            ("off", "all", "with-reference"),
        ),
        "profile": Key(
            "profile",
            WORD,
            '"ignition"',
            "ignition | xero: whose words on the window to go by",
            ("ignition", "xero"),
        ),
        "window_days": Key("window_days", WHOLE, "14", "how many days back the import looks"),
        "xero_lock_date": Key(
            "xero_lock_date", DAY, "2026-06-30", "Xero's lock date; not set: none"
        ),
        "xpm_lock_date": Key(
            "xpm_lock_date", DAY, "2026-06-30", "XPM's period lock date; not set: none"
        ),
    },
    "rules": {
        "drafts": Key(
            "drafts",
            WORD,
            '"none"',
            "none | fix: whether a draft in Xero is something to fix",
            ("none", "fix"),
        ),
        "cents_tolerance": Key(
            "cents_tolerance", WHOLE, "5", "how far two amounts may differ, in cents"
        ),
    },
    "minutes": {
        "edit_job": Key("edit_job", WHOLE, "1", "to change a job in XPM"),
        "set_reference": Key("set_reference", WHOLE, "1", "to change a Reference in Xero"),
        "touch": Key("touch", WHOLE, "2", "to take a Reference away and put it back"),
        "delete": Key("delete", WHOLE, "1", "to delete XPM's copy of an invoice"),
    },
    "owners": {
        "column": Key(
            "owner_column",
            WORD,
            '"job-manager"',
            "job-manager | partner: who owns a job",
            ("job-manager", "partner"),
        ),
    },
    "output": {
        "folder": Key(
            "output_folder", PATH, '"fixlist"', "where the results go; not set: fixlist-YYYY-MM-DD"
        ),
        "keep_runs": Key("keep_runs", WHOLE, "30", "how many runs to keep", least=1),
    },
    "history": {
        "path": Key(
            "history_path", PATH, '"reconcile-history.db"', "the history; not set: none is kept"
        )
    },
    "notify": {
        "on": Key(
            "notify_on",
            WORDS,
            '["new", "worse", "fixed", "failed"]',
            "what to send a message about",
            NEWS,
        ),
        "urls_file": Key(
            "urls_file",
            PATH,
            '"notify-urls.txt"',
            "one URL a line; or RECONCILE_NOTIFY_URLS",
            secret=True,
        ),
        "heartbeat_file": Key(
            "heartbeat_file",
            PATH,
            '"heartbeat-url.txt"',
            "one URL; or RECONCILE_HEARTBEAT_URL",
            secret=True,
        ),
    },
    "log": {
        "file": Key(
            "log_file", PATH, '"reconcile.log"', "one line of JSON for each event; not set: none"
        )
    },
}

# What stands beside each section's name in a settings file that the program writes, in that order.
SECTIONS = {
    "practice": "",
    "inputs": "what `reconcile run` reads when it is given no files: a path, a pattern, or a list",
    "reading": "",
    "import": "as set in XPM: Business > Settings > Connections: Xero",
    "states": "a job state's name = its type in XPM: standard | completed | on-hold | cancelled",
    "rules": "",
    "minutes": "what a click costs, for the least effort",
    "owners": "",
    "output": "",
    "history": "",
    "notify": "",
    "log": "",
}


def nearest(name: str, names: Iterable[str]) -> str:
    """End a sentence with the name that was probably meant, if there is one."""
    near = difflib.get_close_matches(name, list(names), n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else "."
