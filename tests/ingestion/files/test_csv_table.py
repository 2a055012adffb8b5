"""CSV in the forms that programs write it, and out of form."""

import pytest

from ingestion.files.csv_table import BadLine, CsvTable
from ingestion.files.errors import RefusedFile

KNOWN = frozenset({"user_email", "total_requests"})
COLUMNS = {"mail": "user_email", "requests": "total_requests"}


@pytest.mark.parametrize(
    "text",
    [
        "user_email,total_requests\na@x.org,1\n",
        "User Email;TOTAL-REQUESTS\r\n a@x.org ;1\r\n",
        '\n"total_requests","other","user_email"\n"1","x, y","a@x.org"\n',
        "user_email,total_requests,,\na@x.org,1,,\n\n,,,\n",
        "user_email,total_requests\na@x.org,1,,\n",
    ],
)
def test_the_same_row_in_many_forms(text: str) -> None:
    rows = [cells for _, cells in CsvTable(text, KNOWN).rows(COLUMNS)]
    assert rows == [{"mail": "a@x.org", "requests": "1"}]


def test_rows_are_named_by_the_line_they_begin_in() -> None:
    text = 'user_email,total_requests\n"two\nlines",1\n\na,2\n"b"c,3\nd,4\ne\nf,5,6\n"open,7\ng,8\n'
    rows = list(CsvTable(text, KNOWN).rows(COLUMNS))
    assert [(line, cells) for line, cells in rows if not isinstance(cells, BadLine)] == [
        (2, {"mail": "two\nlines", "requests": "1"}),
        (5, {"mail": "a", "requests": "2"}),
        (7, {"mail": "d", "requests": "4"}),
    ]
    assert [(line, cells.reason) for line, cells in rows if isinstance(cells, BadLine)] == [
        (6, "it is not CSV: ',' expected after '\"'"),
        (8, "1 values for 2 columns"),
        (9, "3 values for 2 columns"),
        (10, "it is not CSV: unexpected end of data"),
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is empty"),
        ("\n \n", "it is empty"),
        ('"user_email\n', "it is empty"),
        ("user_email,total_requests,User-Email\n", "the column user_email appears twice"),
    ],
)
def test_a_header_that_is_none(text: str, reason: str) -> None:
    with pytest.raises(RefusedFile, match=reason):
        CsvTable(text, KNOWN)
