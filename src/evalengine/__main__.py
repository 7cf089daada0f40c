"""`python -m evalengine` and the `evalengine` command."""

from evalengine.cli import main

if __name__ == "__main__":
    main()
