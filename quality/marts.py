"""Suites of the marts gate: is what is about to be published plausible?

dbt tests the days that a build rewrote; the views of this gate span the whole mart, so they also
see what a rebuilt dimension did to older facts.
"""

from datetime import date
from typing import Final

from .suites import Check, Suite, zero

# The dearest request that can be built (a prompt of one million tokens written to the cache at fast
# rates, the longest answer) stays far below; more is a wrong price, not a large request.
REQUEST_COST_MAX_USD: Final = 1000
# Clients quote the same list prices. A factor of two is a client with negotiated rates or a price
# of ours that is out of date.
COST_RATIO_MIN: Final = 0.5
COST_RATIO_MAX: Final = 2.0
# A new model is unpriced for some days; with a fifth of all use unpriced, cost would mislead.
UNKNOWN_MODEL_SHARE_MAX: Final = 0.2
# Sources of the same use differ by lag and overlap, which is explained; the rest should be rare. A
# twentieth of all cells, or a hundredth of the money, is more than a client's fault or two.
UNEXPLAINED_SHARE_MAX: Final = 0.05
UNEXPLAINED_COST_SHARE_MAX: Final = 0.01
# A tenth without a name is what API keys and forgotten installations leave; with more, what is said
# of teams misleads.
RESOLVED_SHARE_MIN: Final = 0.9

_REBUILD: Final = (
    "run `claude-analytics build --full-refresh`; if it stays, the models are at fault"
)
_CORRECT_PRICE: Final = "correct the price of the model in the seed or the overlay"
_ADD_PRICE: Final = (
    "add a row to seeds/pricing/token_prices.csv or to the file of CLAUDE_ANALYTICS_PRICE_OVERLAY"
)
_UNEXPLAINED: Final = (
    "look at the rows with cause_code = 'unexplained'; docs/quality.md tells how to go on"
)
_UNKNOWN_PEOPLE: Final = (
    "land a newer roster, name them in seeds/mappings/identity_overrides.csv, or let the launch"
    " wrapper send enduser.id"
)


def _dimensions(as_of: date) -> Suite:
    return Suite(
        "dimensions",
        ("table_name",),
        (
            zero("duplicate_key_count", "a key is unique and never null", _REBUILD),
            Check(
                "unknown_member",
                "unknown_member_count",
                "there is one unknown member",
                _REBUILD,
                minimum=1,
                maximum=1,
            ),
            zero("missing_day_count", "the days have no gap", _REBUILD),
            Check(
                "reporting_day",
                "last_day",
                "the days reach the reporting day",
                "build with the same CLAUDE_ANALYTICS_AS_OF as the gate",
                minimum=as_of,
            ),
        ),
    )


REFERENCES: Final = Suite(
    "references",
    ("table_name", "key_column", "fault_day"),
    (zero("orphan_count", "every key stands in its dimension", _REBUILD),),
)

_SENT: Final = ("model_name",)
REQUESTS: Final = Suite(
    "requests",
    ("date_day", "model_name"),
    (
        Check(
            "cost_not_negative",
            "min_list_cost_usd",
            "no request has a negative list cost",
            _CORRECT_PRICE,
            minimum=0,
        ),
        Check(
            "cost_plausible",
            "max_list_cost_usd",
            f"no request costs more than {REQUEST_COST_MAX_USD} US dollars",
            _CORRECT_PRICE,
            maximum=REQUEST_COST_MAX_USD,
        ),
        Check(
            "list_to_reported",
            "list_to_reported_ratio",
            "list cost and the client's own estimate agree within a factor of two",
            "compare the price of the model with the client's; negotiated rates differ rightly",
            minimum=COST_RATIO_MIN,
            maximum=COST_RATIO_MAX,
            severity="warning",
        ),
        zero(
            "unknown_model_count", "every model is in the price table", _ADD_PRICE, "warning", _SENT
        ),
        zero(
            "unpriced_day_count",
            "a price covers each day of a known model",
            _ADD_PRICE,
            "warning",
            _SENT,
        ),
        Check(
            "unknown_models_are_few",
            "unknown_model_share",
            f"at most {UNKNOWN_MODEL_SHARE_MAX:.0%} of all requests are of unknown models",
            _ADD_PRICE,
            maximum=UNKNOWN_MODEL_SHARE_MAX,
            keys=(),
        ),
    ),
)

TOKEN_COST: Final = Suite(
    "token_cost",
    ("fault_day", "source_id", "measure"),
    (
        Check(
            "counts_as_chosen",
            "chosen_difference",
            "counts of fct_token_cost_daily add up to those of the candidates that were chosen",
            _REBUILD,
            minimum=0,
            maximum=0,
        ),
        Check(
            "counts_as_requests",
            "request_difference",
            "counts of telemetry that was chosen, outranked or suppressed add up to those of"
            " fct_claude_requests",
            _REBUILD,
            minimum=0,
            maximum=0,
        ),
    ),
)

BILLING: Final = Suite(
    "billing",
    ("item_name", "period_start_date", "period_end_date"),
    (
        zero(
            "unconverted_row_count",
            "an exchange rate holds on the date of every invoice",
            "hand in the rate (docs/sources/invoices.md) and ingest invoices again",
            "warning",
            ("period_start_date", "item_name"),
        ),
        zero(
            "uncovered_day_count",
            "no newer spend report takes the place of another for a part of its days alone",
            "export the days of both again as one period, and ingest it",
            "warning",
        ),
    ),
)

SOURCES: Final = Suite(
    "sources",
    ("source_name", "part_name"),
    (
        Check(
            "unexplained",
            "unexplained_share",
            f"at most {UNEXPLAINED_SHARE_MAX:.0%} of what was compared in the last 28 days differs"
            " without a known cause",
            _UNEXPLAINED,
            maximum=UNEXPLAINED_SHARE_MAX,
        ),
        Check(
            "unexplained_cost",
            "unexplained_cost_share",
            f"at most {UNEXPLAINED_COST_SHARE_MAX:.0%} of the US dollars of the last 28 days differ"
            " without a known cause",
            _UNEXPLAINED,
            maximum=UNEXPLAINED_COST_SHARE_MAX,
        ),
        Check(
            "resolved_activity",
            "resolved_activity_share",
            f"at least {RESOLVED_SHARE_MIN:.0%} of whom a source saw in the last 28 days are known",
            _UNKNOWN_PEOPLE,
            minimum=RESOLVED_SHARE_MIN,
            severity="warning",
        ),
        Check(
            "resolved_cost",
            "resolved_cost_share",
            f"at least {RESOLVED_SHARE_MIN:.0%} of the list cost that a source tells for the last"
            " 28 days is of somebody known",
            _UNKNOWN_PEOPLE,
            minimum=RESOLVED_SHARE_MIN,
            severity="warning",
        ),
        zero(
            "unseen_day_count",
            "no day of the last 28 failed or was forbidden",
            "ingest the source again, or give its key the permission",
            "warning",
        ),
    ),
)


def suites(as_of: date) -> tuple[Suite, ...]:
    """The suites of a reporting day."""
    return (_dimensions(as_of), REFERENCES, REQUESTS, TOKEN_COST, BILLING, SOURCES)
