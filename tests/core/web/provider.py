"""A small OpenID Connect provider: real keys, real codes, and it lies in whatever way it is told to."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT_ID, CLIENT_SECRET = "record-analyst", "known to both sides"
Claims = dict[str, object]


class Provider:
    """Everybody who comes is `claims`, and `wrong` replaces claims of the ID token."""

    def __init__(self) -> None:
        self.claims: Claims = {}
        self.wrong: Claims = {}
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.signs_with: RSAKey | OctKey = self.key
        self.codes: dict[str, dict[str, str]] = {}
        self.redeemed: list[dict[str, str]] = []
        self.up = True
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path, asked = urlsplit(self.path).path, query(urlsplit(self.path).query)
                match path:
                    case "/.well-known/openid-configuration":
                        self.answer(provider.metadata())
                    case "/keys":
                        self.answer({"keys": [provider.key.as_dict(private=False)]})
                    case _:  # somebody has signed in there
                        code = secrets.token_urlsafe(16)
                        provider.codes[code] = asked
                        self.send_response(302)
                        back = urlencode({"code": code, "state": asked["state"]})
                        self.send_header("location", f"{asked['redirect_uri']}?{back}")
                        self.end_headers()

            def do_POST(self) -> None:
                given = query(self.rfile.read(int(self.headers["content-length"])).decode())
                known = base64.b64decode(self.headers["authorization"].removeprefix("Basic ")).decode()
                asked = provider.codes.pop(given.get("code", ""), None)  # good once
                if asked is None or known != f"{CLIENT_ID}:{CLIENT_SECRET}" or not provider.is_proof(asked, given):
                    self.answer({"error": "invalid_grant"}, 400)
                    return
                provider.redeemed.append(given)
                token = {"access_token": "unused", "token_type": "Bearer", "id_token": provider.id_token(asked)}
                self.answer({name: value for name, value in token.items() if value})

            def answer(self, body: object, status: int = 200) -> None:
                self.send_response(status if provider.up else 503)
                self.send_header("content-type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, format: str, *args: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def metadata(self) -> dict[str, object]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            "code_challenge_methods_supported": ["S256"],
        }

    def is_proof(self, asked: dict[str, str], given: dict[str, str]) -> bool:
        """PKCE, RFC 7636 4.6, and the same redirect_uri, RFC 6749 4.1.3."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(given["code_verifier"].encode()).digest()).rstrip(b"=")
        return challenge.decode() == asked["code_challenge"] and given["redirect_uri"] == asked["redirect_uri"]

    def id_token(self, asked: dict[str, str]) -> str | None:
        if self.wrong.get("id_token", "") is None:
            return None
        now = int(time.time())
        claims = {"iss": self.url, "aud": asked["client_id"], "sub": "1", "iat": now, "exp": now + 300}
        claims |= {"nonce": asked["nonce"], **self.claims, **self.wrong}
        header = {"alg": "RS256" if isinstance(self.signs_with, RSAKey) else "HS256", "kid": self.key.kid}
        return jwt.encode(header, {name: value for name, value in claims.items() if value is not None}, self.signs_with)


def query(text: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(text).items()}


@contextmanager
def provider_running() -> Generator[Provider]:
    provider = Provider()
    threading.Thread(target=provider.server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield provider
    finally:
        provider.server.shutdown()
        provider.server.server_close()
