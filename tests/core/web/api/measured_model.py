"""A model server that speaks OpenAI's protocol and answers as it is told to: so many words, so fast.

The question says how: "40 words, 50 ms" is 40 numbered words with 50 ms before each. Every answer begins by naming the
tokens that stand in the prompt, as models do. Run by itself it prints its address and serves until it is ended.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn

WISH = re.compile(r"(\d+) words, (\d+) ms")
TOKEN = re.compile(r"\b[A-Z]{3,}-\d+\b")
RECORD_IDS = ("CUST-", "PAT-", "ORD-")


def words_of(prompt: str) -> tuple[list[str], float]:
    wishes = WISH.findall(prompt)
    count, milliseconds = (int(part) for part in wishes[-1]) if wishes else (5, 0)
    tokens = sorted({one for one in TOKEN.findall(prompt) if not one.startswith(RECORD_IDS)})[:20]
    return [f"Named: {', '.join(tokens)}.\n", *(f"word{number} " for number in range(count)), "end."], (
        milliseconds / 1000
    )


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        body = json.dumps({"object": "list", "data": [{"id": "measured", "object": "model"}]}).encode()
        self.send_response(200 if self.path.endswith("/models") else 404)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        words, pause = words_of("\n".join(message["content"] for message in asked["messages"]))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        try:
            for word in words:
                self._chunk({"choices": [{"index": 0, "delta": {"content": word}, "finish_reason": None}]})
                time.sleep(pause)
            self._chunk({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
            usage = {"prompt_tokens": 100, "completion_tokens": len(words), "total_tokens": 100 + len(words)}
            self._chunk({"choices": [], "usage": usage})
            self.wfile.write(b"data: [DONE]\n\n")
        except OSError:  # stopped by who asked
            pass
        self.close_connection = True

    def _chunk(self, part: dict[str, object]) -> None:
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "measured", **part}
        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.wfile.flush()


class Server(ThreadingMixIn, TCPServer):
    """Not HTTPServer: that one looks its own name up when it starts."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 100


@contextmanager
def serving() -> Generator[str]:
    """The address to put into the settings."""
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, name="measured-model", daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    with serving() as address:
        print(address, flush=True)
        threading.Event().wait()
