"""Certificates of the test's own making."""
import pathlib
import ssl
import subprocess

import grpc

CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


class Authority:
    """Signs certificates for 127.0.0.1."""

    def __init__(self, folder, name):
        self.folder, self.name = pathlib.Path(folder), name
        self.file = self.folder / f"{name}.pem"
        self._key = self.folder / f"{name}.key"
        _openssl("req", "-x509", *CURVE, "-keyout", self._key, "-out", self.file, "-days", "2", "-subj", f"/CN={name}",
                 "-addext", "basicConstraints=critical,CA:TRUE")

    def sign(self, name, names="IP:127.0.0.1,DNS:localhost"):
        """(The file of a certificate, the file of its key)."""
        certificate, key, request = (self.folder / f"{name}.{end}" for end in ("pem", "key", "csr"))
        extensions = self.folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName={names}\n")
        _openssl("req", *CURVE, "-keyout", key, "-out", request, "-subj", f"/CN={name}")
        _openssl("x509", "-req", "-in", request, "-CA", self.file, "-CAkey", self._key, "-CAcreateserial", "-days", "2",
                 "-extfile", extensions, "-out", certificate)
        return certificate, key


def _openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


def context(authority, pair=None, **settings):
    """What an HTTPS client speaks: it trusts an authority and perhaps shows a certificate."""
    made = ssl.create_default_context(cafile=str(authority.file))
    if pair:
        made.load_cert_chain(*map(str, pair))
    for name, value in settings.items():
        setattr(made, name, value)
    return made


def credentials(authority, pair=None):
    """The same for gRPC."""
    certificate, key = (path.read_bytes() for path in pair) if pair else (None, None)
    return grpc.ssl_channel_credentials(authority.file.read_bytes(), key, certificate)
