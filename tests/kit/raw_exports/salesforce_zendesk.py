"""Salesforce and Zendesk: the stories as Data Loader and the Support API would export them."""

import datetime as dt
from pathlib import Path

from raw_exports.stories import EXPORTED_ON, PRICE, Story, moment, product_events, stories, write

Row = dict[str, object]
NONE: Row = {"IsDeleted": False}


def account_id(number: int) -> str:
    """Return a Salesforce id of eighteen letters."""
    return f"001{number:012d}AAA"


def stamp(on: dt.date) -> str:
    """Return a moment as Salesforce writes it."""
    return f"{moment(on):%Y-%m-%dT%H:%M:%S.000+0000}"


class _Export:
    """The rows of every file, gathered story by story."""

    def __init__(self) -> None:
        self.files: dict[str, list[Row]] = {}

    def add(self, file: str, **row: object) -> str:
        rows = self.files.setdefault(file, [])
        rows.append({"Id": f"{file[:3]}{len(rows):04d}", "IsDeleted": False} | row)
        return str(rows[-1]["Id"])

    def deal(
        self, account: str, contract: str, kind: str, on: dt.date, seats: int, *, won: bool = True, **row: object
    ) -> None:
        deal = self.add(
            "Opportunity.csv", AccountId=account, ContractId=contract, Type=kind, CloseDate=on, IsClosed=True,
            IsWon=won, StageName="Closed Won" if won else "Closed Lost", Amount=seats * PRICE,
            LastModifiedDate=stamp(on), **row,
        )  # fmt: skip
        self.add(
            "OpportunityLineItem.csv", OpportunityId=deal, ProductCode="TEAM", Quantity=f"{seats}.00", UnitPrice=PRICE,
            TotalPrice=f"{seats * PRICE}.0",
        )  # fmt: skip
        if kind == "New Business" and won:
            for role, contact in (("Champion", "c"), ("Economic Decision Maker", "s")):
                self.add("OpportunityContactRole.csv", OpportunityId=deal, Role=role, CreatedDate=stamp(on),
                         ContactId=f"003{account[3:]}{contact}")  # fmt: skip

    def story(self, number: int, story: Story) -> None:
        account = account_id(number)
        # a postal code with a leading zero, in a column that nobody declares
        self.add("Account.csv", Id=account, Name=story.name, NumberOfEmployees=story.employees, BillingCountry="JP",
                 BillingPostalCode=f"0{number:04d}", CreatedDate=stamp(story.terms[0].signed_on))  # fmt: skip
        before = None
        for term in story.terms:
            is_over = term.end <= EXPORTED_ON
            contract = self.add(
                "Contract.csv", AccountId=account, Status="Expired" if is_over else "Activated", StartDate=term.start,
                EndDate=term.end - dt.timedelta(days=1), ContractTerm=term.months, LastModifiedDate=stamp(EXPORTED_ON),
            )  # fmt: skip
            kind = "Renewal" if before == term.start else "New Business"
            self.deal(account, contract, kind, term.signed_on, term.seats)
            seats = term.seats
            for on, changed in term.changes:
                self.deal(account, contract, "Existing Customer - Upgrade", on, changed - seats)
                seats = changed
            if term.notice:
                self.deal(account, contract, "Renewal", term.notice, seats, won=False)
            if story.name == "renews":  # a deal that was entered twice, and deleted once
                self.deal(account, contract, "Renewal", term.signed_on, 1000, IsDeleted=True)
            before = term.end
            self.activity(number, story, term.start)
        for contact, left in (("c", story.champion_left), ("s", None)):
            self.add("Contact.csv", Id=f"003{account[3:]}{contact}", AccountId=account, Department="IT",
                     Left_Company_On__c=left or "")  # fmt: skip

    def activity(self, number: int, story: Story, start: dt.date) -> None:
        """Add what happens early in each term: a call, a meeting that is entered late, a list mail, a ticket."""
        account, who = account_id(number), f"003{account_id(number)[3:]}c"
        on = [start + dt.timedelta(days=days) for days in (5, 20, 27, 40, 60)]
        task = {"AccountId": account, "WhoId": who, "CreatedDate": stamp(on[0]), "ActivityDate": on[0]}
        self.add("Task.csv", **task, Subject="Call", Status="Completed", TaskSubtype="Call", CallType="Outbound")
        self.add("Task.csv", **task, Subject="News", Status="Completed", TaskSubtype="ListEmail", CallType="")
        self.add("Task.csv", **task, Subject="Call back", Status="Not Started", TaskSubtype="Call", CallType="Inbound")
        self.add("Event.csv", AccountId=account, WhoId=who, Subject="Quarterly Business Review",
                 StartDateTime=stamp(on[1]), CreatedDate=stamp(on[2]))  # fmt: skip
        tickets = self.files.setdefault("tickets.csv", [])
        ticket = str(9000 + len(tickets))
        tickets.append({"id": ticket, "organization_id": f"7{number:03d}", "status": "closed", "type": "question",
                        "priority": "normal", "tags": '["feature_request"]' if number % 2 else "[]",
                        "created_at": f"{moment(on[3]):%Y-%m-%dT%H:%M:%SZ}"})  # fmt: skip
        self.files.setdefault("ticket_metrics.csv", []).append(
            {"ticket_id": ticket, "solved_at": f"{moment(on[4]):%Y-%m-%dT%H:%M:%SZ}",
             "reply_time_in_minutes": '{"calendar": 90, "business": 30}'})  # fmt: skip
        self.files.setdefault("satisfaction_ratings.csv", []).append(
            {"ticket_id": ticket, "score": ("good", "bad", "offered")[len(tickets) % 3],
             "created_at": f"{moment(on[4]):%Y-%m-%dT%H:%M:%SZ}"})  # fmt: skip


def write_salesforce_zendesk(folder: Path) -> None:
    """Write the exports into a folder."""
    export, told = _Export(), list(enumerate(stories(), start=1))
    for number, story in told:
        export.story(number, story)
    prospect = account_id(900)
    export.add("Account.csv", Id=prospect, Name="a prospect", NumberOfEmployees=10, BillingCountry="JP",
               BillingPostalCode="01000", CreatedDate=stamp(EXPORTED_ON))  # fmt: skip
    export.deal(prospect, "", "New Business", EXPORTED_ON, 40, won=False)
    rows = [{"id": f"7{number:03d}", "external_id": account_id(number)[:15]} for number, _ in told]
    export.files["organizations.csv"] = rows
    export.files["product_events.csv"] = product_events((account_id(number), story) for number, story in told)
    for name, content in export.files.items():
        write(folder / name, content)
