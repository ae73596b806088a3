"""What the simulated promises are about: titles in business words, customers, goals, reasons and conditions."""

from functools import cache
from random import Random
from typing import Final, NamedTuple

SHIP: Final = "Ship within 24 hours"
NORDIC: Final = "Open the Nordic market"
CALLS: Final = "Fewer calls per order"
BOOKS: Final = "Close the books in 3 days"
PEAK: Final = "No outage in the peak season"

SALES: Final = "Sales"
OPERATIONS: Final = "Operations"
FINANCE: Final = "Finance"
PEOPLE: Final = "Human Resources"
CARE: Final = "Customer Care"
LOGISTICS: Final = "Logistics"


class Promise(NamedTuple):
    """What is promised, to whom, for which goal of the business."""

    title: str
    customer: str
    goal: str


class Stock(NamedTuple):
    """What a team works on, and the scopes of it; every thing reads well with every scope."""

    things: tuple[Promise, ...]
    scopes: tuple[str, ...]


_COUNTRIES: Final = ("in Norway", "in Sweden", "in Denmark", "in Finland")
_OFFICES: Final = (
    "the head office",
    "the stores",
    "the warehouses",
    "the sales offices",
    "the service centre",
    "the workshops",
    "the training centre",
)

STOCKS: Final = {
    "Payments": Stock(
        (
            Promise("Card payments accepted", SALES, PEAK),
            Promise("Invoice payment offered", SALES, BOOKS),
            Promise("Split payment offered", SALES, CALLS),
            Promise("Refunds paid back within 2 days", CARE, CALLS),
            Promise("Receipts sent by e-mail", CARE, CALLS),
            Promise("Chargebacks answered in time", FINANCE, BOOKS),
            Promise("Payouts matched without a spreadsheet", FINANCE, BOOKS),
            Promise("Failed payments retried the same night", FINANCE, CALLS),
            Promise("Fraud checks under 2 seconds", SALES, PEAK),
            Promise("Bank fees booked daily", FINANCE, BOOKS),
            Promise("Reasons shown when a card is declined", CARE, CALLS),
            Promise("Saved cards offered again", SALES, CALLS),
            Promise("Payment reminders sent on time", FINANCE, BOOKS),
        ),
        (
            *_COUNTRIES,
            "for resellers",
            "for large orders",
            "for phone orders",
            "for gift cards",
            "for subscriptions",
            "for guests",
            "for business customers",
            "in the stores",
            "in the partner shops",
        ),
    ),
    "Web Shop": Stock(
        (
            Promise("Product pages with live stock", SALES, SHIP),
            Promise("Search by old part numbers", CARE, CALLS),
            Promise("Delivery day shown before paying", SALES, SHIP),
            Promise("Reorder in one step", SALES, CALLS),
            Promise("Checkout without an account", SALES, PEAK),
            Promise("Campaign pages without a release", SALES, PEAK),
            Promise("Order history with every invoice", CARE, CALLS),
            Promise("Returns started online", CARE, CALLS),
            Promise("Prices with the right tax", FINANCE, BOOKS),
            Promise("Pages that load in 2 seconds", SALES, PEAK),
            Promise("Photos that can be enlarged", SALES, CALLS),
            Promise("Voucher codes accepted", SALES, PEAK),
            Promise("Tracking of every parcel", LOGISTICS, SHIP),
            Promise("Advice on sizes", CARE, CALLS),
            Promise("Waiting list for sold-out goods", SALES, PEAK),
        ),
        (
            *_COUNTRIES,
            "on phones",
            "for resellers",
            "for guests",
            "for members",
            "for spare parts",
            "for bulk orders",
            "for seasonal goods",
            "in the outlet",
            "in the partner shops",
            "in the business shop",
        ),
    ),
    "Workplace": Stock(
        (
            Promise("Meeting rooms with video", SALES, CALLS),
            Promise("Badge readers", OPERATIONS, SHIP),
            Promise("Shared calendars", SALES, CALLS),
            Promise("Phones replaced", CARE, CALLS),
            Promise("Laptops replaced", FINANCE, BOOKS),
            Promise("Printing with a badge", FINANCE, BOOKS),
            Promise("Guest network", SALES, PEAK),
            Promise("Passwords reset without a call", PEOPLE, CALLS),
            Promise("New starters equipped on day one", PEOPLE, PEAK),
            Promise("Headsets for calls", CARE, CALLS),
            Promise("Old equipment disposed of safely", OPERATIONS, PEAK),
            Promise("Screens at shared desks", PEOPLE, BOOKS),
            Promise("One sign-in for everything", PEOPLE, CALLS),
        ),
        (*_COUNTRIES, *(f"at {office}" for office in _OFFICES), "for seasonal staff"),
    ),
    "Data Platform": Stock(
        (
            Promise("Sales forecast", SALES, PEAK),
            Promise("Daily margin", FINANCE, BOOKS),
            Promise("Stock value", FINANCE, BOOKS),
            Promise("Return rates", OPERATIONS, CALLS),
            Promise("Delivery times", LOGISTICS, SHIP),
            Promise("Open invoices", FINANCE, BOOKS),
            Promise("Campaign results", SALES, PEAK),
            Promise("Calls per order", CARE, CALLS),
            Promise("Cost per parcel", LOGISTICS, SHIP),
            Promise("Order backlog", OPERATIONS, SHIP),
            Promise("Late orders", CARE, SHIP),
        ),
        (*_COUNTRIES, "by region", "by product line", "by customer group", "by week", "by warehouse", "by channel", "by country"),
    ),
    "Integration": Stock(
        (
            Promise("Orders received without e-mail", SALES, CALLS),
            Promise("Stock levels exchanged every hour", OPERATIONS, SHIP),
            Promise("Carrier prices updated daily", LOGISTICS, SHIP),
            Promise("Delivery notes sent electronically", LOGISTICS, SHIP),
            Promise("Invoices exchanged without paper", FINANCE, BOOKS),
            Promise("Prices sent overnight", SALES, PEAK),
            Promise("Returns announced automatically", LOGISTICS, CALLS),
            Promise("Customs papers prepared", LOGISTICS, SHIP),
            Promise("Product data kept the same everywhere", SALES, CALLS),
            Promise("Failed messages sent again within an hour", OPERATIONS, PEAK),
            Promise("Tracking numbers passed on", CARE, CALLS),
        ),
        (
            *_COUNTRIES,
            "for resellers",
            "for marketplaces",
            "for suppliers",
            "for the partner shops",
            "for the wholesale business",
            "for the spare parts business",
            "for the outlet",
        ),
    ),
    "Warehouse Systems": Stock(
        (
            Promise("Picking lists without paper", OPERATIONS, SHIP),
            Promise("Batch numbers on every pick", OPERATIONS, CALLS),
            Promise("Stock counted every hour", SALES, SHIP),
            Promise("Carrier labels printed without retyping", LOGISTICS, SHIP),
            Promise("Routes planned by order age", OPERATIONS, SHIP),
            Promise("Free places shown live", LOGISTICS, SHIP),
            Promise("Alarms shown on the wall screen", OPERATIONS, PEAK),
            Promise("Weight checked before packing", LOGISTICS, CALLS),
            Promise("Scanners that work offline", OPERATIONS, PEAK),
            Promise("Packaging suggested by size", LOGISTICS, SHIP),
            Promise("Damage recorded with a photo", CARE, CALLS),
            Promise("Waiting times measured", OPERATIONS, SHIP),
            Promise("Arrivals announced a day ahead", LOGISTICS, SHIP),
        ),
        (
            "in the main hall",
            "in the cold store",
            "in the north warehouse",
            "in the south warehouse",
            "at the loading bay",
            "on the night shift",
            "for returns",
            "for bulky goods",
            "for express orders",
            "for spare parts",
            "for pallets",
            "for imports",
        ),
    ),
    "Finance Systems": Stock(
        (
            Promise("Invoices approved without paper", FINANCE, BOOKS),
            Promise("Travel expenses paid within a week", PEOPLE, BOOKS),
            Promise("Payslips online", PEOPLE, CALLS),
            Promise("Holiday balances right on day one", PEOPLE, CALLS),
            Promise("Cost centres updated", FINANCE, BOOKS),
            Promise("Month-end report on day 3", FINANCE, BOOKS),
            Promise("Commission statements", SALES, BOOKS),
            Promise("Tax returns filed electronically", FINANCE, BOOKS),
            Promise("Assets counted and labelled", FINANCE, BOOKS),
            Promise("Suppliers paid twice a week", OPERATIONS, SHIP),
            Promise("Budgets compared with actuals", FINANCE, BOOKS),
            Promise("Working hours booked by phone", PEOPLE, PEAK),
            Promise("Audit papers in one place", FINANCE, BOOKS),
        ),
        (*_COUNTRIES, *(f"for {office}" for office in _OFFICES)),
    ),
    "Infrastructure": Stock(
        (
            Promise("Network renewed", OPERATIONS, PEAK),
            Promise("Backups restored as a test", FINANCE, BOOKS),
            Promise("Spare line connected", OPERATIONS, PEAK),
            Promise("Servers replaced", FINANCE, PEAK),
            Promise("Storage doubled", SALES, PEAK),
            Promise("Wireless coverage everywhere", LOGISTICS, SHIP),
            Promise("Emergency power tested", OPERATIONS, PEAK),
            Promise("Monitoring around the clock", OPERATIONS, PEAK),
            Promise("Phone system replaced", CARE, CALLS),
            Promise("Security updates within a week", FINANCE, PEAK),
        ),
        (*_COUNTRIES, *(f"at {office}" for office in _OFFICES)),
    ),
    "Automation Lab": Stock(
        (
            Promise("Claims sorted by a model", CARE, CALLS),
            Promise("Letters read automatically", CARE, CALLS),
            Promise("Demand predicted a week ahead", OPERATIONS, SHIP),
            Promise("Loading planned by a model", LOGISTICS, SHIP),
        ),
        ("as a trial", "in one region", "in daily use"),
    ),
}

CONDITIONS: Final = (
    "Test data arrive two weeks before the date.",
    "The supplier's contract is signed by the middle of the time.",
    "No change of scope after the first demonstration.",
    "A test environment is free in the last week.",
    "The department names its test group before the work begins.",
)
TROUBLE: Final = (
    "The supplier delivers later than agreed.",
    "Tests found more to mend than expected.",
    "An urgent incident took a week.",
    "The old system holds data that do not fit.",
    "The interface was larger than estimated.",
    "The certificate takes longer than promised to us.",
)
LARGER: Final = ("One more site was added.", "The licence costs more than quoted.", "One more language was asked for.")
TAKEN_BACK: Final = ("It cannot be done on the old system.", "The supplier has withdrawn the product.", "Other promises come first.")
NO_LONGER_WANTED: Final = ("The plans have changed.", "Another solution was bought.", "The need has gone.")
NOT_COMPLETE: Final = ("A part was missing.", "It failed on the first working day.", "It was released to the test site only.")
NOT_SATISFIED: Final = ("It does not do what was agreed.", "Too slow to work with.", "The figures do not match.", "Half of it is missing.")
POSTPONED: Final = "Postponed until the next plan."
MISREPORTED: Final = "Reported for the wrong promise."


def promise(team: str, number: int, seed: int) -> Promise:
    """What the `number`th promise of a team is about; titles repeat only after all its combinations."""
    stock = STOCKS[team]
    pairs = _shuffled(team, seed)
    thing, scope = pairs[(number - 1) % len(pairs)]
    about = stock.things[thing]
    return Promise(f"{about.title} {stock.scopes[scope]}", about.customer, NORDIC if stock.scopes[scope] in _COUNTRIES else about.goal)


@cache
def _shuffled(team: str, seed: int) -> list[tuple[int, int]]:
    stock = STOCKS[team]
    pairs = [(thing, scope) for thing in range(len(stock.things)) for scope in range(len(stock.scopes))]
    Random(f"{seed}/{team}").shuffle(pairs)
    return pairs
