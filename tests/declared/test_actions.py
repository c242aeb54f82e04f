"""Actions: a line for each family and tier, in both languages, and a study's own in their place."""

from pathlib import Path

import pytest

from analysis.declared.actions import (
    HIGH,
    LOW,
    MIDDLE,
    NO_FAMILY,
    TIERS,
    read_actions,
    read_own_actions,
    risk_tier,
    tiers_of,
)
from analysis.declared.factors import read_families
from analysis.errors import StudyError


def own(tmp_path: Path, text: str):
    file = tmp_path / "actions.toml"
    file.write_text(text, encoding="utf-8")
    return read_own_actions(file)


class TestRegistered:
    def test_there_is_one_for_each_family_and_tier_in_words_of_its_own(self):
        families = [family.name for family in read_families()]
        assert set(read_actions()) == {(family, tier) for family in [*families, NO_FAMILY] for tier in TIERS}
        for action in read_actions().values():
            assert action.says("en").isascii()
            assert not action.says("ja").isascii()
            assert not action.is_own


class TestTiers:
    @pytest.mark.parametrize(
        ("probability", "limits", "tier"),
        [(0.01, (0.05, 0.15), LOW), (0.05, (0.05, 0.15), MIDDLE), (0.15, (0.05, 0.15), HIGH), (1.0, (0.05, 0.15), HIGH),
         (0.1, (0.2,), LOW), (0.2, (0.2,), HIGH), (0.3, (0.1, 0.2, 0.4), MIDDLE), (0.0, (), HIGH)],
    )  # fmt: skip
    def test_begin_at_their_lower_limit(self, probability, limits, tier):
        assert risk_tier(probability, limits) == tier

    def test_are_as_many_as_limits_make(self):
        assert tiers_of(()) == (HIGH,)
        assert tiers_of((0.2,)) == (HIGH, LOW)
        assert tiers_of((0.05, 0.15)) == tiers_of((0.05, 0.1, 0.15)) == (HIGH, MIDDLE, LOW)


class TestOwn:
    def test_replace_what_they_give_and_nothing_else(self, tmp_path):
        found = own(tmp_path, '[champion.high]\nen = " Call the board. "\nja = "役員に連絡します。"\n')
        assert found["champion", HIGH].says("en") == "Call the board."
        assert found["champion", HIGH].says("ja") == "役員に連絡します。"
        assert found["champion", HIGH].is_own
        others = {key: action for key, action in found.items() if key != ("champion", HIGH)}
        assert others == {key: action for key, action in read_actions().items() if key != ("champion", HIGH)}

    def test_without_a_file_are_the_registered_ones(self, tmp_path):
        assert read_own_actions(tmp_path / "none.toml") == read_actions()

    def test_without_japanese_say_the_same(self, tmp_path):
        assert own(tmp_path, '[none.low]\nen = "Wait."\n')[NO_FAMILY, LOW].says("ja") == "Wait."

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ('[champions.high]\nen = "x"', r"unknown family 'champions'. The nearest known one is 'champion'"),
            ('[usage.hi]\nen = "x"', r"\[usage\]: unknown tier 'hi'. The nearest known one is 'high'"),
            ('[usage.high]\nenglish = "x"', r"\[usage.high\]: unknown key 'english'"),
            ('[usage.high]\nja = "x"', r"\[usage.high\]: required key 'en' is missing"),
            ('[usage.high]\nen = " "', r"\[usage.high\]: en is empty"),
            ('[usage.high]\nen = "a\\nb"', r"\[usage.high\]: en has several lines"),
            ('[usage.high]\nen = "a"\nja = "あ\\nい"', r"\[usage.high\]: ja has several lines"),
            ("[usage.high]\nen = 3", r"\[usage.high\]: en must be text, but is 3"),
            ('[usage]\nhigh = "x"', r"\[usage.high\] must be a table with en and ja, but is 'x'"),
            ('usage = "x"', r"'usage' must hold tiers: \[usage.high\]"),
            ("[usage", r"cannot be read as TOML"),
        ],
    )  # fmt: skip
    def test_that_cannot_be_read_are_refused_by_name(self, tmp_path, text, says):
        with pytest.raises(StudyError, match=says) as refused:
            own(tmp_path, text)
        assert "actions.toml" in str(refused.value)
