"""What a run amounts to, asked with DuckDB.

    replayer run my.ron --out results --parquet
    pip install -r examples/analysis/requirements.txt
    python examples/analysis/with_duckdb.py results

Works on the folder of a run that was written with --parquet. Of a run that was written as CSV,
`replayer export` makes one: the check against summary.json is then left out.
"""

import json
import sys
from decimal import Decimal
from pathlib import Path

import duckdb

# P&L of each bot. The columns are DECIMAL(38, 9): nothing here is ever a float, so the sums are
# those of the ledger, to the lamport.
PNL_BY_BOT = """
    SELECT bot, count(*) AS games, sum(bought + wagered) AS staked, sum(pnl) AS pnl
    FROM games GROUP BY bot ORDER BY bot
"""

# Does it matter when a bot first buys? Games by the tick of their first buy, in steps of 50.
BY_ENTRY_TICK = """
    WITH entries AS (
        SELECT game, variant, bot, min(tick) AS entry
        FROM postings WHERE kind = 'buy' GROUP BY ALL
    )
    SELECT bot, entry // 50 * 50 AS from_tick, count(*) AS games,
           avg((pnl > 0)::INT) AS won, sum(pnl) AS pnl
    FROM entries JOIN games USING (game, variant, bot)
    GROUP BY ALL ORDER BY bot, from_tick
"""

# The games that hurt most: `replayer verify` and the postings say why.
WORST_GAMES = """
    SELECT game, game_id, rug_tick, bot, pnl FROM games ORDER BY pnl, game, bot LIMIT 5
"""


def main(folder: Path) -> int:
    connection = duckdb.connect()
    for table in ["games", "postings"]:
        files = str(folder / table / "*.parquet").replace("'", "''")
        connection.sql(f"CREATE VIEW {table} AS FROM '{files}'")
    by_bot = connection.sql(PNL_BY_BOT)
    print("P&L by bot")
    print(by_bot)
    print("won by tick of the first buy")
    print(connection.sql(BY_ENTRY_TICK))
    print("worst games")
    print(connection.sql(WORST_GAMES))
    return compare(folder / "summary.json", {row[0]: row[3] for row in by_bot.fetchall()})


def compare(summary: Path, pnl: dict[str, Decimal]) -> int:
    """Holds the sums against the summary of the run, digit by digit."""
    if not summary.exists():
        return 0
    said = {bot["id"]: Decimal(bot["pnl"]) for bot in json.loads(summary.read_text())["bots"]}
    if said != pnl:
        print(f"the summary says otherwise: {said}", file=sys.stderr)
        return 1
    print("equal to summary.json to the lamport")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
