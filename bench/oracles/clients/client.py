"""A stock client for the oracles: http.client over ssl.create_default_context(), and nothing of ours in between.

Exit status 0: answered 2xx. 22: answered otherwise. 1: the connection or the handshake failed.
"""

import http.client
import platform
import ssl
import sys
from urllib.parse import urlsplit

if sys.argv[1] == "--about":
    print(f"Python {platform.python_version()} ssl, {ssl.OPENSSL_VERSION}")
    sys.exit(0)

options = dict(zip(sys.argv[1::2], sys.argv[2::2]))
url = urlsplit(options["--url"])
context = ssl.create_default_context(cafile=options.get("--ca"))
if "--cert" in options:
    context.load_cert_chain(options["--cert"], options["--key"])
with open(options["--body"], "rb") as file:
    body = file.read()
connection = http.client.HTTPSConnection(url.hostname, url.port, timeout=5, context=context)
try:
    connection.request("POST", url.path, body, {"Content-Type": options["--content-type"]})
    response = connection.getresponse()
    response.read()
except (OSError, http.client.HTTPException) as error:
    print(f"{type(error).__name__}: {error}", file=sys.stderr)
    sys.exit(1)
sys.exit(0 if 200 <= response.status < 300 else 22)
