"""Cut the committed sample out of the full crm5 data: python make_sample.py FOLDER_OF_THE_FULL_DATA.

An account is in the sample if the first two hex digits of the MD5 of its decimal id lie below 24 (hex).
"""

import shutil
import sys
from pathlib import Path

import duckdb

FOLDER = Path(__file__).parent
KEEP = "substr(md5(cast({column} as varchar)), 1, 2) < '24'"


def main(full: Path) -> None:
    con = duckdb.connect(config={"threads": 1})
    con.execute(
        f"copy (select * from read_csv('{full / 'account.csv'}', all_varchar = true) "
        f"where {KEEP.format(column='id')} order by cast(id as integer)) "
        f"to '{FOLDER / 'account.csv'}' (header)"
    )
    for name, order in (
        ("subscription", "account_id, start_date, product"),
        ("account_day", "account_id, day"),
        ("user_week", "account_id, week, user_id"),
    ):
        con.execute(
            f"copy (select * from '{full / name}.parquet' where {KEEP.format(column='account_id')} "
            f"order by {order}) to '{FOLDER / name}.parquet' (format parquet, compression zstd, compression_level 19)"
        )
    shutil.copy(full / "LICENSE.md", FOLDER / "LICENSE.md")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
