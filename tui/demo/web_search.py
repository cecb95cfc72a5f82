"""The made-up web: what the demo answers when the client's WebSearch tool searches."""

import re

from tui.demo.answers import Answer, ReadyBlock
from tui.demo.seen import SeenRequest

_QUERY = re.compile(r"search for the query:\s*(.+)", re.IGNORECASE | re.DOTALL)
_SITE = "https://example.org"
_LONGEST_QUERY = 200


def found_on_the_web(request: SeenRequest) -> Answer:
    """Return two results, always the same for a query, as content blocks of the API."""
    prompt = next((message.text for message in reversed(request.messages) if message.is_prompt), "")
    asked = _QUERY.search(prompt)
    query = " ".join((asked.group(1) if asked else prompt).split())[:_LONGEST_QUERY] or "writing"
    slug = "-".join(re.findall(r"[a-z0-9]+", query.lower())[:6]) or "page"
    pages = (
        (f"{query}: an overview", f"{_SITE}/{slug}"),
        (f"{query}, in figures", f"{_SITE}/{slug}/figures"),
    )
    call = f"srvtoolu_demo{request.number:018d}"
    search = {"type": "server_tool_use", "id": call, "name": "web_search"}
    results = [
        {
            "type": "web_search_result",
            "title": title,
            "url": url,
            "encrypted_content": "ZGVtbw==",
            "page_age": None,
        }
        for title, url in pages
    ]
    listed = "\n".join(f"- [{title}]({url})" for title, url in pages)
    return Answer.of(
        ReadyBlock({**search, "input": {"query": query}}),
        ReadyBlock({"type": "web_search_tool_result", "tool_use_id": call, "content": results}),
        f"Two made-up results for “{query}”:\n\n{listed}",
    )
