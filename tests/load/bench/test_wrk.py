"""The load generator: what it sends, what it counts, and that no bad answer passes."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.load.bench.wrk import LoadError, Request, drive, judged, lua, written

ASKED = Request("http://127.0.0.1:1", "/things/<value>")
FOUND = 'PLEXUS {"good": 9, "bad": 0, "lost": 0, "used": 9, "short": false, "first": "", "seconds": 1.5, '
FOUND += '"p50": 1, "p95": 2, "p99": 3}'


class Server(ThreadingHTTPServer):
    """Answers every request with one status, and keeps what was asked."""

    daemon_threads = True
    status = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append((self.path, body))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    do_GET = do_POST  # noqa: N815 - the name that http.server asks for

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    running = threading.Thread(target=made.serve_forever, daemon=True)
    running.start()
    yield made
    made.shutdown()
    made.server_close()


class TestDrive:
    def test_sends_unique_values_and_counts_answers(self, server: Server, tmp_path: Path) -> None:
        values = tmp_path / "values"
        values.write_text("".join(f"v{number}\n" for number in range(100_000)))
        request = Request(server.url, "/things/<value>", "POST", '{"n": <n>}', values=values, once=True)

        load = drive(request, 1, clients=2, begin=5)

        sent = server.asked
        assert load.good > 10
        assert load.rate == pytest.approx(load.good / load.seconds)
        assert load.used > load.good
        assert len({path for path, _ in sent}) == len({body for _, body in sent}) == len(sent)
        # The first value may go to wrk's own look at the script.
        assert min(int(path.removeprefix("/things/v")) for path, _ in sent) in {5, 6}

    def test_keeps_a_steady_rate(self, server: Server) -> None:
        load = drive(Request(server.url, "/"), 1, clients=4, rate=50)

        assert load.rate == pytest.approx(50, rel=0.2)

    def test_refuses_a_server_that_fails(self, server: Server) -> None:
        server.status = 500

        with pytest.raises(LoadError, match="not as expected.*500 ok"):
            drive(Request(server.url, "/"), 1, clients=1)

    def test_refuses_a_run_with_too_few_answers(self, server: Server) -> None:
        with pytest.raises(LoadError, match=r"GET /: \d+ answers"):
            drive(Request(server.url, "/"), 1, clients=1, least=1_000_000)

    def test_refuses_an_answer_that_tells_of_a_problem(self, server: Server) -> None:
        with pytest.raises(LoadError, match="not as expected.*200 ok"):
            drive(Request(server.url, "/", refuse="ok"), 1, clients=1)


class TestJudged:
    def test_reads_what_the_script_printed(self) -> None:
        load = judged(f"Running\n{FOUND}\n", "", ASKED)

        assert (load.good, load.rate, load.p99) == (9, 6.0, 3)

    @pytest.mark.parametrize(
        ("output", "words"),
        [
            ("unable to connect", "wrk said nothing"),
            (FOUND.replace('"bad": 0', '"bad": 1'), "1 of 10 answers"),
            (FOUND.replace('"lost": 0', '"lost": 3'), "3 lost"),
            (FOUND.replace("false", "true"), "more requests than values"),
        ],
    )
    def test_refuses_a_run_that_says_nothing(self, output: str, words: str) -> None:
        with pytest.raises(LoadError, match=words):
            judged(output, "", ASKED)


class TestWritten:
    def test_quotes_every_byte(self) -> None:
        assert lua('"]]\n') == r'"\034\093\093\010"'

    def test_leaves_out_what_is_not_given(self) -> None:
        plan = written(ASKED, 0, 0)

        assert lua("method") in plan
        assert lua("body") not in plan
