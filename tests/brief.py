"""Use cases for the small language model: of a record it reads a few hundred tokens and writes a few dozen, which takes
it seconds. The product's own would take it minutes."""

from __future__ import annotations

from typing import Any

import yaml

from tests.parts import ROOT

SAY = "Tell in a list of short lines what the record says, with its figures."
OF_A_CUSTOMER = (  # what `brief` leaves out of customer_insight
    "industry segment account_manager contact_name payment_terms_days credit_limit_eur unpaid_eur last_order_on "
    "days_since_last_order rank_in_segment customers_in_segment average_order_eur returned_orders late_orders tickets "
    "product_id category months_13_to_24_eur subject satisfaction days_open priority status"
)


def brief(use_case: str, left_out: str, *, rows: int, tokens: int, **changed: Any) -> str:
    """The file of a use case that drops these columns, named with blanks between them, and asks for so many rows of
    each result set and for an answer of so many tokens."""
    front = yaml.safe_load((ROOT / "prompts" / f"{use_case}.md").read_text(encoding="utf-8").split("---\n")[1])
    front["columns"] = front.get("columns", {}) | dict.fromkeys(left_out.split(), "drop")
    front |= {"limits": {"rows": rows}, "options": {"num_predict": tokens}} | changed
    return f"---\n{yaml.safe_dump(front, sort_keys=False)}---\n{SAY}\n"
