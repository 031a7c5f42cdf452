#!/usr/bin/env python3
"""A hookproof adapter: through it the harness drives a webhook dispatcher.

One JSON request a line comes in on standard input, one JSON reply a line goes out on standard output,
and standard error is free text. The protocol is node_modules/hookproof/docs/adapter-protocol.md

This file is a small dispatcher itself, made of http.client and ssl alone (Python 3.9 or newer), and it
certifies the core profile. Yours drives your product instead: keep "The protocol", replace "The dispatcher".
"""

import base64
import datetime
import http.client
import json
import os
import re
import socket
import ssl
import sys
import tempfile
import threading
import time
from urllib.parse import urlsplit

HELLO = {
    "protocol": 1,
    # TODO yours, with the released version
    "dispatcher": {"name": "example-dispatcher", "version": "0.1.0"},
    # TODO declare what your product does, and nothing else: a scenario that needs more is skipped, and
    # named in the report. The first two are core. Others: pin.spki, client-certificate.pkcs12, retry...
    "capabilities": ["client-certificate.pem", "trust.private-ca", "rotation"],
    "limits": {"max_parallel": 1},
    "payload": "verbatim",  # or "wrapped": the event goes out inside an envelope of your own
}


# ---- The protocol -----------------------------------------------------------------------------------

# What was configured, by target. A refused configuration stays, so that nothing is sent to it.
targets = {}


def serve():
    for line in sys.stdin:
        message = json.loads(line)
        try:
            answer = answer_to(message)
        except Exception as error:  # the adapter's own trouble: no verdict on the dispatcher
            answer = {"errored": repr(error)}
        print(json.dumps({"id": message["id"], **answer}), flush=True)
        if message["cmd"] == "bye":
            return


def answer_to(message):
    command = message["cmd"]
    if command == "hello":
        now = datetime.datetime.now(datetime.timezone.utc)
        return {**HELLO, "now": now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
    if command == "configure":
        return configure(message["target"], message["config"])
    if command == "deliver":
        return deliver(message["target"], message["event"], message["deadline_ms"])
    if command == "bye":
        return {"ok": True}
    return {"unsupported": True}


def configure(target, config):
    unsupported = unsupported_in(config)
    if unsupported:
        return {"ok": False, "unsupported": unsupported}
    try:
        targets[target] = prepare(config)
        return {"ok": True}
    except NotDelivered as refusal:
        targets[target] = refusal
        return {"ok": False, "reason": refusal.reason, "message": refusal.native or refusal.reason}


def unsupported_in(config):
    """Capabilities that a configuration asks for and this dispatcher has not."""
    certificate_format = config.get("client_certificate", {}).get("format", "pem")
    found = [] if certificate_format == "pem" else ["client-certificate." + certificate_format]
    if "signature" in config:
        found.append("signature." + config["signature"]["scheme"])
    others = {"crls_pem": "trust.crl", "spki_pins": "pin.spki", "oauth2": "oauth2.tls-client-auth", "retry": "retry"}
    return found + [capability for key, capability in others.items() if key in config]


def deliver(target, event, deadline_ms):
    try:
        prepared = targets[target]
        if isinstance(prepared, NotDelivered):
            raise prepared
        status = send(prepared, event, min(prepared["timeout_ms"], deadline_ms) / 1000)
        return {"disposition": "delivered", "attempts": [{"stage": "response", "status": status}]}
    except NotDelivered as why:
        attempt = {"stage": why.stage, "reason": why.reason, "status": why.status, "native": why.native}
        known = {key: value for key, value in attempt.items() if value is not None}
        return {"disposition": why.disposition, "attempts": [known]}


# ---- The dispatcher: TODO call your own -------------------------------------------------------------


class NotDelivered(Exception):
    """Why an event was not delivered, in the protocol's words.

    `refused`: this dispatcher said no; `failed`: the endpoint or the network did.
    """

    def __init__(self, disposition, stage, reason, native=None, status=None):
        super().__init__(reason)
        self.disposition, self.stage, self.reason = disposition, stage, reason
        self.native, self.status = native, status


def prepare(config):
    """Checks a configuration when it is made: better here than at the first event."""
    url = urlsplit(config["url"])
    if url.scheme != "https":
        raise NotDelivered("refused", "config", "plaintext.refused")
    # Checks path and host name. The common name does not count (RFC 9525).
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.hostname_checks_common_name = False
    # Level 2 refuses RSA below 2048 bits and SHA-1 signatures.
    context.set_ciphers("DEFAULT:@SECLEVEL=2")
    minimum = config.get("tls", {}).get("min_version", "TLSv1.2")
    context.minimum_version = getattr(ssl.TLSVersion, minimum.replace(".", "_"))
    # The given roots replace the host's. Without any, those of the host hold, and SSL_CERT_FILE.
    if "trust_anchors_pem" in config:
        context.load_verify_locations(cadata=config["trust_anchors_pem"])
    else:
        context.load_default_certs()
    certificate = config.get("client_certificate")
    if certificate is not None:
        load_certificate(context, certificate)
    return {
        "url": url,
        "context": context,
        "has_certificate": certificate is not None,
        "timeout_ms": config.get("timeout_ms", 10_000),
    }


def load_certificate(context, certificate):
    """Loads certificate and key, which ssl reads from files only."""
    if not certificate.get("key_pem"):
        raise NotDelivered("refused", "config", "client-certificate.missing", "no key")
    # The certificate of the key comes first, however the bundle was put together.
    blocks = re.split("^(?=-----BEGIN CERTIFICATE-----)", certificate["chain_pem"], flags=re.MULTILINE)
    blocks = [block for block in blocks if block.startswith("-----")] or [certificate["chain_pem"]]
    for own in blocks:
        try:
            ordered = [own] + [block for block in blocks if block is not own]
            return load_ordered(context, "".join(ordered), certificate["key_pem"])
        except NotDelivered as refusal:
            if refusal.reason != "client-certificate.key-mismatch" or own is blocks[-1]:
                raise


def load_ordered(context, chain_pem, key_pem):
    with tempfile.TemporaryDirectory() as folder:  # mode 0700, and gone at the end of the block
        chain, key = os.path.join(folder, "chain.pem"), os.path.join(folder, "key.pem")
        for path, text in ((chain, chain_pem), (key, key_pem)):
            with open(path, "w", encoding="ascii", errors="replace") as file:
                file.write(text)
        try:
            # A callable for the password: without it OpenSSL asks for one at the terminal.
            context.load_cert_chain(chain, key, lambda: b"")
        except ssl.SSLError as error:
            mismatch = error.reason in ("KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH")
            reason = "key-mismatch" if mismatch else "unreadable"
            raise NotDelivered("refused", "config", "client-certificate." + reason, error.reason)


def send(target, event, timeout):
    """Sends one event and returns the 2xx status. Everything else is a NotDelivered."""
    url, give_up_at = target["url"], time.monotonic() + timeout
    # A connection for each delivery: none outlives a change of certificate or of roots.
    connection = http.client.HTTPSConnection(
        url.hostname, url.port or 443, timeout=timeout, context=target["context"]
    )
    connection.response_class = WholeResponse
    stage, watchdog = "tls", None
    try:
        connection.connect()  # path and name are checked here, before a byte of the request
        stage = "request"
        # The timeout above is for each read: an endpoint that sends an octet now and then would never use
        # it up. This one is for the whole.
        watchdog = threading.Timer(max(0, give_up_at - time.monotonic()), hang_up, [connection.sock])
        watchdog.start()
        path = (url.path or "/") + ("?" + url.query if url.query else "")
        headers = {"Content-Type": event["content_type"], "User-Agent": "example-dispatcher"}
        try:
            connection.request("POST", path, base64.b64decode(event["body_b64"]), headers)
        except (BrokenPipeError, ConnectionResetError):
            pass  # an endpoint may answer and close before it has read everything: hear it out
        stage = "response"
        response = connection.getresponse()
        while response.read(65536):
            pass  # to its end: an answer that is cut off is none
    except (OSError, http.client.HTTPException, ValueError) as error:
        if time.monotonic() >= give_up_at:
            raise NotDelivered("failed", stage, "net.timeout") from error
        raise not_delivered(error, stage, target["has_certificate"]) from error
    finally:
        if watchdog is not None:
            watchdog.cancel()
        connection.close()
    if time.monotonic() >= give_up_at:
        raise NotDelivered("failed", stage, "net.timeout")
    # Only a 2xx is a delivery. A redirect is an answer: following it would show our certificate to a
    # stranger.
    if 200 <= response.status < 300:
        return response.status
    reason = "redirect.refused" if 300 <= response.status < 400 else "http.status"
    raise NotDelivered("failed", "response", reason, status=response.status)


class WholeResponse(http.client.HTTPResponse):
    """An answer whose header section came to its end: for http.client it need not."""

    def __init__(self, *args, **keywords):
        super().__init__(*args, **keywords)
        self.fp = WholeLines(self.fp)


class WholeLines:
    def __init__(self, file):
        self.file = file

    def readline(self, *limit):
        line = self.file.readline(*limit)
        if not line.endswith(b"\n"):
            raise http.client.IncompleteRead(line)
        return line

    def __getattr__(self, name):
        return getattr(self.file, name)


def hang_up(sock):
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it has ended by itself


# OpenSSL's numbers (X509_V_ERR_*), and what the protocol says. Any other: malformed.
CERTIFICATE_REASONS = {
    **dict.fromkeys((2, 7, 18, 19, 20, 21, 22, 24, 25, 27, 47, 48), "untrusted"),
    9: "not-yet-valid",
    10: "expired",
    23: "revoked",
    26: "wrong-usage",
    **dict.fromkeys((62, 64), "name-mismatch"),
    **dict.fromkeys((66, 67, 68), "weak"),
}

ALERTS = {
    "PROTOCOL_VERSION": ("refused", "tls.version"),
    "CERTIFICATE_REQUIRED": ("failed", "client-certificate.missing"),
    "CERTIFICATE_EXPIRED": ("failed", "client-certificate.expired"),
}

ABOUT_OUR_CERTIFICATE = re.compile(
    "BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_REVOKED"
    "|CERTIFICATE_UNKNOWN|UNKNOWN_CA|ACCESS_DENIED"
)


def not_delivered(error, stage, has_certificate):
    def given(disposition, reason, at=stage):
        native = getattr(error, "reason", None) or type(error).__name__
        return NotDelivered(disposition, at, reason, str(native))

    if isinstance(error, ssl.SSLCertVerificationError):
        reason = CERTIFICATE_REASONS.get(error.verify_code, "malformed")
        return given("refused", "server-certificate." + reason)
    if isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        return given("failed", "net.reset")
    if isinstance(error, ssl.SSLError):
        text = error.reason or ""
        # The endpoint's word on our certificate. In TLS 1.3 it comes after the handshake is over for us.
        _, is_alert, alert = text.partition("_ALERT_")
        if is_alert:
            if alert in ALERTS:
                return given(*ALERTS[alert])
            if ABOUT_OUR_CERTIFICATE.search(alert):
                return given("failed", "client-certificate." + ("rejected" if has_certificate else "missing"))
            # Among them HANDSHAKE_FAILURE, which says neither that it was the certificate nor that it was not.
            return given("failed", "tls.alert")
        if text in ("UNSUPPORTED_PROTOCOL", "UNKNOWN_PROTOCOL"):
            return given("refused", "tls.version")
        if error.library in ("ASN1", "X509"):
            return given("refused", "server-certificate.malformed")
        return given("refused", "tls.other") if stage == "tls" else given("failed", "unspecified")
    if isinstance(error, socket.gaierror):
        return given("failed", "net.dns", "dns")
    if isinstance(error, ConnectionRefusedError):
        return given("failed", "net.refused", "tcp")
    if isinstance(error, (socket.timeout, TimeoutError)):
        return given("failed", "net.timeout")
    if isinstance(error, http.client.RemoteDisconnected):
        return given("failed", "net.reset")
    if isinstance(error, http.client.IncompleteRead):
        return given("failed", "net.reset")
    if isinstance(error, http.client.HTTPException):
        return given("failed", "http.status")  # what came back is not HTTP
    return given("failed", "net.reset")


serve()
