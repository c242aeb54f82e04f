"""The palette: told apart by every kind of colour vision, and read on every ground that it is written on."""

import itertools
import re
import tomllib
from collections.abc import Iterable
from importlib.resources import files

import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb
from numpy.typing import NDArray

from analysis.figures.cells import HEAT
from analysis.figures.health_score import LEAD_FACES
from analysis.figures.style import CYCLE, INK, MUTED, SCORE_COLORS, WHITE, contrast, ink_on

READABLE = 4.5
"""WCAG 2.2, success criterion 1.4.3: of text against its ground."""
# Machado, Oliveira and Fernandes (2009), table of severity 1.0: linear RGB as those see it who lack one kind of cone.
VISIONS = {
    "all cones": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
APART, FAMILIES_APART = 15.0, 20.0
"""In CIE Lab (1976), where 2.3 is just noticeable side by side: across a page it takes several times as much."""


def lab(color: str, vision: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a colour's place in CIE Lab (D65) as one kind of vision sees it."""
    rgb = np.array(to_rgb(color))
    linear = np.clip(vision @ np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4), 0, 1)
    to_xyz = np.array(
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    )
    xyz = to_xyz @ linear / np.array([0.95047, 1.0, 1.08883])
    x, y, z = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def nearest(colors: Iterable[str], vision: NDArray[np.float64]) -> float:
    return min(
        float(np.linalg.norm(lab(one, vision) - lab(other, vision))) for one, other in itertools.combinations(colors, 2)
    )


def family_colors() -> list[str]:
    declared = files("queries").joinpath("5_covariates", "families.toml").read_text(encoding="utf-8")
    return [family["color"] for family in tomllib.loads(declared).values()]


def css_colors() -> dict[str, str]:
    css = files("reports").joinpath("templates", "page.css").read_text(encoding="utf-8")
    return dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6});", css))


def test_lab_of_known_colours() -> None:
    """White is (100, 0, 0), and sRGB's red (53.24, 80.09, 67.20): Lindbloom's calculator, D65."""
    assert lab("#ffffff", np.eye(3)) == pytest.approx([100, 0, 0], abs=0.02)
    assert lab("#ff0000", np.eye(3)) == pytest.approx([53.24, 80.09, 67.20], abs=0.02)


def test_what_was_once_the_colours_of_two_families_is_one_to_who_lacks_the_middle_cones() -> None:
    assert nearest(["#2a6f97", "#7a5195"], VISIONS["deuteranopia"]) < 2.3


@pytest.mark.parametrize("vision", VISIONS)
def test_colours_are_apart_for_every_vision(vision: str) -> None:
    seen = VISIONS[vision]
    assert nearest(CYCLE, seen) >= APART
    assert nearest(family_colors(), seen) >= FAMILIES_APART
    assert nearest(SCORE_COLORS.values(), seen) >= FAMILIES_APART


def test_families_have_colours_of_the_one_palette() -> None:
    assert set(family_colors()) <= set(CYCLE)
    assert len(set(family_colors())) == len(family_colors())


def test_contrast_of_known_pairs() -> None:
    """Black on white is 21 to 1, and #767676 the lightest grey that passes (WebAIM)."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("color", [*CYCLE, INK, MUTED])
def test_what_writes_in_pictures_is_read_on_white(color: str) -> None:
    assert contrast(color, WHITE) >= READABLE


def test_numbers_are_read_on_every_face() -> None:
    for face in (*SCORE_COLORS.values(), *LEAD_FACES.values()):
        assert contrast(ink_on(face), face) >= READABLE, face
    for strength in np.linspace(0, 1, 21):
        assert contrast(INK, to_hex(HEAT(strength))) >= READABLE


def test_words_of_the_page_are_read_on_their_grounds() -> None:
    colors = css_colors()
    for ink, ground in itertools.product(("ink", "muted", "accent", "warn"), ("#ffffff", colors["soft"])):
        assert contrast(colors[ink], ground) >= READABLE, (ink, ground)
    css = files("reports").joinpath("templates", "page.css").read_text(encoding="utf-8")
    for rule in re.findall(r"\{([^{}]*)\}", css):
        declared = dict(part.strip().split(": ", 1) for part in rule.split(";") if ": " in part)
        ground, ink = (
            re.sub(r"var\(--([a-z]+)\)", lambda name: colors[name[1]], declared.get(of, ""))
            for of in ("background", "color")
        )
        if re.fullmatch("#[0-9a-f]+", ground) and ink:
            assert contrast(ink, ground) >= READABLE, rule


def test_the_page_is_drawn_in_the_colours_of_its_pictures() -> None:
    colors = css_colors()
    assert (colors["ink"], colors["muted"], colors["accent"], colors["warn"]) == (INK, MUTED, CYCLE[0], CYCLE[1])
