"""Dirty and hostile files, made by script, with what has to become of each: `python -m tests.intake.corpus FOLDER`."""
