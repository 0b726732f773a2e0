"""A model server that misbehaves on demand, in Ollama's and in OpenAI's protocol, and records what reached it."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKENS = ("One ", "two ", "three.")


@dataclass
class MisbehavingServer:
    """Each chat does the next fault of `faults`, the last one again and again. `closed` is set once a client has
    closed the connection of a chat that was still under way."""

    faults: list[str] = field(default_factory=lambda: ["none"])
    redirect_to: str = ""
    certificate: tuple[str, str] | None = None  # files of certificate and key
    context_length: int = 4096
    asked: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)  # path, headers, body
    closed: threading.Event = field(default_factory=threading.Event)
    reached: threading.Event = field(default_factory=threading.Event)  # a chat has arrived
    finish: threading.Event = field(default_factory=threading.Event)  # ends the chats that write until they are told
    models: list[dict[str, Any]] = field(default_factory=lambda: [{"name": "model", "digest": "d1", "size": 10}])
    studio: dict[str, list[int]] | None = None  # windows of the loaded instances of each model: it is LM Studio then
    capabilities: list[str] = field(default_factory=lambda: ["completion"])
    answer: Callable[[list[dict[str, str]]], Iterable[str]] = lambda _: TOKENS  # to the messages of a chat, in pieces
    pace: float = 0  # seconds between the pieces
    prompt_tokens: int = 7  # what it says it read
    loaded: set[str] = field(default_factory=set)
    _open: int = 0  # connections
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def __enter__(self) -> MisbehavingServer:
        self.ending = threading.Event()
        owner = self

        class Handler(_Handler):
            server_of = owner

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._http.handle_error = lambda *_: None  # clients that hang up are what this is for
        scheme = "http"
        if self.certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*self.certificate)
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
            scheme = "https"
        self.url = f"{scheme}://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ending.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def chats(self) -> list[Any]:
        chats = [body for path, _, body in self.asked if path in ("/api/chat", "/v1/chat/completions")]
        return [body for body in chats if body["messages"]]

    def connected(self, change: int) -> None:
        with self._changed:
            self._open += change
            self._changed.notify_all()

    def wait_until_all_closed(self, seconds: float = 10) -> bool:
        """Whether every client has let go of its connection by then."""
        with self._changed:
            return self._changed.wait_for(lambda: self._open == 0, seconds)

    def next_fault(self) -> str:
        return self.faults.pop(0) if len(self.faults) > 1 else self.faults[0]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server_of: MisbehavingServer

    def setup(self) -> None:
        super().setup()
        self.server_of.connected(1)

    def finish(self) -> None:
        try:
            super().finish()
        finally:
            self.server_of.connected(-1)

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self.server_of.asked.append((self.path, dict(self.headers), None))
        server = self.server_of
        match self.path:
            case "/api/version":
                self.whole(200, {"version": "9.9.9"})
            case "/api/tags":
                self.whole(200, {"models": server.models})
            case "/api/ps":
                self.whole(200, {"models": [model for model in server.models if model.get("name") in server.loaded]})
            case "/v1/models":
                models = [{"id": model["name"], "object": "model"} | model for model in server.models]
                self.whole(200, {"object": "list", "data": models})
            case "/api/v1/models" if server.studio is not None:
                self.whole(200, {"models": [self.studio_model(key) for key in server.studio]})
            case "/api/v1/models/download/status/job_1":
                self.whole(200, {"status": "completed", "total_size_bytes": 100, "downloaded_bytes": 100})
            case _:
                self.whole(404, {"error": "not found"})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        server = self.server_of
        server.asked.append((self.path, dict(self.headers), body))
        if self.path == "/api/show":
            info = {"general.architecture": "a", "a.context_length": server.context_length}
            self.whole(200, {"model_info": info, "capabilities": server.capabilities, "details": {}})
        elif self.path == "/api/chat" and not body["messages"]:
            (server.loaded.discard if body.get("keep_alive") == 0 else server.loaded.add)(body["model"])
            self.whole(200, {"message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "load"})
        elif self.path == "/api/pull":
            self.fetch_model(body["model"])
        elif self.path in ("/api/chat", "/v1/chat/completions"):
            server.reached.set()
            try:
                faults: dict[str, Callable[[], None]] = {
                    name.removeprefix("fault_"): getattr(self, name) for name in dir(self) if name.startswith("fault_")
                }
                faults[server.next_fault()]()
            except OSError:
                self.close_connection = True
                server.closed.set()
        elif server.studio is not None and self.path.startswith("/api/v1/models/"):
            self.studio_order(self.path.rpartition("/")[2], body, server.studio)
        else:
            self.whole(404, {"error": "not found"})

    def do_DELETE(self) -> None:
        wanted = json.loads(self.rfile.read(int(self.headers["content-length"])))["model"]
        self.server_of.asked.append((self.path, dict(self.headers), wanted))
        self.server_of.models[:] = [one for one in self.server_of.models if one.get("name") != wanted]
        self.whole(200, {})

    def fetch_model(self, name: str) -> None:
        """Half of it, and the rest when it is told to."""
        server = self.server_of
        try:
            self.begin()
            while not server.finish.wait(0.02) and not server.ending.is_set():
                self.line({"status": "pulling 0123", "total": 4_000_000_000, "completed": 2_000_000_000})
            self.line({"status": "success"})
            self.finish_chunks()
            server.models.append({"name": name, "size": 4_000_000_000})
        except OSError:
            self.close_connection = True
            server.closed.set()

    # LM Studio's own API

    def studio_model(self, key: str) -> dict[str, Any]:
        assert self.server_of.studio is not None
        instances = [
            {"id": f"{key}:{number}", "config": {"context_length": window}}
            for number, window in enumerate(self.server_of.studio[key])
        ]
        about = {"params_string": "7B", "size_bytes": 4_000_000_000, "quantization": {"name": "Q4_K_M"}}
        return {"type": "llm", "key": key, "max_context_length": 131_072, "loaded_instances": instances, **about}

    def studio_order(self, order: str, body: Any, studio: dict[str, list[int]]) -> None:
        match order:
            case "load":
                studio[body["model"]].append(body["context_length"])
                self.whole(200, {"status": "loaded", "load_time_seconds": 1.5})
            case "unload":
                studio[body["instance_id"].partition(":")[0]].clear()
                self.whole(200, {"instance_id": body["instance_id"]})
            case "download" if body["model"] == "not-there":
                self.whole(200, {"job_id": "job_2", "status": "failed"})
            case _:
                counts = {"total_size_bytes": 100, "downloaded_bytes": 10}
                self.whole(200, {"job_id": "job_1", "status": "downloading", **counts})

    # what a chat may do

    def fault_none(self) -> None:
        self.begin()
        for text in self.server_of.answer(self.server_of.chats[-1]["messages"]):
            self.line(self.piece(text))
            self.server_of.ending.wait(self.server_of.pace)
        self.end_mark()
        self.finish_chunks()

    def fault_thinking(self) -> None:
        self.begin()
        self.line(self.piece("", thinking="Let me see."))
        self.tokens(TOKENS)
        self.end_mark("length")
        self.finish_chunks()

    def fault_empty(self) -> None:
        self.begin()
        self.end_mark()
        self.finish_chunks()

    def fault_silent(self) -> None:
        self.wait_for_close()

    def fault_silent_after_tokens(self) -> None:
        self.begin()
        self.tokens(TOKENS)
        self.wait_for_close()

    def fault_reset(self) -> None:
        self.begin()
        self.tokens(TOKENS)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def fault_hang_up(self) -> None:
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def fault_no_end_mark(self) -> None:
        self.begin()
        self.tokens(TOKENS)
        self.finish_chunks()

    def fault_broken_json(self) -> None:
        self.begin()
        self.tokens(TOKENS)
        self.chunk(b'data: {"choi\n\n' if self.openai else b'{"message": {"cont\n')
        self.end_mark()
        self.finish_chunks()

    def fault_wrong_shape(self) -> None:
        self.begin()
        self.tokens(TOKENS)
        self.line([1, 2, 3])
        self.end_mark()
        self.finish_chunks()

    def fault_error_line(self) -> None:
        self.begin()
        self.tokens(TOKENS)
        self.line({"error": {"message": "out of memory", "code": 500}} if self.openai else {"error": "out of memory"})
        self.finish_chunks()

    def fault_invalid_utf8(self) -> None:
        self.begin()
        self.tokens(TOKENS)
        piece = json.dumps(self.piece("?")).encode().replace(b"?", b"\xff\xfe")
        self.chunk(b"data: " + piece + b"\n\n" if self.openai else piece + b"\n")
        self.end_mark()
        self.finish_chunks()

    def fault_byte_trickle(self) -> None:
        self.begin()
        self.tokens(TOKENS)
        self.forever(lambda: self.chunk(b"{" if not self.openai else b":"))

    def fault_token_trickle(self) -> None:
        self.begin()
        self.forever(lambda: self.line(self.piece("again ")))

    def fault_until_told(self) -> None:
        if not self.server_of.chats[-1]["messages"]:  # only to be loaded
            self.whole(200, {"done": True, "done_reason": "load"})
            return
        self.begin()
        self.tokens(("## Headline\n\n", "The story begins.\n\n"))
        while not self.server_of.finish.wait(0.02) and not self.server_of.ending.is_set():
            self.line(self.piece("more "))
        self.tokens(("\n\nThe story ends.",))
        self.end_mark()
        self.finish_chunks()

    def fault_flood(self) -> None:
        self.begin()
        while not self.server_of.ending.is_set():
            self.line(self.piece("token "))

    def fault_endless_line(self) -> None:
        self.begin()
        while not self.server_of.ending.is_set():
            self.chunk(b" " * 65536)

    def fault_redirect(self) -> None:
        self.send_response(307)
        self.send_header("location", self.server_of.redirect_to + self.path)
        self.send_header("content-length", "0")
        self.end_headers()

    def fault_401(self) -> None:
        self.refuse(401)

    def fault_404(self) -> None:
        self.refuse(404)

    def fault_500(self) -> None:
        self.refuse(500)

    def fault_503(self) -> None:
        self.refuse(503)

    def fault_too_long(self) -> None:
        self.refuse(400, "request (9031 tokens) exceeds the available context size (4096 tokens)")

    # how it is said

    def begin(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream" if self.openai else "application/x-ndjson")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()

    def piece(self, text: str, thinking: str = "") -> dict[str, Any]:
        if self.openai:
            delta = {"content": text, **({"reasoning_content": thinking} if thinking else {})}
            return {"id": "1", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta}]}
        return {"message": {"role": "assistant", "content": text, "thinking": thinking}, "done": False}

    def tokens(self, texts: tuple[str, ...]) -> None:
        for text in texts:
            self.line(self.piece(text))

    def end_mark(self, reason: str = "stop") -> None:
        if self.openai:
            self.line({"id": "1", "choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
            self.line(
                {
                    "id": "1",
                    "choices": [],
                    "usage": {"prompt_tokens": self.server_of.prompt_tokens, "completion_tokens": 3},
                }
            )
            self.chunk(b"data: [DONE]\n\n")
        else:
            message = {"role": "assistant", "content": ""}
            counts = {"prompt_eval_count": self.server_of.prompt_tokens, "eval_count": 3, "load_duration": 5_000_000}
            self.line({"message": message, "done": True, "done_reason": reason, **counts})

    def line(self, value: object) -> None:
        text = json.dumps(value)
        self.chunk(f"data: {text}\n\n".encode() if self.openai else f"{text}\n".encode())

    def chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def finish_chunks(self) -> None:
        self.wfile.write(b"0\r\n\r\n")

    def forever(self, write: Callable[[], None]) -> None:
        while not self.server_of.ending.wait(0.02):
            write()

    def wait_for_close(self) -> None:
        self.connection.settimeout(0.02)
        while not self.server_of.ending.is_set():
            try:
                if self.connection.recv(1) == b"":
                    raise ConnectionResetError
            except TimeoutError:
                continue
        self.close_connection = True

    def refuse(self, status: int, text: str = "no") -> None:
        self.whole(status, {"error": {"message": text, "code": status}} if self.openai else {"error": text})

    @property
    def openai(self) -> bool:
        return self.path.startswith("/v1")

    def whole(self, status: int, value: object) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
