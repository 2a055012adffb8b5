"""Bodies reach the receiver whole, each once, and a refusal ends the sending."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from demo.posting import Body, PostError, post_bodies

HOST = "127.0.0.1"


class Receiver(ThreadingHTTPServer):
    """Keeps what it gets and answers by what the body says."""

    def __init__(self) -> None:
        super().__init__((HOST, 0), Handler)
        self.received: list[tuple[str, bytes]] = []
        self.busy_answers = 1


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = 200
        if body == b"refused":
            status = 400
        elif body == b"retried" and self.server.busy_answers:
            self.server.busy_answers -= 1
            status = 503
        else:
            self.server.received.append((self.path, body))
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.send_header("Retry-After", "0.01")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def _bodies(*texts: str) -> Iterator[Body]:
    for text in texts:
        yield Body(text, "/v1/logs", {"content-type": "application/json"}, text.encode())


@pytest.mark.parametrize("connections", [1, 3])
def test_each_body_arrives_once(receiver: Receiver, connections: int) -> None:
    texts = [str(number) for number in range(40)]
    count = post_bodies(_bodies(*texts), HOST, receiver.server_port, connections=connections)
    assert count == 40
    assert sorted(receiver.received) == sorted(("/v1/logs", text.encode()) for text in texts)


def test_one_connection_keeps_the_order(receiver: Receiver) -> None:
    post_bodies(_bodies("b", "retried", "a"), HOST, receiver.server_port)
    assert [body for _, body in receiver.received] == [b"b", b"retried", b"a"]


@pytest.mark.parametrize("connections", [1, 3])
def test_a_refusal_ends_the_sending(receiver: Receiver, connections: int) -> None:
    texts = ["refused", *(str(number) for number in range(5000))]
    with pytest.raises(PostError, match="answered 400 to refused"):
        post_bodies(_bodies(*texts), HOST, receiver.server_port, connections=connections)
    assert len(receiver.received) < 4000
