"""Makes rendered Data Docs self-contained: as shipped, their pages load assets from the web."""

import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final

# The browser itself refuses whatever a page would still load or run.
_POLICY: Final = (
    '<meta http-equiv="Content-Security-Policy"'
    " content=\"default-src 'none'; style-src 'unsafe-inline'\">"
)
_STYLESHEET: Final = Path(__file__).with_name("offline_docs.css")

# Every script of these pages needs a library from the web; the pages read well without them.
_SCRIPT: Final = re.compile(r"<script\b.*?</script\s*>", re.DOTALL | re.IGNORECASE)
_LINK: Final = re.compile(r"<link\b[^>]*>", re.IGNORECASE)
_IMAGE: Final = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_FOOTER: Final = re.compile(r"<footer\b.*?</footer\s*>", re.DOTALL | re.IGNORECASE)
_CSS_URL: Final = re.compile(r"url\(\s*['\"]?(?:https?:)?//[^)]*\)", re.IGNORECASE)
_HEAD_END: Final = re.compile(r"</head\s*>", re.IGNORECASE)


@dataclass(frozen=True)
class IndexRow:
    """One line of the index page: a table, its frame, and how its checks went."""

    suite: str
    checks: int
    failures: int
    warnings: int


def make_self_contained(
    site: Path, title: str, rows: Iterable[IndexRow], findings: Iterable[str]
) -> None:
    """Rewrite all pages of a site so that they load nothing, and give it an index without scripts.

    Args:
        site: Directory of the rendered site.
        title: Heading of the index page.
        rows: The suites of the run, in the order to be shown.
        findings: What was found, one line each.
    """
    head = f"{_POLICY}<style>\n{_STYLESHEET.read_text(encoding='utf-8')}</style>"
    for page in site.rglob("*.html"):
        html = page.read_text(encoding="utf-8")
        for pattern in (_SCRIPT, _LINK, _FOOTER):
            html = pattern.sub("", html)
        html = _IMAGE.sub("Data Docs", html)
        html = _CSS_URL.sub("none", html)
        html = _HEAD_END.sub(lambda end: head + end.group(), html, count=1)
        page.write_text(html, encoding="utf-8")
    shutil.rmtree(site / "static", ignore_errors=True)
    index = _index_page(site, title, rows, findings, head)
    (site / "index.html").write_text(index, encoding="utf-8")


def _index_page(
    site: Path, title: str, rows: Iterable[IndexRow], findings: Iterable[str], head: str
) -> str:
    # A validation page is named after its batch, `<data source>-<suite>`.
    pages = {
        page.stem.split("-", 1)[1]: page.relative_to(site).as_posix()
        for page in sorted((site / "validations").rglob("*.html"))
    }
    lines = "\n".join(
        f'<tr><td><a href="{escape(pages[row.suite])}">{escape(row.suite)}</a></td>'
        f"<td>{row.checks}</td>"
        f'<td class="{"text-danger" if row.failures else ""}">{row.failures}</td>'
        f'<td class="{"text-warning" if row.warnings else ""}">{row.warnings}</td></tr>'
        for row in rows
    )
    found = "\n".join(f"<li>{escape(line)}</li>" for line in findings)
    return f"""<!DOCTYPE html>
<html lang="en">
<head><meta charset="UTF-8"><title>{escape(title)}</title>{head}</head>
<body>
<main class="container-fluid">
<h4>{escape(title)}</h4>
<table class="table">
<thead><tr><th>Checked frame</th><th>Checks</th><th>Failures</th><th>Warnings</th></tr></thead>
<tbody>
{lines}
</tbody>
</table>
<ul>
{found}
</ul>
</main>
</body>
</html>
"""
