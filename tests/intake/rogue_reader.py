"""A reader with files that kill, hang, swell or corrupt it: what a hostile file would do to one with a fault."""

import os
import sys
import time

from evalengine.intake import worker
from evalengine.intake.sheets import Sheet

if "unlimited" in sys.argv:  # as on a system without limits
    worker._limit_memory = lambda: False
ordinary = worker.read_sheets


def read(name: str, stem: str, content: bytes) -> list[Sheet]:
    trick = content.decode()
    if trick.startswith("abort"):
        os.abort()
    if trick.startswith("hang"):
        time.sleep(600)
    if trick.startswith("swell"):
        held = []
        while True:
            held.append(b"x" * 2**24)
            time.sleep(0.001)
    if trick.startswith("garbage"):
        os.write(3, b"\x00" * 7 + b"\x05{'a':")
        os.write(4, b"\x00" * 7 + b"\x05{'a':")
        os._exit(0)
    if trick.startswith("print"):
        print("x" * 100_000)
        os.write(1, b"x" * 100_000)
    if trick.startswith("unknown"):
        raise worker.UnreadableError("no_such_code", file="x")
    if trick.startswith("defect"):
        raise ZeroDivisionError
    return ordinary(name, stem, content)


worker.read_sheets = read
worker.main()
