"""An Ollama-protocol server that writes a fixed text at a fixed rate: what it streams is the same in every run."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TEXT = "The orders of this customer fell after the ticket and the reason is not in the record so ask first"
WORDS = TEXT.split(" ")
PARAGRAPH = 60  # words


def words(count: int) -> Iterator[str]:
    """`count` tokens of plain text, a paragraph every 60."""
    for number in range(count):
        end = ".\n\n" if number % PARAGRAPH == PARAGRAPH - 1 else " "
        yield WORDS[number % len(WORDS)] + end


@contextmanager
def steady_server(tokens: int, per_second: float) -> Iterator[str]:
    """Yields its address on loopback."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            models = [{"name": "steady", "model": "steady", "size": 1, "digest": "0" * 64, "details": {}}]
            self._answer({"models": models, "version": "0.0.0"})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            if self.path == "/api/show":
                self._answer(
                    {"model_info": {"s.context_length": 65_536}, "capabilities": ["completion"], "details": {}}
                )
                return
            if not json.loads(body).get("messages"):
                self._answer({"model": "steady", "done": True})
                return
            self.send_response(200)
            self.send_header("content-type", "application/x-ndjson")
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            with suppress(BrokenPipeError, ConnectionResetError):  # who asked went away, as on Stop
                self._write()

        def _write(self) -> None:
            began = time.monotonic()
            for number, word in enumerate(words(tokens)):
                time.sleep(max(0.0, began + number / per_second - time.monotonic()))
                self._chunk({"message": {"role": "assistant", "content": word}, "done": False})
            message = {"role": "assistant", "content": ""}
            counts = {"prompt_eval_count": 1_000, "eval_count": tokens}
            self._chunk({"message": message, "done": True, "done_reason": "stop", **counts})
            self.wfile.write(b"0\r\n\r\n")

        def _chunk(self, part: dict[str, object]) -> None:
            line = json.dumps({"model": "steady", "created_at": "2026-01-01T00:00:00Z", **part}).encode() + b"\n"
            self.wfile.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")
            self.wfile.flush()

        def _answer(self, content: dict[str, object]) -> None:
            body = json.dumps(content).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # clients that have read what they wanted hang up
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    with steady_server(int(sys.argv[1]), float(sys.argv[2])) as address:
        print(address, flush=True)
        threading.Event().wait()
