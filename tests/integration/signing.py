"""Deliveries as each tool signs them."""

import base64
import hashlib
import hmac
import json
import time

from tests.integration.conftest import Served

TOOLS = ("github", "gitlab", "jira", "azure-devops", "linear", "servicenow", "shortcut", "trello", "monday", "clickup")
SECRETS = {tool: (f"user:secret-of-{tool}",) for tool in TOOLS}
PUBLIC_URL = "https://troth.example"


def signed(tool: str, body: bytes, secret: str = "") -> dict[str, str]:
    """The headers that prove a body, as the tool proves it."""
    secret = secret or SECRETS[tool][0]
    match tool:
        case "github":
            return {"X-Hub-Signature-256": f"sha256={_hex(secret, body)}"}
        case "jira":
            return {"X-Hub-Signature": f"sha256={_hex(secret, body)}"}
        case "gitlab":
            return {"X-Gitlab-Token": secret}
        case "azure-devops":
            return {"Authorization": "Basic " + base64.b64encode(secret.encode()).decode()}
        case "servicenow":
            return {"Authorization": f"Bearer {secret}"}
        case "linear":
            return {"Linear-Signature": _hex(secret, body)}
        case "shortcut":
            return {"Payload-Signature": _hex(secret, body)}
        case "clickup":
            return {"X-Signature": _hex(secret, body)}
        case "trello":
            signature = hmac.new(secret.encode(), body + f"{PUBLIC_URL}/webhooks/trello".encode(), hashlib.sha1).digest()
            return {"X-Trello-Webhook": base64.b64encode(signature).decode()}
        case _:
            return {"Authorization": _token(secret)}


def sent(served: Served, tool: str, body: bytes, secret: str = "", **headers: str) -> int:
    """Post a delivery; the status of its answer."""
    said = {"Content-Type": "application/json", **signed(tool, body, secret), **headers}
    return served.http.post(f"/webhooks/{tool}", content=body, headers=said).status_code


def fresh(tool: str, body: bytes) -> bytes:
    """The body as sent now: Linear's says when, and opens for a minute."""
    if tool != "linear":
        return body
    return json.dumps(json.loads(body) | {"webhookTimestamp": time.time_ns() // 1_000_000}).encode()


def _hex(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _token(secret: str) -> str:
    claims = {"exp": int(time.time()) + 300}
    head, payload = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in ({"alg": "HS256"}, claims))
    signature = base64.urlsafe_b64encode(hmac.new(secret.encode(), head + b"." + payload, hashlib.sha256).digest()).rstrip(b"=")
    return b".".join((head, payload, signature)).decode()
