"""An OpenID Connect provider on loopback, which says what it is told to say, true or not."""

import json
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from tests.peers.loopback import Asked, Told

CLIENT, SECRET = "our-client", "our secret: ü&% of more than thirty-two bytes"


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Provider:
    """Knows one person; `claims` and `header` change what it signs."""

    port: int = 0
    keys: dict[str, rsa.RSAPrivateKey] = field(default_factory=lambda: {"one": new_key()})
    signs_with: str = "one"
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    without: set[str] = field(default_factory=set)
    document: dict[str, Any] = field(default_factory=dict)
    in_userinfo: dict[str, Any] = field(default_factory=dict)
    begun: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def agree(self, address: str) -> dict[str, str]:
        """Play the person, who signs in at the provider; return what goes back in the address."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = sha256(query["state"].encode()).hexdigest()
        self.begun[code] = query
        return {"code": code, "state": query["state"], "iss": self.issuer}

    def back(self, address: str, **changes: str) -> str:
        """Return the address that the browser is sent back to."""
        query = {**self.agree(address), **changes}
        path = urlsplit(parse_qs(urlsplit(address).query)["redirect_uri"][0]).path
        return f"{path}?{urlencode(query)}"

    def answer(self, asked: Asked) -> Told | None:
        self.asked.append(asked)
        says = {
            "/.well-known/openid-configuration": self._document,
            "/keys": self._keys,
            "/token": lambda: self._token(asked),
            "/me": lambda: {"sub": "person-1", **self.in_userinfo},
        }.get(asked.path)
        said = says() if says else None
        return Told(404) if said is None else Told(body=json.dumps(said).encode())

    def _document(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/me",
            "end_session_endpoint": f"{self.issuer}/logout",
            **self.document,
        }

    def _keys(self) -> dict[str, Any]:
        known = [
            {**json.loads(RSAAlgorithm.to_jwk(key.public_key())), "kid": kid, "use": "sig"}
            for kid, key in self.keys.items()
        ]
        return {"keys": known}

    def _token(self, asked: Asked) -> dict[str, Any] | None:
        form = {name: values[0] for name, values in asked.form.items()}
        query = self.begun.pop(form.get("code", ""), None)
        if query is None or form["redirect_uri"] != query["redirect_uri"]:
            return None
        digest = sha256(form["code_verifier"].encode()).digest()
        if urlsafe_b64encode(digest).rstrip(b"=").decode() != query["code_challenge"]:
            return None
        return {"access_token": "at", "token_type": "Bearer", "id_token": self.token(query)}

    def token(self, query: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": query["client_id"],
            "sub": "person-1",
            "iat": now,
            "exp": now + 300,
            "nonce": query["nonce"],
            "email": "eve@acme.example",
            "email_verified": True,
            "name": "Eve Elsewhere",
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if name not in self.without}
        header = {"alg": "RS256", "kid": self.signs_with, **self.header}
        algorithm = header.pop("alg")
        if algorithm == "none":
            return jwt.encode(claims, "", algorithm="none", headers=header)
        if algorithm == "HS256":
            return jwt.encode(claims, SECRET, algorithm="HS256", headers=header)
        return jwt.encode(claims, self.keys[self.signs_with], algorithm=algorithm, headers=header)
