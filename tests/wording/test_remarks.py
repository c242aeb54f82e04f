"""Remarks: every code that analysis can emit has its words beside it, and no words stand there unused."""

import ast
import json
import re
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from analysis.declared.contract import read_contract
from analysis.errors import ModelError
from analysis.ingest.rules.contract_rules import contract_rules, every_column
from analysis.wording.remarks import Remark, english, english_messages, remark, stored_remark

ROOT = Path(__file__).parents[2]
ROOMS = {path.parent.name for path in (ROOT / "analysis").glob("*/remarks.toml")}
WORDS = {code: says for code, says in english_messages().items() if code.partition(".")[0] in ROOMS}
CONTRACT_RULES = contract_rules(read_contract(), every_column(read_contract()))


def places(message: str) -> set[str]:
    """Return the names of the values that a message takes, those within other places among them."""
    found = set()
    for _, name, spec, _ in Formatter().parse(message):
        if name is not None:
            found |= {name} | places(spec)
    return found


@cache
def source() -> tuple[set[str], list[ast.Call]]:
    """Return every text in the source, and every call that makes a remark."""
    texts, calls = set(), []
    for path in sorted((ROOT / "analysis").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "remark":
                calls.append(node)
    return texts, calls


def emitted() -> set[str]:
    """Return every text in the source that is a code: a room's name, a point, and the name of a message."""
    texts, _ = source()
    of_rooms = {text for text in texts if text.partition(".")[0] in ROOMS and re.fullmatch(r"\w+(\.\w+)+", text)}
    return {text for text in of_rooms if not text.endswith(".toml")}


def calls() -> list[tuple[str, set[str]]]:
    """Return the code of every remark that is made in one go, and the names of its values, if all stand there."""
    found = []
    for call in source()[1]:
        (code,) = call.args
        if isinstance(code, ast.Constant) and all(keyword.arg for keyword in call.keywords):
            found.append((code.value, {keyword.arg for keyword in call.keywords}))
    return found


class TestRegistry:
    def test_every_code_has_words_and_all_words_have_a_code(self):
        of_contract = {code for rule in CONTRACT_RULES for code in (rule.says.code, rule.mend.code)}
        assert emitted() | of_contract == set(WORDS)

    def test_a_rule_of_the_contract_gives_the_values_that_its_words_take(self):
        for rule in CONTRACT_RULES:
            for words in (rule.says, rule.mend):
                assert places(WORDS[words.code]) <= {name for name, _ in words.values}, rule.name

    def test_what_is_said_takes_the_values_that_are_given(self):
        found = calls()
        assert len(found) > 100
        for code, values in found:
            assert places(WORDS[code]) == values, code

    def test_a_rule_has_its_words_beside_its_sql(self):
        rules = {path.stem for path in (ROOT / "queries" / "checks").glob("*.sql")}
        said = {code for code in english_messages() if code.startswith("rules.")}
        assert said == {f"rules.{rule}.{part}" for rule in rules for part in ("says", "mend")}

    def test_every_code_is_one_of_a_room_or_a_rule(self):
        sections = {code.partition(".")[0] for code in english_messages()}
        assert sections == ROOMS | {"list", "rules"}


class TestRemark:
    NESTED = remark(
        "ingest.unread_columns.says",
        columns=(
            remark("ingest.unread_columns.column_near", column="'end'", near="ended_on"),
            "'数'",
        ),
    )

    def test_is_english_where_it_is_shown_as_it_is(self):
        assert str(self.NESTED) == "nothing reads these columns of the source: 'end' ('ended_on'?), '数'"

    def test_is_the_same_after_it_was_stored(self):
        stored = self.NESTED.values_as_json()
        assert "数" in stored
        assert set(json.loads(stored)) == {"columns"}
        assert str(stored_remark(self.NESTED.code, stored)) == str(self.NESTED)

    def test_without_values_is_stored_all_the_same(self):
        assert stored_remark("rules.mixed_currencies.says", "{}") == Remark("rules.mixed_currencies.says")

    def test_what_json_cannot_hold_is_refused(self):
        with pytest.raises(TypeError, match="set is not"):
            remark("design.equal", column={"a"}).values_as_json()

    def test_of_an_error_is_what_it_was_raised_with(self):
        why = remark("cox.no_event", rows=7)
        error = ModelError(why)
        assert error.remark == why
        assert str(error) == "A Cox model needs at least one event; none is among the 7 rows."

    def test_of_an_error_in_plain_words_is_told_in_english_alone(self):
        error = ModelError("names must differ; a, a arrived.")
        assert error.remark.in_words(english()) == str(error) == "names must differ; a, a arrived."
