"""What a run amounts to, asked with Polars.

    python examples/analysis/with_polars.py results

`results` is the folder of a run that was written with --parquet.
"""

import json
import sys
from decimal import Decimal
from pathlib import Path

import polars as pl


def main(folder: Path) -> int:
    games = pl.scan_parquet(folder / "games" / "*.parquet")
    by_bot = games.group_by("bot").agg(pl.len().alias("games"), pl.col("pnl").sum()).sort("bot")
    print("P&L by bot")
    print(by_bot.collect())

    # How deep under water a bot was, after each game, from the P&L of one game after the other.
    curves = games.sort("bot", "game").with_columns(pl.col("pnl").cum_sum().over("bot").alias("sum"))
    under = pl.col("sum") - pl.col("sum").cast(pl.Float64).cum_max().over("bot")
    print("deepest fall of the sum of P&L")
    print(curves.with_columns(under.alias("under")).group_by("bot").agg(pl.col("under").min())
          .sort("bot").collect())

    said = {bot["id"]: Decimal(bot["pnl"])
            for bot in json.loads((folder / "summary.json").read_text())["bots"]}
    if said != dict(by_bot.select("bot", "pnl").collect().iter_rows()):
        print(f"the summary says otherwise: {said}", file=sys.stderr)
        return 1
    print("equal to summary.json to the lamport")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
