"""The words that stand on every report on paper."""

from __future__ import annotations

from typing import Final

from dosimeter.model.message import say
from dosimeter.report.study import GroupedBy

TEMPLATE_WORDS: Final = {
    "contents": say("Contents"),
    "director": say("For the director"),
    "monday": say("To do on Monday"),
    "not-known": say("What is not known"),
    "to-do": say("To do:"),
    "proof": say("To prove it:"),
    "technicians": say("For whoever runs these archives:"),
    "zoom": say("Europe, larger"),
}
"""What the template itself prints."""

GROUPED_BY_HEAD: Final = {
    GroupedBy.COUNTRY: say("Country"),
    GroupedBy.OPERATOR: say("Operator"),
    GroupedBy.SECTOR: say("Sector"),
    GroupedBy.OWNER: say("Organisation"),
    GroupedBy.PRODUCT: say("Product"),
    GroupedBy.PROTECTION: say("Protection"),
    GroupedBy.TLS_PROFILE: say("TLS profile"),
}

REGIONS: Final = {"en": "GB", "fr": "FR"}
"""The region whose typography a language follows."""
