"""Encodings: decided once for a source, over the bytes of all its files, or declared."""

# ruff: noqa: RUF001 - letters as people and editors write them are what is read here

from pathlib import Path

import pytest
from read_source import reading, write_source

from analysis.ingest.files.encodings import encodings_of

WESTERN = [
    "Rémi’s Café",
    "Müller & Söhne",
    "Sociétés réunies, été",
    "“Été” – l’œuvre",
    "Åse’s Øl",
    "GÖTZ ÄÖÜ",
    "100 € – ½",
    "naïve “voilà”",
    "España Ñandú",
    "it’s",
]
JAPANESE = ["東京", "ソフト", "株式会社 表", "ｶﾌﾞｼｷｶﾞｲｼｬ", "さくら", "日本ー能", "髙島屋", "A社", "①号店"]


def names(folder: Path, **source: str) -> tuple[list[str | None], list[str], list[str]]:
    with reading(folder, **source) as read:
        found = [name for (name,) in read.rows("select name from accounts order by account_id")]
        return found, read.errors, [finding.name for finding in read.findings]


def source(folder: Path, name: str, encoding: str, **tables: bytes) -> Path:
    accounts = f"account_id,name\na1,{name}\na2,\n".encode(encoding)
    return write_source(folder / "data", accounts=accounts, **tables)


@pytest.mark.parametrize(("texts", "encoding"), [(WESTERN, "cp1252"), (JAPANESE, "cp932")], ids=["cp1252", "cp932"])
def test_what_a_language_is_written_in_is_found_out(tmp_path: Path, texts: list[str], encoding: str) -> None:
    wrong = {}
    for number, text in enumerate(texts):
        path = tmp_path / f"{number}.csv"
        path.write_bytes(f"account_id,name\na1,{text}\n".encode(encoding))
        wrong |= {} if encodings_of([path])[path] == encoding else {text: encodings_of([path])[path]}
    assert wrong == {}


@pytest.mark.parametrize(("texts", "encoding"), [(WESTERN, "cp1252"), (JAPANESE, "cp932")], ids=["cp1252", "cp932"])
@pytest.mark.parametrize("odd", ["‚É", "It’s", "Ä", "é’"])
def test_one_odd_file_is_read_as_the_others_are(tmp_path: Path, texts: list[str], encoding: str, odd: str) -> None:
    """A curly apostrophe before a letter is a kanji in cp932: alone it says little, beside the others nothing."""
    paths = []
    for number, text in enumerate([*texts, odd if encoding == "cp1252" else "A社"]):
        paths.append(tmp_path / f"{number}.csv")
        paths[-1].write_bytes(f"name\n{text}\n".encode(encoding))
    assert set(encodings_of(paths).values()) == {encoding}


def test_a_guess_is_told_for_every_file_and_utf8_files_beside_it_stay_utf8(tmp_path: Path) -> None:
    usage = "account_id,used_on,feature,events\na1,2023-01-06,東京’s,1\n"
    folder = source(tmp_path, "Rémi’s", "cp1252", usage_daily=usage.encode())
    with reading(folder) as read:
        assert read.rows("select feature from usage_daily") == [("東京’s",)]
        assert read.notices == [
            "accounts: the file accounts.csv is not UTF-8 and was read as cp1252. If its text looks wrong, set "
            "encoding under [source] in the study, or save it as CSV in UTF-8. (rule file_is_not_utf8)"
        ]
        assert read.file("accounts.csv").encoding == "cp1252"


@pytest.mark.parametrize("encoding", ["cp1250", "latin-1", "cp932", "euc_jp", "gbk", "utf-16-le", "mac_roman"])
def test_a_declared_encoding_is_taken(tmp_path: Path, encoding: str) -> None:
    name = "Kč" if encoding == "cp1250" else "é" if encoding in {"latin-1", "mac_roman"} else "東京"
    subscriptions = "subscription_id,account_id,started_on\ns1,a1,2023-01-05\n".encode(encoding)
    found = names(source(tmp_path, name, encoding, subscriptions=subscriptions), encoding=encoding)
    assert found == ([name, None], [], [])


def test_a_mark_comes_before_what_is_declared(tmp_path: Path) -> None:
    assert names(source(tmp_path, "東京", "utf-8-sig"), encoding="cp1252") == (["東京", None], [], [])


def test_a_file_that_is_not_in_the_declared_encoding_is_named_with_its_line(tmp_path: Path) -> None:
    _, (error, *_), _ = names(source(tmp_path, "é", "latin-1"), encoding="utf-8")
    assert "accounts.csv cannot be read: line 2 is not utf-8. Set encoding under [source] in the study" in error


def test_a_damaged_line_does_not_make_another_encoding_of_utf8(tmp_path: Path) -> None:
    """As cp1252 every name of the file would be read, and every one wrong."""
    folder = write_source(tmp_path / "data", accounts="account_id,name\na1,東京\na2,Zoë\n".encode() + b"a3,\xe9t\xe9\n")
    _, (error, *_), _ = names(folder)
    assert "accounts.csv cannot be read: it is UTF-8, but line 4 is not. Save it anew as CSV in UTF-8" in error


def test_files_in_two_encodings_are_told_apart(tmp_path: Path) -> None:
    usage = "account_id,used_on,feature,events\na1,2023-01-06,Éa é,1\n".encode("cp1252")
    folder = source(tmp_path, "株式会社東京ソフト", "cp932", usage_daily=usage)
    found, (error,), _ = names(folder)
    assert found == ["株式会社東京ソフト", None]
    assert "usage_daily.csv cannot be read: line 2 is not cp932, as the other files of the source are" in error
