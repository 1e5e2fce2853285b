"""Lets ``python -m ledger`` start the service."""

from ledger.server import main

raise SystemExit(main())
