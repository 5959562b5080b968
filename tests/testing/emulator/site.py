"""A small site written after onec.md §2 with the standard library only: correct by default, wrong where a test asks.

It keeps what it received, unpacks archives, counts goods and offers, gives orders until they are confirmed.
"""

import base64
import io
import re
import secrets
import threading
import zipfile
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

LOGIN, PASSWORD = "onec", "secret"
EMPTY = (
    '<?xml version="1.0" encoding="{encoding}"?>\n'
    '<КоммерческаяИнформация ВерсияСхемы="2.07" ДатаФормирования="2026-01-15T10:00:00">{body}</КоммерческаяИнформация>'
)

INFO = (
    '<?xml version="1.0" encoding="{encoding}"?>\n<Справочник>'
    "<Cтатусы><Элемент><Ид>N</Ид><Название>Принят</Название></Элемент></Cтатусы>"
    "<ПлатежныеСистемы><Элемент><Ид>1</Ид><Название>Счёт</Название></Элемент></ПлатежныеСистемы>"
    "<СлужбыДоставки><Элемент><Ид>2</Ид><Название>Самовывоз</Название></Элемент></СлужбыДоставки></Справочник>"
)


class Site:
    """State of the site. `spoil` maps a mode to a function (status, content type, body) → the same, changed."""

    def __init__(self):
        self.spoil = {}
        self.zip = True
        self.file_limit = 50_000
        self.encoding = "utf-8"
        self.sessions = {}
        self.files = {}
        self.imported = {}
        self.orders = {}
        self.progress = 2
        self.requests = []
        self.more_headers = {}
        self.deactivated = None
        self.lock = threading.Lock()

    def answer(self, method, path, headers, body):
        url = urlsplit(path)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        mode = query.get("mode", "")
        with self.lock:
            self.requests.append((method, query, dict(headers), len(body)))
            status, kind, text = self._route(query, headers, body)
        content = text if isinstance(text, bytes) else text.encode(self.encoding, "xmlcharrefreplace")
        reply = (status, f"{kind}; charset={self.encoding}", content)
        return self.spoil[mode](*reply) if mode in self.spoil else reply

    def _route(self, query, headers, body):
        mode, kind = query.get("mode"), query.get("type")
        if mode == "checkauth":
            return self._check_auth(kind, headers)
        session = self._session(query, headers)
        if session is None:
            return 200, "text/plain", "failure\nСессия не найдена, повторите checkauth"
        if mode == "init":
            lines = [f"zip={'yes' if self.zip else 'no'}", f"file_limit={self.file_limit}"]
            if "version" in query:
                lines += [f"sessid={session['sessid']}", "version=3.1"]
            return 200, "text/plain", "\n".join(lines)
        if mode == "file":
            session["files"].setdefault(query["filename"], io.BytesIO()).write(body)
            return 200, "text/plain", "success"
        if mode == "import":
            return 200, "text/plain", self._import(session, query["filename"])
        if mode == "query":
            session["given"] = dict(self.orders)
            return 200, "text/xml", EMPTY.format(encoding=self.encoding, body="".join(self.orders.values()))
        if mode == "info":
            return 200, "application/xml", INFO.format(encoding=self.encoding)
        if mode == "deactivate":
            self.deactivated = query["timestamp"]
            return 200, "text/plain", "success\nСкрыто: 0"
        if mode == "complete":
            return 200, "text/plain", "success"
        if mode == "success":
            self.orders = {n: text for n, text in self.orders.items() if session["given"].get(n) != text}
            return 200, "text/plain", "success"
        return 200, "text/plain", "failure\nНеизвестная команда"

    def _check_auth(self, kind, headers):
        if "authorization" not in headers:
            return 401, "text/plain", "failure\nТребуется авторизация"
        if not self._knows(headers):
            return 200, "text/plain", "failure\nНеверное имя пользователя или пароль"
        token, sessid = secrets.token_hex(16), secrets.token_hex(16)
        self.sessions[token] = {"sessid": sessid, "files": {}, "polls": {}, "given": {}, "type": kind}
        return 200, "text/plain", f"success\nB2BEXCH\n{token}\nsessid={sessid}\ntimestamp=1768471200"

    def _knows(self, headers):
        expected = "Basic " + base64.b64encode(f"{LOGIN}:{PASSWORD}".encode()).decode()
        return headers.get("authorization") == expected

    def _session(self, query, headers):
        token = headers.get("cookie", "").removeprefix("B2BEXCH=")
        session = self.sessions.get(token)
        if session is None and self._knows(headers):
            session = next(reversed(self.sessions.values()), None)
        if session is None or query.get("sessid", session["sessid"]) != session["sessid"]:
            return None
        return session

    def _import(self, session, name):
        polls = session["polls"][name] = session["polls"].get(name, 0) + 1
        if polls <= self.progress:
            return f"progress\nШаг {polls} из {self.progress}"
        for archive in [name for name in session["files"] if name.endswith(".zip")]:
            try:
                with zipfile.ZipFile(io.BytesIO(session["files"].pop(archive).getvalue())) as packed:
                    for entry in packed.namelist():
                        session["files"][entry] = io.BytesIO(packed.read(entry))
            except (zipfile.BadZipFile, ValueError):
                return "failure\nАрхив повреждён"
        if name not in session["files"]:
            return f"failure\nФайл {name} не найден"
        for stored, content in session["files"].items():
            self.files[stored] = content.getvalue()
        text = self.files[name].decode("utf-8-sig")
        self.imported[name] = len(re.findall("<(?:Товар|Предложение|Контрагент|Документ)[ >]", text))
        return f"success\nСтрок: {self.imported[name]}"


@contextmanager
def serving(site):
    """The address of a site that runs in a thread."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def _any(self):
            if self.headers.get("transfer-encoding") == "chunked":
                body = b""
                while size := int(self.rfile.readline(), 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
            else:
                length = int(self.headers.get("content-length", 0))
                body = self.rfile.read(length)
                if len(body) < length:
                    self.close_connection = True
                    return
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, content_type, content = site.answer(
                self.command, unquote(self.path, errors="strict"), headers, body
            )
            self.send_response(status)
            if content_type:
                self.send_header("Content-Type", content_type)
            if status == 401:
                self.send_header("WWW-Authenticate", 'Basic realm="1C exchange"')
            for name, value in site.more_headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _any  # noqa: N815 # names of http.server

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/1c_exchange.php"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
