"""Whom the office asks and tells outside: mail servers, models, vendors, and how fast."""

from config.env import load_env

ENV = load_env()

# --- E-mail
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = ENV.email_host
EMAIL_PORT = ENV.email_port
EMAIL_HOST_USER = ENV.email_host_user
EMAIL_HOST_PASSWORD = ENV.email_host_password
EMAIL_USE_TLS = ENV.email_security == "starttls"
EMAIL_USE_SSL = ENV.email_security == "tls"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = ENV.email_from
INBOUND_MAIL_DOMAIN = ENV.inbound_mail_domain
INBOUND_MAIL_AUTHSERV = ENV.inbound_mail_authserv

# --- Where the seals of audit trails are written down
AUDIT_ANCHORS = tuple(ENV.audit_anchors)
AUDIT_ANCHOR_SECRET = ENV.audit_anchor_secret

# --- What is asked outside
# Without keys of their own secrets at rest depend on SECRET_KEY.
ENCRYPTION_KEYS = ENV.encryption_keys or [ENV.secret_key]
OUTGOING_NETWORKS = tuple(ENV.outgoing_networks)
LLM_BASE_URL = ENV.llm_base_url
OPENAI_API_KEY = ENV.openai_api_key
OPENAI_MODEL = ENV.openai_model
LLM_API = ENV.llm_api
LLM_TIMEOUT = ENV.llm_timeout
LLM_TOKENS_PER_DAY = ENV.llm_tokens_per_day
LLM_COST_PER_DAY = ENV.llm_cost_per_day
LLM_PRICE_INPUT = ENV.llm_price_input
LLM_PRICE_OUTPUT = ENV.llm_price_output
LLM_EMBEDDING_MODEL = ENV.llm_embedding_model
LLM_EMBEDDING_SIZE = ENV.llm_embedding_size
LLM_PRICE_EMBEDDING = ENV.llm_price_embedding

# --- Connected accounts
MICROSOFT_CLIENT_ID = ENV.microsoft_client_id
MICROSOFT_CLIENT_SECRET = ENV.microsoft_client_secret
MICROSOFT_TENANT_ID = ENV.microsoft_tenant_id
MS_LOGIN_BASE_URL = ENV.ms_login_base_url.rstrip("/")
MSGRAPH_BASE_URL = ENV.msgraph_base_url.rstrip("/")
GOOGLE_CLIENT_ID = ENV.google_client_id
GOOGLE_CLIENT_SECRET = ENV.google_client_secret
GOOGLE_OAUTH_BASE_URL = ENV.google_oauth_base_url.rstrip("/")
GOOGLE_TOKEN_BASE_URL = ENV.google_token_base_url.rstrip("/")
GOOGLE_API_BASE_URL = ENV.google_api_base_url.rstrip("/")
SLACK_CLIENT_ID = ENV.slack_client_id
SLACK_CLIENT_SECRET = ENV.slack_client_secret
SLACK_SIGNING_SECRET = ENV.slack_signing_secret
SLACK_API_BASE_URL = ENV.slack_api_base_url.rstrip("/")
# Of one account, whoever asks: Graph bears four for each application and mailbox.
CONNECTION_REQUESTS_AT_ONCE = 3

# --- Messages
TELEGRAM_API_BASE_URL = ENV.telegram_api_base_url.rstrip("/")
TELEGRAM_BOT_TOKEN = ENV.telegram_bot_token
TELEGRAM_BOT_NAME = ENV.telegram_bot_name
TELEGRAM_WEBHOOK_URL = ENV.telegram_webhook_url
TWILIO_API_BASE_URL = ENV.twilio_api_base_url.rstrip("/")
TWILIO_ACCOUNT_SID = ENV.twilio_account_sid
TWILIO_AUTH_TOKEN = ENV.twilio_auth_token
TWILIO_PREVIOUS_AUTH_TOKEN = ENV.twilio_previous_auth_token
TWILIO_PHONE_NUMBER = ENV.twilio_phone_number
# At most so many in so many seconds: by a channel in all, from one office (tenant), from one of
# our accounts (sender), to one address (chat). Vendors change what they bear.
MESSAGE_RATES: dict[str, dict[str, tuple[int, float]]] = {
    "email": {"tenant": (6000, 60)},
    # Exchange: 30 a minute and mailbox.
    "mailbox": {"sender": (30, 60)},
    "sms": {"sender": (1, 1)},
    "telegram": {"sender": (30, 1), "chat": (1, 1)},
    "slack": {"chat": (1, 1)},
}
# At most so many tries in so many seconds, over all offices: of one address of the net, of one
# e-mail.
LOGIN_RATES: dict[str, tuple[int, float]] = {
    # Wrong passwords: for one account from one address, from one address, for one account.
    "login_pair": (10, 900),
    "login_by_address": (100, 900),
    "login_of_account": (100, 3600),
    # Codes of a second factor, right and wrong.
    "mfa_of_account": (10, 300),
    "reset_by_address": (20, 3600),
    "reset_of_email": (5, 3600),
}
# How long the answer to “forgot my password” takes, whoever asks.
RESET_ANSWER_SECONDS = 0.5
# How many codes a person may have sent to telephones, in so many seconds: each costs money.
TELEPHONE_CODES: tuple[int, float] | None = (5, 3600)
# How many messages to try a channel out a person may have, in so many seconds.
CHANNEL_TESTS: tuple[int, float] | None = (3, 600)
