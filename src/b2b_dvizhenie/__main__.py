"""`python -m b2b_dvizhenie` is the console script `b2b`."""

from b2b_dvizhenie.entrypoints.cli.main import main

main()
