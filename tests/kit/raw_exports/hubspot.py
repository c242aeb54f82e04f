"""HubSpot: the stories as the CRM API would give them, moments in milliseconds."""

import datetime as dt
from pathlib import Path

from raw_exports.stories import EXPORTED_ON, PRICE, Story, milliseconds, product_events, stories, write

Row = dict[str, object]


class _Export:
    """The rows of every file, gathered story by story."""

    def __init__(self) -> None:
        self.files: dict[str, list[Row]] = {}

    def add(self, file: str, **row: object) -> str:
        rows = self.files.setdefault(file, [])
        rows.append({"hs_object_id": f"{len(rows) + 1:011d}", "archived": False} | row)
        return str(rows[-1]["hs_object_id"])

    def deal(
        self, company: str, pipeline: str, kind: str, closed: dt.date, seats: int, start: dt.date | None = None,
        *, won: bool = True, archived: bool = False,
    ) -> None:  # fmt: skip
        deal = self.add(
            "deals.csv", archived=archived, associated_company_id=company, pipeline=pipeline, dealtype=kind,
            amount=seats * PRICE, closedate=milliseconds(closed), hs_is_closed_won=won, hs_is_closed=True,
            closed_lost_reason="" if won else "price", hs_lastmodifieddate=milliseconds(EXPORTED_ON),
        )  # fmt: skip
        self.add("line_items.csv", associated_deal_id=deal, name="team", quantity=seats, hs_mrr=seats * PRICE / 12,
                 hs_recurring_billing_start_date=start or "",
                 hs_recurring_billing_period="P1Y" if seats % 2 else "P12M")  # fmt: skip

    def story(self, company: str, story: Story) -> None:
        self.add("companies.csv", hs_object_id=company, name=story.name, numberofemployees=story.employees,
                 zip=company[-5:], createdate=milliseconds(story.terms[0].signed_on),
                 hs_lastmodifieddate=milliseconds(EXPORTED_ON))  # fmt: skip
        before = None
        for term in story.terms:
            is_renewal = before == term.start
            kind = ("renewals", "existingbusiness") if is_renewal else ("default", "newbusiness")
            self.deal(company, *kind, term.signed_on, term.seats, term.start)
            seats = term.seats
            for on, changed in term.changes:
                self.deal(company, "default", "existingbusiness", on, changed - seats, on)
                seats = changed
            if term.notice:
                self.deal(company, "renewals", "existingbusiness", term.notice, seats, won=False)
            if story.name == "renews":
                self.deal(company, "default", "existingbusiness", term.signed_on, 1000, term.start, archived=True)
            before = term.end
            self.activity(company, term.start)
        for role, left in (("CHAMPION;END_USER", story.champion_left), ("DECISION_MAKER", None)):
            self.add("contacts.csv", associated_company_id=company, hs_buying_role=role, department="IT",
                     createdate=milliseconds(story.terms[0].signed_on), left_company_on=left or "")  # fmt: skip

    def activity(self, company: str, start: dt.date) -> None:
        """Add what happens early in each term: a call, a meeting to which nobody came, one held, a note, a ticket."""
        on = [start + dt.timedelta(days=days) for days in (5, 20, 40, 60)]
        for kind, at, outcome, call in (
            ("CALL", on[0], "", "OUTBOUND"), ("MEETING", on[1], "NO_SHOW", ""), ("NOTE", on[1], "", ""),
            ("MEETING", on[2], "COMPLETED", ""),
        ):  # fmt: skip
            self.add(
                "engagements.csv", associated_company_id=company, associated_contact_id="", hs_engagement_type=kind,
                hs_timestamp=milliseconds(at), hs_createdate=milliseconds(at), hs_meeting_title="Training",
                hs_meeting_outcome=outcome, hs_call_direction=call, hs_email_direction="",
            )  # fmt: skip
        self.add("tickets.csv", associated_company_id=company, hs_ticket_category="PRODUCT_ISSUE",
                 hs_ticket_priority="HIGH", createdate=milliseconds(on[2]), closed_date=milliseconds(on[3]),
                 time_to_first_agent_reply=5_400_000)  # fmt: skip


def write_hubspot(folder: Path) -> None:
    """Write the exports into a folder."""
    export, told = _Export(), [(f"{number:011d}", story) for number, story in enumerate(stories(), start=1)]
    for company, story in told:
        export.story(company, story)
    prospect = export.add("companies.csv", hs_object_id=f"{900:011d}", name="a prospect", hs_lastmodifieddate="")
    export.deal(prospect, "default", "newbusiness", EXPORTED_ON, 40, won=False)
    export.files["product_events.csv"] = product_events(told)
    for name, content in export.files.items():
        write(folder / name, content)
