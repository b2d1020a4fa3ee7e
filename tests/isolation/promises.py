"""What could lead from one office into another, and what keeps it from doing so.

Everything in the product that is of one of these kinds has its line; what is new, or gone, fails in
`test_new_things.py`, with the sentence that says what to add where.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# Anybody may ask for a letter to an address, and is told the same whether it is sent; what it
# writes in the office of the address.
LETTERS = {"/api/v1/auth/password/reset": {"messaging_outgoingmessage", "accounts_auditentry"}}

# Each way in without a session or a token, and what it does for strangers.
OPEN_DOORS = {
    "/api/v1/auth/register": "opens an office of one's own",
    "/api/v1/auth/login": "asks for a password, with one answer for every failure",
    "/api/v1/auth/refresh": "asks for a refresh token and reads the office out of it",
    "/api/v1/auth/logout": "asks for a refresh token and reads the office out of it",
    "/api/v1/auth/invitations/accept": "asks for a signed token, which names its office",
    "/api/v1/auth/login/mfa": "asks for a signed token, which names its office, and a code",
    "/api/v1/auth/password/reset": "says nothing; writes to a mailbox",
    "/api/v1/auth/password/reset/confirm": "asks for a signed token, which names its office",
    "/api/v1/auth/email/change/confirm": "asks for a signed token, which names its office",
    "/forgot-password": "says the same to everybody; writes to a mailbox of the host's office",
    "/reset-password/<str:token>": "asks for a signed token of the host's office",
    "/confirm-email/<str:token>": "asks for a signed token of the host's office",
    "/invitation/<str:token>": "asks for a signed token of the host's office",
    "/api/v1/integrations/telegram/webhook": "asks for the secret that only Telegram was told",
    "/api/v1/integrations/microsoft/notifications": "a random word in each item; without it the"
    " item is left alone",
    "/api/v1/integrations/slack/actions": "asks for Slack's signature",
    "/api/v1/integrations/slack/commands": "asks for Slack's signature",
    "/api/v1/integrations/slack/events": "asks for Slack's signature",
    "/api/v1/integrations/twilio/sms": "asks for Twilio's signature",
    "/api/v1/integrations/twilio/status": "asks for Twilio's signature",
    "/api/v1/integrations/google/callback": "puts a vendor's answer aside, by a random word",
    "/api/v1/integrations/microsoft/callback": "puts a vendor's answer aside, by a random word",
    "/api/v1/integrations/slack/callback": "puts a vendor's answer aside, by a random word",
    "/api/v1/calendar/feeds/<str:secret>.ics": "shows the calendar of whom a secret was given by",
    "/api/schema": "describes the API, the same in every office",
    "/api/docs": "describes the API, the same in every office",
    "/.well-known/jwks.json": "publishes the platform's keys",
    "/favicon.ico": "leads to a picture",
    "/unsubscribe/<str:token>": "stops the digests of whom a signed token of this office names",
    "/health": "says whether the platform is well",
    "/health/live": "says whether the platform is well",
    "/health/ready": "says whether the platform is well",
    "/sign-in/code": "asks who has shown a password for a code",
    "/sign-in/passkey/begin": "asks for a passkey of this address, the same of everybody",
    "/sign-in/passkey": "asks for a passkey of the host's office",
    "/sso": "shows the way to the provider of an address's domain, the same to everybody",
    "/sso/<uuid:pk>/begin": "leads to a provider of the host's office",
    "/support/<str:token>": "asks for a signed token of the host's office, good once",
    "/sign-in": "asks for a password in the host's office",
    "/": "shows the front door on the shared host",
    "/open-office": "opens an office of one's own",
    "/office-opened": "shows the name and address of an office whose short name one knows",
    "/go": "shows the name and address of an office whose short name one knows",
    "/admin/login/": "asks for a password in the host's office",
    "/admin/logout/": "ends the session of the host's office",
    "/admin": "leads to /admin/",
}
# Those of them that say whether there is an office of a name, as the host of that name does: a new
# one of a name that is taken gets another host.
TELL_OF_OFFICES = {"/office-opened", "/go", "/open-office", "/api/v1/auth/register"}
# Those of them that take a POST without a form's token: an outsider's program may call them.
WEBHOOKS = {
    "/api/v1/auth/register": "shows nothing but the office that it opens",
    "/api/v1/auth/login": "a password",
    "/api/v1/auth/refresh": "a signed token",
    "/api/v1/auth/logout": "a signed token",
    "/api/v1/auth/invitations/accept": "a signed token",
    "/api/v1/auth/password/reset": "shows nothing",
    "/api/v1/auth/login/mfa": "a signed token and a code",
    "/api/v1/auth/password/reset/confirm": "a signed token",
    "/api/v1/auth/email/change/confirm": "a signed token",
    "/api/v1/integrations/telegram/webhook": "a secret, which follows from the bot's token",
    "/api/v1/integrations/microsoft/notifications": "a random word in each item; without it the"
    " item is left alone",
    "/api/v1/integrations/slack/actions": "a signature over the raw body, with the app's secret",
    "/api/v1/integrations/slack/commands": "a signature over the raw body, with the app's secret",
    "/api/v1/integrations/slack/events": "a signature over the raw body, with the app's secret",
    "/api/v1/integrations/twilio/sms": "a signature by the account's token",
    "/api/v1/integrations/twilio/status": "a signature by the account's token, over the query too",
    "/api/v1/integrations/microsoft/callback": "a random word that the office gave to one person",
    "/unsubscribe/<str:token>": "a signed token, which says whose digests it stops",
}
# Answers that proxies may keep for everybody.
KEPT_BY_PROXIES = {"/.well-known/jwks.json": "the platform's keys, the same for everybody"}
# What answers bit by bit or on an event loop, and where it gets its office from.
SOCKETS: dict[str, str] = {
    "config/asgi.py": "the office of the host, for whoever's session of it goes on;"
    " tests/live/test_door.py attacks it",
    **dict.fromkeys(
        ("config/live/hub.py:Hub", "config/live/hub.py:_relay"),
        "hands each word to those who were let in to its office's channel",
    ),
}
# What hands out files, and why it is one's own.
DOWNLOADS = {
    "common/lists.py:file_response": "a list of the office in force, made in its request",
    "tenants/uploads.py:file_response": "of a row found among what the asker may read, by its"
    " id; the store takes names of the office in force alone",
    "tenants/downloads.py:archive_response": "the archive of an operation that the caller looked up"
    " by the tenant in force, or as an operator",
}


@dataclass(frozen=True)
class Job:
    """How a job comes to its office, and what it is called with when ids are as here."""

    promise: str
    arguments: Callable[[dict[str, str]], list[Any]] = lambda _ids: []
    of_one_office: bool = False
    """Whether it works where a header says, which the queueing code's tenant is written into."""


JOBS = {
    "accounts.anchor_seals": Job("no office: it reads the directory of last seals"),
    "accounts.forget_sessions": Job("enters one office after the other"),
    "accounts.seal_audit": Job("enters one office after the other"),
    "assistant.forget_states": Job("enters one office after the other"),
    "calendar_app.fetch_subscription": Job(
        "the office of its header", lambda ids: [ids["subscription"]], of_one_office=True
    ),
    "calendar_app.renew_channel": Job(
        "the office of its header", lambda ids: [ids["channel"]], of_one_office=True
    ),
    "calendar_app.run_sync": Job(
        "the office of its header", lambda ids: [ids["sync"]], of_one_office=True
    ),
    "calendar_app.stop_channels": Job(
        "the office of its header", lambda ids: [ids["connection"], []], of_one_office=True
    ),
    "connections.check_connection": Job(
        "the office of its header", lambda ids: [ids["connection"]], of_one_office=True
    ),
    "connections.end_connection": Job(
        "the office of its header", lambda ids: [ids["connection"]], of_one_office=True
    ),
    "documents.read_revision": Job(
        "the office of its header", lambda ids: [ids["revision"]], of_one_office=True
    ),
    "documents.reembed_documents": Job("the office of its header", of_one_office=True),
    "documents.remove_files": Job(
        "the office of its header", lambda ids: [[ids["revision"]]], of_one_office=True
    ),
    "inbound.answer_delivery": Job(
        "the office of its header", lambda ids: [ids["delivery"]], of_one_office=True
    ),
    "inbound.offer_link_in_slack": Job(
        "the office of its header", lambda _ids: ["T0:U0"], of_one_office=True
    ),
    "messaging.deliver_messages": Job(
        "the office of its header", lambda ids: [[ids["message"]]], of_one_office=True
    ),
    "messaging.deliver_shares": Job(
        "enters the offices that it names, and finds nothing of another there",
        lambda ids: [[[ids["user"], [ids["message"]]]]],
    ),
    "messaging.sweep": Job("enters the offices that the directory of due instants names"),
    "notes.summarize_note": Job(
        "the office of its header", lambda ids: [ids["note"]], of_one_office=True
    ),
    "tasks.remove_files": Job(
        "the office of its header", lambda ids: [[ids["task_file"]]], of_one_office=True
    ),
    "webhooks.deliver_webhooks": Job(
        "the office of its header", lambda ids: [[ids["told"]]], of_one_office=True
    ),
    "webhooks.forget_deliveries": Job("enters one office after the other"),
    "tenants.check_domains": Job("no office: it looks at host names, and asks the DNS"),
    "tenants.run_operation": Job(
        "the office that the operation's row names", lambda ids: [ids["operation"]]
    ),
    "tenants.wake_operations": Job("no office: it looks at operations"),
}
# Whatever is kept between requests, and why it cannot hold one office's rows for another.
CACHES = {
    "tenants/live.py:tenant_cache": "keeps nothing: a word on a channel that is named like a key",
    "common/lists.py:count": "of one list, which is made for one request",
    "calendar_app/ical/described.py:described": "the rules of a zone, by its name",
    "documents/answers/evidence.py:_read": "sentences of a passage, by the whole passage",
    "documents/answers/weights.py:weights": "the weights that come with the product",
    "documents/index/embedding.py:embedder": "a model that comes with a package",
    "documents/index/matrices.py:_state": "the words of a statement, with a gap for the schema",
    "documents/index/retrieval.py:_vector_of": "the numbers of a question, by the whole question",
    "documents/index/wordpiece.py:_spaced": "what a letter becomes",
    "documents/index/wordpiece.py:_vocabulary": "the words that a model knows",
    "documents/index/wordpiece.py:pieces_of": "numbers of a word, by the word",
    "documents/language/stems.py:stem_of": "the stem of a word, by the word",
    "messaging/channels/office_mail.py:_mailboxes": "the words of a statement, with gaps",
    "messaging/ledger.py:_queued": "the words of a statement, with gaps for schema and values",
    "messaging/owing.py:_known": "the words of a statement, with gaps for schema and values",
    "notes/language/actions.py:_model": "the weights that come with the product",
    "notes/language/tone.py:_analyzer": "the words of a lexicon that comes with a package",
    "accounts/api.py:_filter_values": "what one request asks for",
    "accounts/api.py:_unfiltered": "what the filters make of nothing",
    "accounts/oidc.py:tenant_cache": "what a provider says of itself, under a key of the tenant",
    "accounts/support.py:tenant_cache": "which links were used, under a key of the tenant",
    "accounts/passwords.py:breached": "passwords from breaches, of the product",
    "accounts/bearers.py:_key_read": "the words of a statement, with a gap for the schema",
    "accounts/bearers.py:_token_read": "the words of a statement, with a gap for the schema",
    "accounts/keys.py:_ring": "the platform's signing keys",
    "accounts/models.py:own_teams": "on the row that one request read",
    "accounts/models.py:permissions": "on the row that one request read",
    "accounts/reading.py:_made": "the words of statements, with gaps for schema and values",
    "accounts/reading.py:_made_for_some": "the same for columns that somebody has chosen",
    "accounts/tokens.py:_verified": "what a signature was found good for, by the whole token",
    "assistant/llm/memory.py:tenant_cache": "what an endpoint can do, under a key of the tenant",
    "assistant/llm/prompt.py:schema_of": "the form of an answer, of the product",
    "assistant/llm/prompt.py:schema_text": "the form of an answer, of the product",
    "assistant/local/language.py:known_languages": "files of the product, by their names",
    "assistant/local/language.py:load": "the words of a language, from a file of the product",
    "assistant/local/language.py:spoken_words": "words of a language, from a file of the product",
    "config/description.py:described_by": "the description of the API, the same for everybody",
    "common/api.py:_checker": "a serializer that keeps nothing of what it checks",
    "common/api.py:_fields_of": "the fields of a serializer, before any row",
    "common/changes.py:watched_fields": "fields of a model, before any row",
    "common/columns.py:chosen": "names of columns",
    "common/columns.py:columns_of": "names of columns",
    "common/columns.py:names": "names of columns",
    "common/cursors.py:fields": "the kinds of columns",
    "common/cursors.py:name": "what an order is called",
    "common/crypto.py:ring": "the platform's own keys to secrets",
    "common/http.py:tls": "the authorities that are trusted",
    "common/metrics.py:make_folder": "that there is a folder",
    "common/metrics.py:process_name": "the name of the process",
    "common/network.py:_address": "addresses, by how they are written",
    "common/moments.py:zone_names": "names of time zones",
    "common/rows.py:_kind_of": "kinds of fields",
    "config/env.py:load_env": "the environment of the process",
    "tasks/reminders.py:_due": "the words of a statement, with gaps for schema and values",
    "tasks/reminders.py:_states": "the words of a statement, with gaps for schema and values",
    "tenants/apps.py:_cache": "content types, one cache for each schema: tenants.content_types",
    "tenants/cache.py:_name_of": "the name of a script of the product",
    "tenants/cache.py:pool": "where lines to the store are made",
    "tenants/cache.py:store": "a connection to the store",
    "tenants/backend/base.py:gaps_text": "the words of a statement, without values",
    "tenants/backend/base.py:held_text": "the words of a statement, by the schema that they name",
    "tenants/backend/base.py:insert_text": "the words of a statement, by the schema that they name",
    "tenants/backend/base.py:update_text": "the words of a statement, by the schema that they name",
    "tenants/backend/paths.py:_moves": "whether the words of a statement move the path",
    "tenants/backend/paths.py:_path_statement": "the words of a statement, by schema and tenant",
    "tenants/migrating.py:expected_migrations": "the migrations of this release",
    "tenants/seats.py:tenant_cache": "who is at something, under a key of the tenant",
    "tenants/rates.py:tenant_cache": "how much was sent, under a key of the tenant",
    "tenants/reads.py:_statement": "the words of a statement, with gaps for schema and values",
    "tenants/reads.py:tenant_cache": "how many rows there are, under a key of the tenant",
    "tenants/routing.py:is_shared": "which apps are shared",
    "tenants/routing.py:is_tenants": "which apps are not",
}
# Each command, and how it comes to its office.
COMMANDS = {
    "audit_verify": "every office, or the one that is named: each in its own transaction",
    "backup": "none: it keeps all databases and files as they are, for the owner",
    "collect_words": "none: it reads our own source for sentences to translate",
    "connect_mailbox": "the one that is named",
    "doctor": "none: it looks at the platform, and names offices that are behind",
    "move_tenant": "the one that is named: its schema in both databases",
    "migrate": "every office: fixes the path on one schema after the other",
    "migrate_tenants": "every office: fixes the path on one schema after the other",
    "tenant_leave": "the one that is named: nobody writes to it, and it is read into an archive",
    "runserver": "none: the middleware decides for each request",
    "rotate_jwt_key": "none: the platform's keys",
    "receive_mail": "the one that a letter is to, if the sender works there",
    "reembed_documents": "the one that is named, or each open one in turn",
    "restore": "none: it brings all of them back into empty databases, for the owner",
    "rotate_keys": "every office: each in its own transaction",
    "seed_demo": "two offices by their short names, each in its own transaction",
    "telegram_webhook": "none: it tells Telegram an address",
    "tenant_create": "the one that it opens",
    "tenant_erase": "the one that is typed twice",
    "tenant_export": "the one that is named",
    "tenant_import": "the one that it opens, or an empty one that is named",
    "tenant_language_model": "the one that is named",
    "tenant_rename": "the one that is named",
    "tenant_resume": "the one that is named",
    "tenant_suspend": "the one that is named",
}
# Request headers and cookies that the product reads, and what it takes from them.
HEADERS = {
    **dict.fromkeys(
        ("HTTP_ORIGIN", "HTTP_ACCESS_CONTROL_REQUEST_METHOD"),
        "whether a page of another origin may read the answer, by a setting; no office",
    ),
    **dict.fromkeys(("Accept", "HTTP_ACCEPT"), "page or data"),
    "office_device": "which accounts signed in on this device, signed, each marked with its office",
    **dict.fromkeys(
        ("Authorization", "HTTP_AUTHORIZATION"),
        "a token, which is signed and must agree with the host",
    ),
    "CONTENT_LENGTH": "how long the body is",
    "HX-Request": "a page or a piece of it",
    "Origin": "which site's page asks; compared with the host, of one's own alone is answered",
    "MCP-Protocol-Version": "one of the versions that are spoken",
    "HTTP_IDEMPOTENCY_KEY": "a word that only the same person of the office can say again",
    "If-None-Match": "a tag, compared with that of what is about to be answered",
    **dict.fromkeys(
        ("If-Match", "HTTP_IF_MATCH"),
        "a tag, compared after the row was found in the office and the person's scope",
    ),
    "request-id": "the vendor's name for what we asked, kept with the error",
    "x-slack-req-id": "the vendor's name for what we asked, kept with the error",
    "X-Refresh": "whether a page asks by itself; it then keeps no session alive",
    "cookie": "of the live part: the session, looked for in the office of the host",
    "host": "of the live part: whose office it is, as a page would be asked for",
    "origin": "of the live part: whether the office's own page asks; others are sent away",
    "location": "where somebody outside whom we asked leads on to; looked at like any address",
    "retry-after": "how long somebody outside whom we asked wants to be left alone",
    "REMOTE_ADDR": "where it comes from",
    "X-Telegram-Bot-Api-Secret-Token": "a secret of the platform; the office follows from the chat",
    "X-Slack-Request-Timestamp": "a time, which the signature covers",
    "X-Slack-Signature": "made with a secret of the platform; the office follows from the account",
    "X-Goog-Channel-ID": "a vendor's name, looked for in the office of the word beside it",
    "X-Goog-Channel-Token": "a word of ours; it says which office it is of, and is kept as a hash",
    "X-Goog-Resource-ID": "a vendor's name, compared with that of the channel",
    "X-Goog-Resource-State": "whether it is the first notification",
    "X-Twilio-Signature": "made with a secret of the platform; the office follows from the number",
    "X-Twilio-Webhooks-Signature-Settings": "names the hash of the signature and nothing else",
    "HTTP_USER_AGENT": "a word for the trail",
    "HTTP_X_FORWARDED_FOR": "where it comes from, if a trusted proxy says so",
    "HTTP_TRACEPARENT": "where a span hangs in a trace; read only where traces are on",
    "HTTP_X_REQUEST_ID": "a word for the trail and the answer",
    "content-length": "a size",
    "computed": "marks of a job, which our own code wrote; what a tool's request came with",
}
# Columns that name files, and what keeps one office's path from another.
FILES: dict[str, str] = {}
