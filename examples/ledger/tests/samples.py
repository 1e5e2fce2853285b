"""A request that the service accepts, and ways to make it unacceptable."""


def line(account: str, amount: str, currency: str = "EUR") -> dict[str, object]:
    return {"account": account, "amount": amount, "currency": currency}


def sale(**changes: object) -> dict[str, object]:
    document: dict[str, object] = {
        "reference": "INV-2026.001",
        "occurred_on": "2026-06-01",
        "description": "Invoice 1",
        "postings": [line("assets:bank", "120.00"), line("income:sales", "-120.00")],
    }
    return document | changes
