"""How long recorded or played games last and how high they go, asked with pandas.

    replayer export recordings/ --out corpus
    python examples/analysis/with_pandas.py corpus/ticks

pandas has no decimals of its own: exact columns come as `decimal.Decimal` objects, which are
slow, so this reads the doubles beside them.
"""

import sys
from pathlib import Path

import pandas as pd


def main(ticks: Path) -> int:
    rows = pd.read_parquet(ticks, columns=["game", "game_id", "tick", "phase", "price_f64", "gap_ms"])
    games = rows.groupby(["game", "game_id"]).agg(
        rugged=("phase", lambda phases: (phases == "rugged").any()),
        ticks=("tick", "max"),
        peak=("price_f64", "max"),
        seconds=("gap_ms", lambda gaps: gaps.sum() / 1000),
    )
    print(f"{len(rows)} ticks of {len(games)} games")
    print(games[games.rugged][["ticks", "peak", "seconds"]].describe(percentiles=[0.5, 0.9]))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
