"""One valid event of each type, as a sender may post it. `schemas.build` writes them to schemas/examples/."""

from typing import Any, Final

_SOURCE: Final = "https://shop.example/planning"
_SUBJECT: Final = "checkout-in-danish"


def _event(kind: str, id: str, time: str, data: dict[str, Any]) -> dict[str, Any]:
    envelope = {"specversion": "1.0", "type": f"troth.{kind}", "source": _SOURCE, "id": id, "subject": _SUBJECT, "time": time}
    return {**envelope, "datacontenttype": "application/json", "data": data}


EXAMPLES: Final = (
    _event(
        "commitment-made",
        "1",
        "2026-01-05T09:00:00Z",
        {
            "team": "Web Shop",
            "title": "Checkout in Danish",
            "due_at": "2026-02-27",
            "customer": "Sales Nordics",
            "goal": "Grow in the Nordics",
            "requested_at": "2026-02-13",
            "budget": 24000,
            "unit": "EUR",
            "weight": 1,
            "url": "https://shop.example/items/4711",
            "conditions": "The texts come from Sales Nordics by 2026-01-16.",
        },
    ),
    _event("commitment-amended", "2", "2026-01-06T08:30:00Z", {"goal": "Grow in Denmark"}),
    _event("commitment-warned", "3", "2026-02-02T10:00:00+01:00", {"expected_at": "2026-03-06", "reason": "The texts came late."}),
    _event(
        "commitment-renegotiated",
        "4",
        "2026-02-04T13:00:00Z",
        {"due_at": "2026-03-06T17:00:00+01:00", "budget": 25500.5, "agreed": True, "reason": "Sales takes the later date."},
    ),
    _event("commitment-delivered", "5", "2026-03-03T15:20:00Z", {"cost": 25100}),
    _event("commitment-rejected", "6", "2026-03-04T09:00:00Z", {"rating": 2, "reason": "Prices are shown without tax."}),
    _event("commitment-accepted", "7", "2026-03-06T08:00:00Z", {"rating": 5}),
    _event("commitment-reopened", "8", "2026-03-10T08:00:00Z", {"reason": "Orders over 10,000 DKK fail."}),
    _event("commitment-revoked", "9", "2026-03-12T08:00:00Z", {"reason": "The team is needed elsewhere."}),
    _event("commitment-cancelled", "10", "2026-03-12T09:00:00Z", {"reason": "The shop is closed."}),
    _event(
        "event-retracted",
        "12",
        "2026-03-13T08:00:00Z",
        {"source": _SOURCE, "id": "10", "reason": "It was recorded for the wrong promise."},
    ),
)
