"""Let `python -m coalition` be the command line."""

from coalition.cli import main

main()
