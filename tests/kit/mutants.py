"""Mutants: a small source of ten tables, changed at random in its cells, its rows, its files or its bytes."""

import random
from collections.abc import Callable

from mutant_source import Files, Rows, rows_of, small_files, text

Mutation = Callable[[random.Random, Files], None]

ODD = (
    "", " ", "0", "-1", "1e400", "-1e-400", "99999999999999999999", "nan", "inf", "NULL", "true", "\ufeff", "\u200b",
    "\uff21\uff11", "é", "e\u0301", "株式会社", "\U0001f469\u200d\U0001f4bb", "\u202eabc", 'a"b', "a,b", "a\nb",
    "a\r\nb", "'; drop table accounts; --", "${x}", "{says}", "2023-02-30", "2023-13-01", "30/04/2023", "04/30/2023",
    "30.04.2023",
    "2023/04/30", "20230430", "23-04-30", "2023-04-30T10:00:00+09:00", "2023-04-30 23:59:59", "1970-01-01",
    "9999-12-31", "0001-01-01", "45046", "1,5", "1.000,00", "5%", "-0", "+3", "0x10", "1_000", "x" * 5000,
)  # fmt: skip


def _table(draw: random.Random, files: Files) -> str:
    return draw.choice(sorted(name for name in files if name.endswith(".csv")))


def _in_rows(change: Callable[[random.Random, Rows], Rows | None]) -> Mutation:
    def mutate(draw: random.Random, files: Files) -> None:
        name = _table(draw, files)
        rows = rows_of(files[name])
        if len(rows) > 1 and all(len(row) == len(rows[0]) > 0 for row in rows):
            files[name] = text(change(draw, rows) or rows)

    mutate.__name__ = change.__name__
    return mutate


def drop_rows(draw: random.Random, rows: Rows) -> Rows:
    return [rows[0], *(row for row in rows[1:] if draw.random() > 0.3)]


def double_rows(draw: random.Random, rows: Rows) -> Rows:
    return rows + [list(draw.choice(rows[1:])) for _ in range(draw.randint(1, 4))]


def shuffle_rows(draw: random.Random, rows: Rows) -> Rows:
    return [rows[0], *draw.sample(rows[1:], len(rows) - 1)]


def shuffle_columns(draw: random.Random, rows: Rows) -> Rows:
    order = draw.sample(range(len(rows[0])), len(rows[0]))
    return [[row[place] for place in order if place < len(row)] for row in rows]


def drop_column(draw: random.Random, rows: Rows) -> Rows:
    place = draw.randrange(len(rows[0]))
    return [row[:place] + row[place + 1 :] for row in rows]


def double_column(draw: random.Random, rows: Rows) -> Rows:
    place = draw.randrange(len(rows[0]))
    return [[*row, *row[place : place + 1]] for row in rows]


def rename_column(draw: random.Random, rows: Rows) -> None:
    place = draw.randrange(len(rows[0]))
    rows[0][place] = draw.choice([rows[0][place].upper(), f" {rows[0][place]} ", "id", "customer", "", "日付", *ODD])


def empty_column(draw: random.Random, rows: Rows) -> None:
    place = draw.randrange(len(rows[0]))
    for row in rows[1:]:
        row[place : place + 1] = [""]


def odd_cells(draw: random.Random, rows: Rows) -> None:
    for _ in range(draw.randint(1, 4)):
        row = draw.choice(rows[1:])
        row[draw.randrange(len(row))] = draw.choice(ODD)


def odd_column(draw: random.Random, rows: Rows) -> None:
    place, odd = draw.randrange(len(rows[0])), draw.choice(ODD)
    for row in rows[1:]:
        row[place : place + 1] = [odd]


def swap_cells(draw: random.Random, rows: Rows) -> None:
    for _ in range(draw.randint(1, 5)):
        one, other = draw.choice(rows[1:]), draw.choice(rows[1:])
        place = draw.randrange(len(one))
        one[place], other[place] = other[place], one[place]


def swap_columns(draw: random.Random, rows: Rows) -> None:
    one, other = (draw.randrange(len(rows[0])) for _ in range(2))
    for row in rows[1:]:
        row[one], row[other] = row[other], row[one]


def turn_dates(draw: random.Random, rows: Rows) -> None:
    shape = draw.choice(["{2}/{1}/{0}", "{1}/{2}/{0}", "{2}.{1}.{0}", "{0}/{1}/{2}", "{0}{1}{2}", "{0}-{2}-{1}"])
    share = draw.choice([1.0, 0.2])
    for row in rows[1:]:
        for place, cell in enumerate(row):
            parts = cell.split("-")
            if len(parts) == 3 and draw.random() < share:
                row[place] = shape.format(*parts)


def ragged_row(draw: random.Random, rows: Rows) -> None:
    row = draw.choice(rows[1:])
    row.pop() if draw.random() < 0.5 else row.append(draw.choice(ODD))


def header_only(draw: random.Random, rows: Rows) -> Rows:
    return rows[:1]


def no_header(draw: random.Random, rows: Rows) -> Rows:
    return rows[1:]


def title_lines(draw: random.Random, rows: Rows) -> Rows:
    return [["Export of today"], [], *rows]


def flip_bytes(draw: random.Random, files: Files) -> None:
    name = draw.choice(sorted(files))
    content = bytearray(files[name])
    for _ in range(draw.randint(1, 6)):
        if content:
            content[draw.randrange(len(content))] = draw.randrange(256)
    files[name] = bytes(content)


def cut_off(draw: random.Random, files: Files) -> None:
    name = draw.choice(sorted(files))
    files[name] = files[name][: draw.randrange(len(files[name]) + 1)]


def other_encoding(draw: random.Random, files: Files) -> None:
    name = draw.choice(sorted(files))
    content = files[name].decode("utf-8", "replace").replace("web", "wéb\u2019s")
    encoding = draw.choice(["utf-8-sig", "utf-16", "utf-16-be", "cp1252", "latin-1", "utf-32", "cp932"])
    files[name] = content.encode(encoding, "replace")


def other_lines(draw: random.Random, files: Files) -> None:
    name = _table(draw, files)
    files[name] = files[name].replace(b"\n", draw.choice([b"\r\n", b"\r", b"\n\n", b",\n", b"\n\r"]))


def other_separator(draw: random.Random, files: Files) -> None:
    name = _table(draw, files)
    first = b"sep=;\n" if draw.random() < 0.3 else b""
    files[name] = first + files[name].replace(b",", draw.choice([b";", b"\t", b"|", b", "]))


def open_quote(draw: random.Random, files: Files) -> None:
    name = _table(draw, files)
    place = draw.randrange(len(files[name]))
    files[name] = files[name][:place] + b'"' + files[name][place:]


def empty_file(draw: random.Random, files: Files) -> None:
    files[_table(draw, files)] = draw.choice([b"", b"\n", b"\xef\xbb\xbf", b"\x00" * 20, b" "])


def no_file(draw: random.Random, files: Files) -> None:
    del files[_table(draw, files)]


def more_files(draw: random.Random, files: Files) -> None:
    name = draw.choice([
        "notes.txt", "accounts.csv.bak", "accounts (2).csv", "Accounts.CSV", "users.tsv", "x.xlsx", "goals.parquet",
        "events.json", "tickets.csv.gz", "holidays.csv", ".hidden.csv", "[x].csv", "a'b.csv", "user_activity.csv",
    ])  # fmt: skip
    files[name] = draw.choice([b"", b"a,b\n1,2\n", files[_table(draw, files)], bytes(draw.randbytes(50))])


def swap_files(draw: random.Random, files: Files) -> None:
    one, other = _table(draw, files), _table(draw, files)
    files[one], files[other] = files[other], files[one]


def study_line(draw: random.Random, files: Files) -> None:
    extra = draw.choice([
        "allowed_gap_days = -1", "allowed_gap_days = 400", "allowed_gap_days = 'x'", "fiscal_year_start_month = 13",
        "snapshott = 1", "[windows]\nlag_days = 0", "[windows]\nnone = 1", "lowered_rules = ['x']", "[rules]", "=",
        "\x00", "[source.observed_from]\nusage_daily = 2023-06-01", "[source.observed_from]\nuser = 2023-06-01",
        "observation_start = 2025-01-01",
    ])  # fmt: skip
    files["study.toml"] += f"{extra}\n".encode()


def study_value(draw: random.Random, files: Files) -> None:
    lines = files["study.toml"].decode("utf-8", "replace").splitlines()
    place = draw.randrange(len(lines))
    key, equals, _ = lines[place].partition("=")
    values = ["0", "''", "'x'", "1999-01-01", "2099-01-01", "true", "[]", "-5", "'../..'", "'data/accounts.csv'"]
    lines[place] = f"{key}= {draw.choice(values)}" if equals else ""
    files["study.toml"] = "\n".join(lines).encode()


MUTATIONS: tuple[Mutation, ...] = (
    *map(_in_rows, (
        drop_rows, double_rows, shuffle_rows, shuffle_columns, drop_column, double_column, rename_column, empty_column,
        odd_cells, odd_cells, odd_column, swap_cells, swap_columns, turn_dates, ragged_row, header_only, no_header,
        title_lines,
    )),
    flip_bytes, cut_off, other_encoding, other_lines, other_separator, open_quote, empty_file, no_file, more_files,
    swap_files, study_line, study_value,
)  # fmt: skip
HARMLESS = (shuffle_rows, shuffle_columns)
"""Of rows: those that change nothing."""


def mutant(seed: int) -> tuple[Files, list[str]]:
    """Return the files of a mutant, and what was done to it: one change, or two or three."""
    draw, files, done = random.Random(seed), small_files(), []
    for _ in range(draw.choice([1, 1, 2, 3])):
        mutation = MUTATIONS[seed % len(MUTATIONS)] if not done else draw.choice(MUTATIONS)
        if any(name.endswith(".csv") for name in files):
            mutation(draw, files)
            done.append(mutation.__name__)
    return files, done


def nobodys_rows(draw: random.Random, files: Files) -> None:
    """Add rows of an account that does not exist to every optional table: copies, with ids of their own."""
    for name in sorted(files):
        rows = rows_of(files[name]) if name.endswith(".csv") else []
        table = name.removesuffix(".csv")
        if not rows or table in {"accounts", "subscriptions"}:
            continue
        for number in range(3):
            row = list(draw.choice(rows[1:]))
            row[rows[0].index("account_id")] = "nobody"
            for place, column in enumerate(rows[0][:2]):
                if column.endswith("_id") and column != "account_id" and table != "usage_daily":
                    row[place] = f"nobody-{number}"
            rows.insert(draw.randint(1, len(rows)), row)
        files[name] = text(rows)
