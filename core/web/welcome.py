"""What the terminal says once the pages can be opened."""

from __future__ import annotations

from core.accounts.demo import offered_demo_accounts
from core.web.parts import Parts


def welcome(parts: Parts) -> str:
    """The address, the demo accounts while there are any, and where everything is kept."""
    settings = parts.settings
    host = f"[{settings.address}]" if ":" in settings.address else settings.address
    lines = ["", f"Record Analyst is open at http://{host}:{settings.port}", ""]
    if settings.embedded and (demo := offered_demo_accounts(parts.users)):
        lines.append("Demo accounts, while only this machine can reach it:")
        lines += [f"  {one.user.username:<8} {one.password}" for one in demo]
        lines.append("")
    lines += [f"Data, logs and keys are in {settings.var}", "Ctrl-C ends everything and loses nothing.", ""]
    return "\n".join(lines)
