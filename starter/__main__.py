"""`python -m starter`: the same as the `dueprocess` command."""

from starter.cli import main

if __name__ == "__main__":
    main()
