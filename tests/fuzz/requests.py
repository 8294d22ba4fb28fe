"""Requests to the web chat, from sound to not even HTTP."""

from dataclasses import dataclass

from hypothesis import strategies as st

from tests.fuzz.values import broken, encode, mutated, odd, texts

METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "BREW", "get")
PLACES = (
    "/api/chat/conversations", "/api/chat/{}/messages", "/api/chat/{}/history", "/api/chat/{}/events",
    "/api/chat/{}", "/api/chat", "/api/", "/api", "/api/{}", "/", "/{}", "/index.html", "/healthz", "/readyz",
    "/metrics", "/telegram/webhook", "/telegram/{}", "//{}", "/../{}", "/static/../../{}", "*", "http://other/{}",
)  # fmt: skip
_escapes = st.lists(
    st.sampled_from(["%00", "%ff", "%ed%a0%80", "%2f", "%2e%2e", "..", "/", "%", "%zz", "a", "%0d%0a", "%25", "é"]),
    max_size=8,
).map("".join)
_printable = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60)


READ_MAX_BYTES = 60_000


@dataclass(frozen=True, slots=True)
class Request:
    """A request as bytes.

    Attributes:
        data: All of it.
        http: It is HTTP.
        says: It is a message of words in the conversation, so that it is answered with success.
    """

    data: bytes
    http: bool = True
    says: bool = False

    @property
    def sound(self) -> bool:
        """Its answer arrives: it is HTTP, and so short that it is read before the bot hangs up."""
        return self.http and len(self.data) <= READ_MAX_BYTES


def _head(method: str, target: str, body: bytes, headers: str) -> bytes:
    length = f"Content-Length: {len(body)}\r\n" if body or method == "POST" else ""
    head = f"{method} {target} HTTP/1.1\r\nHost: bot\r\nConnection: close\r\n{length}{headers}\r\n"
    return head.encode("utf-8", "surrogatepass") + body


_words = st.text(st.sampled_from("شنو المستمسكات؟ 0123\u0000\u200f\ud800"), max_size=60).map(
    lambda more: f"سؤال {more}"
)
_texts = st.one_of(texts, _words)
_messages = st.one_of(
    st.fixed_dictionaries({"text": _texts}, optional={"client_message_id": texts, "more": odd}),
    st.fixed_dictionaries({"payload": texts}, optional={"client_message_id": texts}),
)
_bodies = st.one_of(
    _messages.map(encode),
    mutated(_messages).map(encode),
    odd.map(encode),
    broken(_messages.map(encode)),
    st.just(b"x" * 70_000),
)
_headers = st.lists(
    st.sampled_from(
        [
            "Content-Type: application/json\r\n", "Content-Type: text/plain; charset=utf-32\r\n",
            "Content-Type: multipart/form-data\r\n", "Last-Event-ID: 99999999999999999999\r\n",
            "Last-Event-ID: \u0663\r\n", "Last-Event-ID: -1\r\n", "Accept-Encoding: gzip, x\r\n",
            "Range: bytes=0-1\r\n",
            "Range: bytes=9-0,a\r\n", "If-Modified-Since: x\r\n", "If-None-Match: *\r\n", "X: " + "y" * 9_000 + "\r\n",
            "Expect: 100-continue\r\n", "Upgrade: websocket\r\n", "Cookie: \u00ff\r\n", "X-Forwarded-For: x\r\n",
            "X-Telegram-Bot-Api-Secret-Token: \u00e9\r\n", "Origin: null\r\n",
        ]
    ),
    max_size=3,
    unique=True,
).map("".join)  # fmt: skip
_queries = st.one_of(
    st.just(""),
    st.sampled_from(
        ["?after=0", "?after=-1", "?after=9223372036854775808", "?after=x", "?after=1&after=2", "?after=%00", "?"]
    ),
    _escapes.map(lambda more: f"?{more}"),
    _printable.map(lambda more: f"?after={more}".replace("#", "")),
)


def requests(tokens: list[str]) -> st.SearchStrategy[Request]:
    """Requests of somebody who has these conversations."""
    names = st.one_of(st.sampled_from(tokens), st.sampled_from(tokens), _escapes, _printable)
    targets = st.builds(lambda place, name, query: place.format(name) + query, st.sampled_from(PLACES), names, _queries)

    def posted(token: str, body: bytes, headers: str) -> Request:
        return Request(_head("POST", f"/api/chat/{token}/messages", body, headers))

    def said(token: str, text: str) -> Request:
        return Request(_head("POST", f"/api/chat/{token}/messages", encode({"text": text}), ""), says=True)

    def asked(method: str, target: str, body: bytes, headers: str) -> Request:
        return Request(_head(method, target, body, headers))

    def looked(token: str, place: str, query: str, headers: str) -> Request:
        return Request(_head("GET", f"/api/chat/{token}/{place}{query}", b"", headers))

    return st.one_of(
        st.builds(posted, st.sampled_from(tokens), _bodies, _headers),
        st.builds(posted, st.sampled_from(tokens), _bodies, _headers),
        st.builds(said, st.sampled_from(tokens), _words),
        st.builds(asked, st.sampled_from(METHODS), targets, _bodies, _headers),
        st.builds(looked, st.sampled_from(tokens), st.sampled_from(["history", "events"]), _queries, _headers),
        st.binary(min_size=1, max_size=200).map(lambda data: Request(data + b"\r\n\r\n", http=False)),
    )
