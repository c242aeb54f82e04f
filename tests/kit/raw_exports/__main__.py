"""``python -m raw_exports stripe FOLDER``: writes what a vendor's exports of the made-up company would be."""

import sys
from pathlib import Path

from raw_exports.hubspot import write_hubspot
from raw_exports.salesforce_zendesk import write_salesforce_zendesk
from raw_exports.stripe import write_stripe

WRITERS = {"stripe": write_stripe, "hubspot": write_hubspot, "salesforce_zendesk": write_salesforce_zendesk}

if __name__ == "__main__":
    vendor, folder = sys.argv[1:]
    Path(folder).mkdir(parents=True, exist_ok=True)
    WRITERS[vendor](Path(folder))
