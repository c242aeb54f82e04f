"""Stripe: the stories as the data pipeline would export them, moments in seconds and amounts in cents."""

import datetime as dt
from pathlib import Path

from raw_exports.stories import EXPORTED_ON, PRICE, Story, Term, product_events, seconds, stories, write

Row = dict[str, object]


class _Export:
    """The rows of every file, gathered story by story."""

    def __init__(self) -> None:
        self.files: dict[str, list[Row]] = {}

    def add(self, file: str, **row: object) -> None:
        self.files.setdefault(file, []).append(row)

    def bill(
        self, item: str, on: dt.date, until: dt.date, *lines: tuple[int, int], status: str = "paid", credited: str = ""
    ) -> None:
        """Add an invoice with lines of some seats and their amount in cents; a credit may be another item's."""
        invoice = f"in_{len(self.files.get('invoices.csv', [])):04d}"
        self.add("invoices.csv", id=invoice, status=status, created=seconds(on))
        for seats, cents in lines:
            of = credited if credited and cents < 0 else item
            self.add("invoice_line_items.csv", invoice_id=invoice, subscription=of.split("+")[0].replace("si_", "sub_"),
                     subscription_item=of, price="price_team", quantity=seats, amount=cents,
                     period_start=seconds(on), period_end=seconds(until))  # fmt: skip

    def subscription(self, customer: str, name: str, **row: object) -> None:
        empty = dict.fromkeys(
            ("trial_start", "trial_end", "cancel_at", "canceled_at", "ended_at", "cancellation_details_reason"), ""
        )
        usual = {"status": "active", "livemode": True, "cancel_at_period_end": False}
        self.add("subscriptions.csv", **{"id": f"sub_{name}", "customer": customer} | usual | empty | row)

    def stay(self, customer: str, name: str, story: Story, terms: list[Term]) -> None:
        """Add a subscription: one for all terms without a gap between them."""
        item, first, last = f"si_{name}", terms[0], terms[-1]
        trial = first.start - dt.timedelta(days=story.trial_days) if story.trial_days else None
        row: Row = {"start_date": seconds(trial or first.start), "current_period_end": seconds(last.end)}
        if trial:
            row |= {"trial_start": seconds(trial), "trial_end": seconds(first.start)}
            self.bill(item, trial, first.start, (first.seats, 0))
        if story.is_failed:
            failed = {"status": "canceled", "cancellation_details_reason": "payment_failed"}
            row |= failed | dict.fromkeys(("canceled_at", "ended_at"), seconds(last.end))
        elif last.notice:
            row |= {"canceled_at": seconds(last.notice), "cancellation_details_reason": "cancellation_requested"}
            is_over = last.end <= EXPORTED_ON
            row |= {"status": "canceled", "ended_at": seconds(last.end)} if is_over else {"cancel_at_period_end": True}
        self.subscription(customer, name, **row)
        seats = first.seats
        for term in terms:
            seats = term.seats
            self.bill(item, term.start, term.end, (seats, seats * PRICE * 100))
            for on, changed in term.changes:
                left, before = (term.end - on).days * PRICE * 100 // 365, item
                item = f"{before}+"  # put in the place of the one before, of which only its lines are left
                self.bill(item, on, term.end, (seats, -seats * left), (changed, changed * left), credited=before)
                seats = changed
        self.add("subscription_items.csv", id=item, subscription=f"sub_{name}", price="price_team", quantity=seats,
                 created=seconds(first.start))  # fmt: skip


def write_stripe(folder: Path) -> None:
    """Write the exports into a folder."""
    export, told = _Export(), list(enumerate(stories(), start=1))
    for number, story in told:
        customer = f"cus_{number:03d}"
        export.add("customers.csv", id=customer, name=story.name, livemode=True, address_country="JP",
                   metadata_segment="", metadata_postal_code=f"0{number:04d}")  # fmt: skip
        for stay, terms in enumerate(story.stays(), start=1):
            export.stay(customer, f"{number:03d}_{stay}", story, terms)
    export.add("prices.csv", id="price_team", nickname="team", product="prod_team", unit_amount=PRICE * 100,
               currency="usd", recurring_interval="year", recurring_interval_count=1)  # fmt: skip
    first = told[0][1].terms[0]
    # what is no subscription: of the test mode, never paid; and an invoice that was void
    for name, row in (("test", {"livemode": False}), ("never", {"status": "incomplete_expired"})):
        export.subscription(
            "cus_001", name, start_date=seconds(first.start), current_period_end=seconds(first.end), **row
        )
        export.add("subscription_items.csv", id=f"si_{name}", subscription=f"sub_{name}", price="price_team",
                   quantity=500, created=seconds(first.start))  # fmt: skip
    # tried, and given up before it was paid
    tried, given_up = (seconds(first.start - dt.timedelta(days=ago)) for ago in (44, 30))
    export.subscription(customer, "tried", status="canceled", start_date=tried, trial_start=tried, trial_end=given_up,
                        current_period_end=given_up, canceled_at=given_up, ended_at=given_up)  # fmt: skip
    export.add("subscription_items.csv", id="si_tried", subscription="sub_tried", price="price_team", quantity=3,
               created=tried)  # fmt: skip
    export.add("customers.csv", id="cus_test", name="of the test mode", livemode=False)
    export.bill("si_001_1", first.start + dt.timedelta(days=30), first.end, (999, 999), status="void")
    export.files["product_events.csv"] = product_events((f"cus_{number:03d}", story) for number, story in told)
    for name, content in export.files.items():
        write(folder / name, content)
