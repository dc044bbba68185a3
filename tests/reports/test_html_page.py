"""report.html as text: what a reader, a forwarding mail and a strict browser find in it.

Source: contract.md "report.html"; what a browser does with it is in test_browser.py.
"""

import base64
import hashlib
import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from made.builders import NEVER, invoice, job, result_of, xpm_invoice
from tools.make_golden import run_sample

from reconcile.reports.html_page import page


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    run_sample(folder)
    return (folder / "report.html").read_text(encoding="utf-8")


class Found(HTMLParser):
    """Tags with their attributes, and the text of each fix's card."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.cards, self.texts = [], {}, []
        self._card = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "article":
            self._card = dict(attrs)["id"]
            self.cards[self._card] = ""

    def handle_endtag(self, tag):
        if tag == "article":
            self._card = None

    def handle_data(self, data):
        self.texts.append(data)
        if self._card:
            self.cards[self._card] += data


def made(**given):
    """The page of a made-up practice."""
    result = result_of(**given)
    ledger = result.findings.ledger
    return page(result, ledger.assign(fix=""), "1").decode()


def test_nothing_in_it_leads_outside(sample):
    for tag, attributes in Found(sample).tags:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base", "video", "audio")
        assert (
            "src" not in attributes
            and "style" not in attributes
            and not any(name.startswith("on") for name in attributes)
        )
        assert attributes.get("href", "#").startswith("#")
    assert "url(" not in sample and "@import" not in sample


def test_the_policy_lets_only_its_own_style_and_script_run(sample):
    (policy,) = [
        one["content"]
        for tag, one in Found(sample).tags
        if one.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy.startswith("default-src 'none'; ")
    for kind in ("style", "script"):
        (text,) = re.findall(f"<{kind}>(.*?)</{kind}>", sample, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy


def test_the_headline(sample):
    assert (
        "86 % of the money is where it belongs: 364,503.40 of 419,357.18, 283 of 331 invoices."
        in sample
    )
    assert "30 after tonight, 3 need a decision. 29 fixes, 76 minutes of clicks." in sample


def test_every_fix_has_a_card_with_its_steps_proof_and_reasons(sample, tmp_path):
    import json

    run_sample(tmp_path)
    fixes = json.loads((tmp_path / "fixlist.json").read_text(encoding="utf-8"))["fixes"]
    cards = Found(sample).cards
    assert list(cards) == [fix["id"] for fix in fixes]
    for fix in fixes:
        text = cards[fix["id"]]
        steps = [
            action["text"] for one in [fix, *(fix["choices"] or [])] for action in one["actions"]
        ]
        for words in [fix["title"], fix["why"], *fix["evidence"], *steps, *fix["invoices"]]:
            assert words in text
        assert ("Proved by replaying the import" in text) or ("Needs a decision" in text)


def test_values_to_paste_stand_alone_and_can_be_copied(sample):
    pasted = re.findall(
        r"<code>([^<]*)</code><button type=\"button\" class=\"copy\" aria-label=\"Copy ([^\"]*)\" hidden>",
        sample,
    )
    assert len(pasted) > 20 and all(one == two for one, two in pasted)


def test_one_heading_of_the_first_rank_and_no_rank_left_out(sample):
    ranks = [int(tag[1]) for tag, _ in Found(sample).tags if re.fullmatch("h[1-6]", tag)]
    assert ranks.count(1) == 1 and ranks[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(ranks))


def test_a_practice_with_nothing_to_fix_says_so():
    text = made(invoices=[invoice()], jobs=[job()])
    assert "Nothing to fix." in text and "100 % of the money is where it belongs" in text
    assert "<form" not in text and "Before tonight" not in text


def test_no_share_is_claimed_where_amounts_are_negative():
    text = made(
        invoices=[invoice(), invoice("CLI-9", no="INV-2", cents=-500_000)],
        jobs=[job()],
        xpm_invoices=NEVER,
    )
    assert "% of the money" not in text and "Where it belongs: " in text


def test_all_of_the_money_is_only_said_of_all_of_it():
    text = made(
        invoices=[invoice(cents=1_000_000), invoice("", no="INV-9", cents=1)],
        xpm_invoices=[xpm_invoice(cents=1_000_000)],
    )
    assert "99 % of the money is where it belongs" in text


def test_texts_are_texts_whatever_they_hold():
    evil = "<script>alert(1)</script>\"'>&lt;{{7*7}}"
    text = made(
        invoices=[invoice(evil, no=evil)],
        jobs=[job(client="A"), job("J2", "x")],
        xpm_invoices=NEVER,
    )
    assert "<script>alert" not in text and "{{7*7}}" in text
    assert evil in "".join(Found(text).texts)
