"""A time-stamp authority for tests, on a free port of 127.0.0.1, by https. Makes its keys with openssl.

Usage: authority.py FOLDER. Writes ca.crt, by which both its answers and its connections can be checked,
and, once it listens, `port` into the folder.
"""

import http.server
import ssl
import subprocess
import sys
from pathlib import Path

FOLDER = Path(sys.argv[1])
SETTINGS = """oid_section = oids
[oids]
policy = 1.2.3.4.1
[tsa]
default_tsa = one
[one]
serial = ./serial
crypto_device = builtin
signer_cert = ./tsa.crt
signer_key = ./tsa.key
signer_digest = sha256
default_policy = policy
other_policies = policy
digests = sha256
ess_cert_id_alg = sha256
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
[stamp]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[server]
basicConstraints = CA:FALSE
subjectAltName = IP:127.0.0.1
[req]
distinguished_name = name
[name]
"""


def openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=FOLDER, check=True, capture_output=True)


def make() -> None:
    (FOLDER / "tsa.cnf").write_text(SETTINGS)
    (FOLDER / "serial").write_text("01\n")
    new = ["-newkey", "rsa:2048", "-nodes", "-config", "tsa.cnf"]
    openssl("req", "-x509", *new, "-keyout", "ca.key", "-out", "ca.crt", "-days", "9", "-subj", "/CN=ca",
            "-extensions", "ca")
    for name, extensions in (("tsa", "stamp"), ("tls", "server")):
        openssl("req", *new, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key",
                "-CAcreateserial", "-out", f"{name}.crt", "-days", "9", "-extfile", "tsa.cnf",
                "-extensions", extensions)


class Authority(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:  # noqa: N802
        asked = self.rfile.read(int(self.headers["content-length"]))
        (FOLDER / "request").write_bytes(asked)
        openssl("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "request", "-out", "reply")
        reply = (FOLDER / "reply").read_bytes()
        self.send_response(200)
        self.send_header("content-type", "application/timestamp-reply")
        self.send_header("content-length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, *_: object) -> None:
        pass


make()
server = http.server.HTTPServer(("127.0.0.1", 0), Authority)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(FOLDER / "tls.crt", FOLDER / "tls.key")
server.socket = context.wrap_socket(server.socket, server_side=True)
(FOLDER / "port.new").write_text(str(server.server_port))
(FOLDER / "port.new").rename(FOLDER / "port")
server.serve_forever()
