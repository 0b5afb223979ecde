"""Receivers for the notification tests: an SMTP server, a webhook receiver, an SMS provider and a push service.

Prints one JSON line with the ports, then one for each thing that was received. Judges with other people's libraries:
Python's `email`, `standardwebhooks`, `http_ece`, `cryptography`.
"""

import base64
import email
import email.policy
import json
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import http_ece
from aiosmtpd.controller import Controller
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives import hashes
from standardwebhooks.webhooks import Webhook

lock = threading.Lock()
secrets = {}
failing = {}
browser = ec.generate_private_key(ec.SECP256R1())
browser_auth = b"0123456789abcdef"


def tell(**fields):
    with lock:
        print(json.dumps(fields), flush=True)


def unpadded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def padded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Mail:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody"):
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        parts = {part.get_content_type(): part.get_content() for part in message.walk() if not part.is_multipart()}
        tell(kind="mail", rcpt=envelope.rcpt_tos, sender=envelope.mail_from, headers=[list(h) for h in message.items()],
             subject=message["subject"], message_id=message["message-id"], parts=parts,
             defects=[str(d) for d in message.defects])
        return "250 OK"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, status, body=b"{}", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = urllib.parse.urlparse(self.path).path
        name = path.strip("/").split("/")[-1]
        if path.startswith("/control/"):
            secrets[name] = json.loads(body)["secrets"]
            return self.answer(200)
        if path.startswith("/hook/"):
            return self.webhook(name, body)
        if path.startswith("/push/"):
            return self.push(body)
        if path.startswith("/2010-04-01/Accounts/"):
            return self.sms(path, body)
        self.answer(404)

    def webhook(self, name, body):
        headers = {key.lower(): value for key, value in self.headers.items()}
        verified = []
        for secret in secrets.get(name, []):
            try:
                Webhook(secret).verify(body, headers)
                verified.append(True)
            except Exception:
                verified.append(False)
        tell(kind="webhook", name=name, verified=verified, id=headers.get("webhook-id"), at=time.time(),
             body=json.loads(body))
        if name == "gone":
            return self.answer(410)
        if name == "redirect":
            return self.answer(302, headers=[("Location", "/hook/elsewhere")])
        if name == "flaky":
            failing[name] = failing.get(name, 0) + 1
            if failing[name] == 1:
                return self.answer(503, headers=[("Retry-After", "1")])
        if name == "hang":
            time.sleep(30)
        self.answer(200)

    def sms(self, path, body):
        form = dict(urllib.parse.parse_qsl(body.decode()))
        login = base64.b64decode(self.headers.get("Authorization", "")[6:] or b"").decode()
        tell(kind="sms", path=path, form=form, login=login, key=self.headers.get("I-Twilio-Idempotency-Token"))
        if login != "AC1:token":
            return self.answer(401)
        if form.get("To") == "+4900000000":
            return self.answer(400, json.dumps({"code": 21610, "message": "unsubscribed"}).encode())
        self.answer(201, json.dumps({"sid": "SM1"}).encode())

    def push(self, body):
        public = browser.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        plain = http_ece.decrypt(body, private_key=browser, auth_secret=browser_auth, version="aes128gcm")
        fields = dict(part.strip().split("=", 1) for part in self.headers["Authorization"][6:].split(","))
        head, claims, signature = fields["t"].split(".")
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), padded(fields["k"]))
        raw = padded(signature)
        dss = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        key.verify(dss, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
        tell(kind="push", plain=json.loads(plain), claims=json.loads(padded(claims)), ttl=self.headers["TTL"],
             key=fields["k"], mine=unpadded(public))
        self.answer(201)


mail = Controller(Mail(), hostname="127.0.0.1", port=int(sys.argv[1]))
mail.start()
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
point = browser.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
tell(smtp=int(sys.argv[1]), http=server.server_address[1], p256dh=unpadded(point), auth=unpadded(browser_auth))
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
