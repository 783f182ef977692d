"""`python -m tests.model`: many plans, drawn anew each time; what fails is made as short as it can be, and printed."""

import argparse
import os
import sys

import pytest


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.model", description=__doc__)
    parser.add_argument("--examples", type=int, default=300, help="how many plans (300), ten to a world")
    parser.add_argument("--seed", type=int, help="draw the same plans again, all in one world")
    chosen = parser.parse_args()
    os.environ["MODEL_EXAMPLES"] = str(chosen.examples)
    if chosen.seed is not None:  # Worlds that draw by the same seed would all draw the same.
        os.environ["MODEL_IN_ONE_WORLD"] = str(chosen.examples)
    seed = [] if chosen.seed is None else [f"--hypothesis-seed={chosen.seed}"]
    return pytest.main(["tests/model", "-p", "no:cacheprovider", "--tb=short", *seed])


if __name__ == "__main__":
    sys.exit(main())
