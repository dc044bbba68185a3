"""README says what the program does: its commands, tables, settings and figures."""

from __future__ import annotations

import re
import shlex
import shutil
import tomllib

from click.testing import CliRunner
from tools.make_golden import AS_OF, ASKED, SAMPLE
from tools.make_readme import README, block, causes_table, shown

from reconcile.cli.main import COMMANDS, main
from reconcile.settings.keys import KEYS, SECRETS, SECTIONS
from reconcile.settings.model import read_settings

TEXT = README.read_text(encoding="utf-8")


def test_the_first_command_ends_in_a_fix_list(tmp_path, monkeypatch):
    command = block("run").split("&&")[-1]
    program, *arguments = shlex.split(command)
    assert program.endswith("reconcile")
    monkeypatch.chdir(README.parent)
    arguments[arguments.index("--out") + 1] = str(tmp_path)
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    assert (tmp_path / "fixlist.xlsx").stat().st_size > 10_000


def test_the_second_command_runs_these_tests():
    assert block("test").endswith("python -m pytest")
    assert "'.[test]'" in block("test")


def test_the_figures_are_those_of_the_sample_data():
    for name, content in shown().items():
        assert block(name) == content


def test_the_questions_that_are_shown_are_those_that_were_asked():
    """README's commands on the sample data, and the golden files whose text it shows."""
    asked = [shlex.split(line) for line in block("questions").splitlines()]
    shown_words = [
        ASKED[name]
        for name in ("explain-invoice.txt", *(one for one in ASKED if one.startswith("whatif")))
    ]
    assert [[word for word in words[1:] if word != "sample_data"] for words in asked] == shown_words


def test_the_table_of_causes_is_the_programs():
    assert causes_table() in TEXT


def test_every_setting_is_shown_and_every_shown_one_is_read(tmp_path):
    shown = re.search(r"```toml\n(.*?)```", TEXT, re.DOTALL)[1]
    path = tmp_path / "reconcile.toml"
    path.write_text(shown, encoding="utf-8")
    assert read_settings(path).practice == "Demo Accountants"
    document = tomllib.loads(shown)
    assert {section: set(keys) for section, keys in document.items() if section != "states"} == {
        section: set(keys) for section, keys in KEYS.items()
    }
    assert list(document) == list(SECTIONS)


def test_every_command_that_is_named_is_there():
    assert set(re.findall(r"`reconcile (\w+)", TEXT)) == set(COMMANDS)


def test_every_environment_name_is_an_options():
    named = set(re.findall(r"`(RECONCILE_\w+)`", TEXT))
    known = {
        option.envvar
        for name in COMMANDS
        for option in main.get_command(None, name).params
        if option.envvar
    }
    assert named == known | set(SECRETS.values())


def test_the_commands_for_every_night_do_what_they_say(tmp_path, monkeypatch):
    """README's block, typed in a folder with the exports in it; the last line is Windows' own."""
    shutil.copytree(SAMPLE, tmp_path / "exports")
    monkeypatch.chdir(tmp_path)
    *ours, theirs = (shlex.split(line, comments=True) for line in block("nightly").splitlines())
    codes = []
    for program, *words in ours:
        assert program == "reconcile"
        words = words[: words.index(">")] if ">" in words else words
        words += ["--as-of", AS_OF] if words == ["run"] else []
        codes.append(CliRunner().invoke(main, words, catch_exceptions=False).exit_code)
    assert codes == [0, 10, 0]
    assert theirs[0] == "schtasks" and theirs[theirs.index("/XML") + 1] == ours[-1][-1]


def test_the_command_for_support_does_what_it_says(tmp_path, monkeypatch):
    shutil.copytree(SAMPLE, tmp_path / "exports")
    monkeypatch.chdir(tmp_path)
    program, *words = shlex.split(block("redact"))
    done = CliRunner().invoke(main, [*words, "--as-of", AS_OF], catch_exceptions=False)
    assert (program, done.exit_code) == ("reconcile", 0), done.stderr
    assert (tmp_path / "case" / "reconcile.toml").is_file()


def test_changes_stand_at_the_end_and_speak_of_this_version():
    from reconcile import __version__

    assert f"**{__version__}**" in TEXT.split("## Changes")[1]
