"""Write the golden tables anew: `python -m tests.golden`."""

from __future__ import annotations

from tests.golden import FOLDER, assessed, flat, place, runs


def main() -> None:
    for old in FOLDER.glob("*.csv"):
        old.unlink()
    for name, tables in runs().items():
        result = assessed(name)
        for table in tables:
            flat(getattr(result, table)).write_csv(place(name, table))


if __name__ == "__main__":
    main()
