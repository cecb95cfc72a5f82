"""The browser."""

import asyncio
import webbrowser


def browser_available() -> bool:
    """Whether there is one."""
    return True


async def open_in_browser(url: str) -> bool:
    """Open it."""
    return await asyncio.to_thread(webbrowser.open, url)
