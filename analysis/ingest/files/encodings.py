"""Encodings: what text files are written in, decided once for a source over the bytes of all of them."""

import codecs
import re
from collections.abc import Collection, Sequence
from pathlib import Path

from analysis.ingest.files.scan import blocks, scan
from analysis.wording.remarks import Remark, remark

UTF8 = "utf-8"
LEGACY = ("cp932", "cp1252")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UTF8_LETTERS = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
# Japanese: several letters of two bytes, kana, kanji whose second byte is no ASCII letter, half-width kana. Western: a
# letter with an accent, or a typographic sign, before a letter without.
_SIGNS = re.compile(
    rb"((?:[\x81-\x9f][\x40-\x7e\x80-\xfc]){2,}|[\x82\x83][\x40-\x7e\x80-\xfc]"
    rb"|[\x81\x84-\x9f\xe0-\xfc][\x80-\xfc]|[\xa1-\xdf]{4,})"
    rb"|([\x81\x84-\x9f\xe0-\xfc][\x40-\x7e]|[\xa1-\xdf]{1,3})"
)


def encodings_of(files: Collection[Path], declared: str = "") -> dict[Path, str | Remark]:
    """Decide in what each text file of a source is written.

    A file with a mark of its encoding, or in UTF-8, says so itself. All others share one encoding, as tools of one
    company do: cp932 or cp1252, whichever their bytes speak for when they are taken together.

    Parameters
    ----------
    files
        The text files.
    declared
        The encoding of those without a mark, if the study declares it.

    Returns
    -------
    dict
        The name of each file's encoding, or why it has none.
    """
    found: dict[Path, str | Remark] = {}
    others = []
    for path in files:
        own = _marked(path) or declared or (UTF8 if scan(path).is_utf8 else None)
        if own:
            found[path] = own if scan(path).is_utf8 and own == UTF8 else _if_it_decodes(path, own)
        elif _is_damaged_utf8(path):
            found[path] = remark("ingest.reason.damaged_utf8", line=str(_first_fault(path, UTF8)))
        else:
            others.append(path)
    return found | _shared(others)


def _marked(path: Path) -> str | None:
    with path.open("rb") as stream:
        head = stream.read(64)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if len(head) >= 8 and not any(head[1::2]) and all(head[::2]):
        return "utf-16-le"
    if len(head) >= 8 and not any(head[::2]) and all(head[1::2]):
        return "utf-16-be"
    return None


def _if_it_decodes(path: Path, encoding: str) -> str | Remark:
    line = _first_fault(path, encoding)
    return encoding if line is None else remark("ingest.reason.not_decoded", encoding=encoding, line=str(line))


def _shared(files: Sequence[Path]) -> dict[Path, str | Remark]:
    """Return the one legacy encoding of some files; those that are in none, or in another, have a reason instead."""
    faults = {encoding: {path: _first_fault(path, encoding) for path in files} for encoding in LEGACY}
    readable = [path for path in files if any(faults[encoding][path] is None for encoding in LEGACY)]
    japanese = 0
    for path in readable:
        of_japanese, of_western = _signs(path)
        if faults["cp932"][path] is not None:
            japanese -= of_japanese + of_western
        elif faults["cp1252"][path] is not None:
            japanese += of_japanese + of_western
        else:
            japanese += of_japanese - of_western
    chosen = "cp932" if japanese > 0 else "cp1252"
    found: dict[Path, str | Remark] = {}
    for path in files:
        if faults[chosen][path] is None:
            found[path] = chosen
        elif path in readable:
            found[path] = remark("ingest.reason.not_as_the_others", encoding=chosen, line=str(faults[chosen][path]))
        else:
            found[path] = remark("ingest.reason.no_encoding", line=str(faults[chosen][path]))
    return found


def _signs(path: Path) -> tuple[int, int]:
    """Count the letters that speak for Japanese and those that do for a western language, in the first mebibyte."""
    found = _SIGNS.findall(next(blocks(path), b""))
    return sum((len(japanese) + 1) // 2 for japanese, _ in found), sum(1 for _, western in found if western)


def _is_damaged_utf8(path: Path) -> bool:
    """Say whether most letters that are not ASCII are UTF-8, so that another encoding would spoil them."""
    letters = others = 0
    for block in blocks(path):
        rest, n = _UTF8_LETTERS.subn(b"", block)
        letters, others = letters + n, others + len(_NOT_ASCII.findall(rest))
    return letters > others


def _first_fault(path: Path, encoding: str) -> int | None:
    """Return the number of the first line that an encoding does not decode; None if it decodes all."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 1
    try:
        for block in blocks(path):
            if encoding in LEGACY and b"\0" in block:
                return lines + block[: block.index(b"\0")].count(b"\n")
            decoder.decode(block)
            lines += block.count(b"\n")
        decoder.decode(b"", final=True)
    except UnicodeError as error:
        before = error.object[: error.start] if isinstance(error, UnicodeDecodeError) else b""
        return lines + before.count(b"\n")
    return None
