"""A Weights & Biases server of our own on the loopback, for the real client to talk to.

It answers the GraphQL, file-stream and storage calls that publishing makes, records them, and notes every
call that it does not know: a test that leaves such a note fails.
"""

import gzip
import json
import re
import threading
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .wandb_answers_board import Answers

OPERATION = re.compile(r"\b(?:query|mutation)\s+(\w+)")
STREAM = re.compile(r"/files/[^/]+/([^/]+)/([^/]+)/file_stream")
Fault = Callable[[str], int | None]


class Peer:
    """A server at `url` with what it was told in `known`.

    `fault` may answer any call instead, with an HTTP status, as a broken server does. It is given the name
    of a GraphQL operation, or `file_stream` or `storage`.
    """

    def __init__(self) -> None:
        self.key = "not-a-real-key-of-any-account-" + "0" * 20
        self.calls: Counter[str] = Counter()
        self.unknown: list[str] = []
        self.storage: dict[str, bytes] = {}
        self.fault: Fault = lambda _: None
        self._lock = threading.Lock()
        self.known = Answers()
        self.start_again()

    def start_again(self) -> None:
        """Listen on a port of its own, with all that is known from before."""
        peer = self

        class Handler(_Handler):
            owner = peer

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = self.known.url = f"http://127.0.0.1:{self._server.server_port}"
        self.is_up = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}).start()

    def stop(self) -> None:
        """Refuse connections from now on, and cut off those that are open."""
        if self.is_up:
            self.is_up = False
            self._server.shutdown()
            self._server.server_close()

    def respond(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        with self._lock:
            if path == "/graphql" and method == "GET":
                return self._called("plain request") or 405, b""
            if path == "/graphql":
                return self._graphql(json.loads(body))
            if stream := STREAM.fullmatch(path):
                return self._stream(*stream.groups(), json.loads(body))
            if path.startswith("/storage/"):
                return self._store(method, path, body)
            self.unknown.append(f"{method} {path}")
            return 404, b"{}"

    def _graphql(self, call: dict[str, Any]) -> tuple[int, bytes]:
        named = OPERATION.search(call["query"])
        operation = call.get("operationName") or (named.group(1) if named else call["query"])
        if status := self._called(operation):
            return status, b'{"errors": [{"message": "a fault of this peer"}]}'
        data = self.known.answer(operation, call.get("variables") or {})
        if data is None:
            self.unknown.append(f"{operation} {call.get('variables')} {call['query']}")
            return 400, b'{"errors": [{"message": "unknown to this peer"}]}'
        return 200, json.dumps({"data": data}).encode()

    def _stream(self, project: str, name: str, call: dict[str, Any]) -> tuple[int, bytes]:
        if status := self._called("file_stream"):
            return status, b"{}"
        run = self.known.run(project, name)
        for file, chunk in (call.get("files") or {}).items():
            if file == "wandb-history.jsonl":
                run.streamed_lines += len(chunk["content"])
                rows = enumerate(map(json.loads, chunk["content"]), start=chunk["offset"])
                run.history.update(rows)
            elif file == "wandb-summary.json":
                run.summary = json.loads(chunk["content"][-1])
            elif file != "wandb-events.jsonl":
                self.unknown.append(f"file stream of {file}")
        if call.get("complete"):
            run.state = "failed" if call.get("exitcode") else "finished"
        return 200, b"{}"

    def _store(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        if status := self._called("storage"):
            return status, b""
        if method == "GET":
            return (200, self.storage[path]) if path in self.storage else (404, b"")
        self.storage[path] = body
        return 200, b""

    def _called(self, what: str) -> int | None:
        self.calls[what] += 1
        return self.fault(what)


class _Handler(BaseHTTPRequestHandler):
    owner: Peer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:  # the base class's names
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        status, answer = self.owner.respond(self.command, self.path, body)
        if not self.owner.is_up:
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST  # noqa: N815  # the base class's names
    do_PUT = do_POST  # noqa: N815  # the base class's names

    def log_message(self, *_: object) -> None:
        """Say nothing: a test's output is its own."""
