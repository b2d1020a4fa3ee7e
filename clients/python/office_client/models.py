"""The shapes of the API. Made by `make client`; not to be changed by hand."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict


class AcceptRequest(TypedDict):
    """The token of the link, and what the person chooses."""

    token: str
    password: str
    full_name: str


class Action(TypedDict):
    """What was done or is proposed; the id is that of the object."""

    type: str
    id: str
    status: ActionStatusEnum
    undo_token: NotRequired[str]


class ActionItem(TypedDict):
    """What somebody is to do, with the sentence that says so and where it begins."""

    task: str
    assignee: str | None
    assignee_id: str | None
    due_date: str | None
    evidence: str
    start: int
    confidence: float
    task_id: str | None


class ActionItemRequest(TypedDict):
    """What somebody is to do, with the sentence that says so and where it begins."""

    task: str
    assignee: str | None
    assignee_id: str | None
    due_date: str | None
    evidence: str
    start: int
    confidence: float
    task_id: str | None


ActionStatusEnum: TypeAlias = "Literal['proposed', 'declined', 'done', 'undone']"


class Answer(TypedDict):
    """What the office says to a message, and what it did."""

    reply: str
    actions: list[Action]


AnswerModeEnum: TypeAlias = "Literal['local', 'llm']"

ApiEnum: TypeAlias = "Literal['auto', 'responses', 'chat']"


class ApiKey(TypedDict):
    """A key, without its secret."""

    id: str
    name: str
    prefix: str
    owner_id: str
    scopes: list[PermissionsEnum]
    expires_at: str
    last_used_at: str | None
    created_at: str
    updated_at: str


class ApiKeyInPart(TypedDict):
    """The same with `fields` or `expand`."""

    id: NotRequired[str]
    name: NotRequired[str]
    prefix: NotRequired[str]
    owner_id: NotRequired[str]
    scopes: NotRequired[list[PermissionsEnum]]
    expires_at: NotRequired[str]
    last_used_at: NotRequired[str | None]
    created_at: NotRequired[str]
    updated_at: NotRequired[str]


class AssignRequest(TypedDict):
    """Who shall do it; null takes it away from everybody."""

    assignee_id: str | None


class Attendee(TypedDict):
    """One who is asked: by `user_id`, `room_id` or `email`; the answer is what they said."""

    user_id: NotRequired[str | None]
    room_id: NotRequired[str | None]
    email: NotRequired[str | None]
    name: NotRequired[str]
    answer: NotRequired[AttendeeAnswerEnum]


AttendeeAnswerEnum: TypeAlias = "Literal['needs_action', 'accepted', 'declined', 'tentative']"


class AttendeeInPart(TypedDict):
    """As the API shows it."""

    user_id: NotRequired[str | None]
    room_id: NotRequired[str | None]
    email: NotRequired[str | None]
    name: NotRequired[str]
    answer: NotRequired[AttendeeAnswerEnum]
    user: NotRequired[Person | None]


class AttendeeRequest(TypedDict):
    """One who is asked: by `user_id`, `room_id` or `email`; the answer is what they said."""

    user_id: NotRequired[str | None]
    room_id: NotRequired[str | None]
    email: NotRequired[str | None]
    name: NotRequired[str]
    answer: NotRequired[AttendeeAnswerEnum]


class AuditEntry(TypedDict):
    """One write."""

    id: str
    tenant_id: str
    user_id: str | None
    action: str
    resource_type: str
    resource_id: str
    old_values: dict[str, Any] | None
    new_values: dict[str, Any] | None
    metadata: dict[str, Any]
    created_at: str


class AuditEntryInPart(TypedDict):
    """The same with `fields` or `expand`."""

    id: NotRequired[str]
    tenant_id: NotRequired[str]
    user_id: NotRequired[str | None]
    action: NotRequired[str]
    resource_type: NotRequired[str]
    resource_id: NotRequired[str]
    old_values: NotRequired[dict[str, Any] | None]
    new_values: NotRequired[dict[str, Any] | None]
    metadata: NotRequired[dict[str, Any]]
    created_at: NotRequired[str]


class Authenticator(TypedDict):
    """What one shows who one is by."""

    id: str
    kind: AuthenticatorKindEnum
    name: NotRequired[str]
    confirmed_at: NotRequired[str | None]
    last_used_at: NotRequired[str | None]
    created_at: str


class AuthenticatorInPart(TypedDict):
    """The same with `fields` or `expand`."""

    id: NotRequired[str]
    kind: NotRequired[AuthenticatorKindEnum]
    name: NotRequired[str]
    confirmed_at: NotRequired[str | None]
    last_used_at: NotRequired[str | None]
    created_at: NotRequired[str]


AuthenticatorKindEnum: TypeAlias = "Literal['totp', 'recovery', 'passkey']"

BlankEnum: TypeAlias = "Literal['']"


class Broken(TypedDict):
    """The first thing that is not as it was sealed."""

    what: WhatEnum
    sentence: str
    entry_id: str | None
    seal: int | None


class BulkAnswer(TypedDict):
    """The outcomes in the order of what was asked for."""

    results: list[Outcome]


class BulkItemRequest(TypedDict):
    """One thing to do: `create` takes `task`, `update` `id` and `task`, `complete` an `id`."""

    op: OpEnum
    id: NotRequired[str]
    task: NotRequired[PatchedTaskRequest]
    if_match: NotRequired[str]


class BulkRequest(TypedDict):
    """Up to a hundred things to do, one after the other."""

    items: list[BulkItemRequest]


class BusySpan(TypedDict):
    """From one instant to another."""

    start: str
    end: str


class Calendar(TypedDict):
    """A calendar: a person's, a team's, or a room."""

    id: str
    kind: NotRequired[CalendarKindEnum]
    owner_id: str | None
    team_id: NotRequired[str | None]
    name: str
    timezone: NotRequired[str]
    colour: NotRequired[str]
    is_default: NotRequired[bool]
    created_at: str
    updated_at: str


class CalendarImportRequest(TypedDict):
    """A calendar file, as an upload or as text, and where it goes."""

    file: NotRequired[bytes]
    text: NotRequired[str]
    calendar_id: NotRequired[str | None]


class CalendarImported(TypedDict):
    """What an import did."""

    calendar_id: str
    created: int
    updated: int
    unchanged: int
    deleted: int
    problems: list[ImportProblem]


class CalendarInPart(TypedDict):
    """The same with `fields` or `expand`."""

    id: NotRequired[str]
    kind: NotRequired[CalendarKindEnum]
    owner_id: NotRequired[str | None]
    team_id: NotRequired[str | None]
    name: NotRequired[str]
    timezone: NotRequired[str]
    colour: NotRequired[str]
    is_default: NotRequired[bool]
    created_at: NotRequired[str]
    updated_at: NotRequired[str]
    owner: NotRequired[Person | None]
    team: NotRequired[Team | None]


CalendarKindEnum: TypeAlias = "Literal['personal', 'team', 'room']"


class CalendarRequest(TypedDict):
    """A calendar: a person's, a team's, or a room."""

    kind: NotRequired[CalendarKindEnum]
    team_id: NotRequired[str | None]
    name: str
    timezone: NotRequired[str]
    colour: NotRequired[str]
    is_default: NotRequired[bool]


class Candidate(TypedDict):
    """Somebody who may be meant."""

    user_id: str
    full_name: str
    team_id: str | None
    team_name: str | None
    score: float


ChannelEnum: TypeAlias = "Literal['email', 'sms', 'telegram', 'slack']"


class ChatRequest(TypedDict):
    """A message; a "yes" answers what was proposed in the same conversation."""

    message: str
    conversation_id: NotRequired[str]


class CodeRequest(TypedDict):
    """The six digits that were sent to it."""

    code: str


class Coming(TypedDict):
    """A message that will be sent, if nothing changes until then."""

    at: str
    channel: ChannelEnum
    recipient_id: str
    recipient_name: str
    address: str
    subject: str
    kind: str
    about_id: NotRequired[str | None]
    urgent: NotRequired[bool]
    due_at: str


class Comment(TypedDict):
    """What somebody said."""

    id: str
    task_id: str
    author_id: str | None
    author_name: str | None
    body: str
    mentioned_ids: list[str]
    created_at: str
    updated_at: str


class CommentInPart(TypedDict):
    """The same with `fields` or `expand`."""

    id: NotRequired[str]
    task_id: NotRequired[str]
    author_id: NotRequired[str | None]
    author_name: NotRequired[str | None]
    body: NotRequired[str]
    mentioned_ids: NotRequired[list[str]]
    created_at: NotRequired[str]
    updated_at: NotRequired[str]
    author: NotRequired[Person | None]


class CommentRequest(TypedDict):
    """What somebody said."""

    body: str


class Conflict(TypedDict):
    """Something that both sides changed, and what the side that lost had said."""

    id: str
    event_id: str | None
    title: str
    field: str
    lost: NotRequired[Any | None]
    lost_side: LostSideEnum
    created_at: str


class ConflictInPart(TypedDict):
    """The same with `fields` or `expand`."""

    id: NotRequired[str]
    event_id: NotRequired[str | None]
    title: NotRequired[str]
    field: NotRequired[str]
    lost: NotRequired[Any | None]
    lost_side: NotRequired[LostSideEnum]
    created_at: NotRequired[str]


class ConnectRequest(TypedDict):
    """For whom an account is connected."""

    for_office: NotRequired[bool]


class Connection(TypedDict):
    """A connected account; without a person it is that of the office."""

    id: str
    provider: ConnectionProviderEnum
    person_id: str | None
    address: str
    scopes: list[str]
    state: ConnectionStateEnum
    last_error: str
    last_ok_at: str | None
    created_at: str


class ConnectionInPart(TypedDict):
    """The same with `fields` or `expand`."""

    id: NotRequired[str]
    provider: NotRequired[ConnectionProviderEnum]
    person_id: NotRequired[str | None]
    address: NotRequired[str]
    scopes: NotRequired[list[str]]
    state: NotRequired[ConnectionStateEnum]
    last_error: NotRequired[str]
    last_ok_at: NotRequired[str | None]
    created_at: NotRequired[str]


ConnectionProviderEnum: TypeAlias = "Literal['microsoft', 'google', 'slack']"

ConnectionStateEnum: TypeAlias = (
    "Literal['pending', 'active', 'degraded', 'reauth_required', 'revoked', 'disabled']"
)


class Delivery(TypedDict):
    """What was told, or is to be: the id is the `webhook-id` that the receiver got."""

    id: str
    event: str
    data: Any
    status: DeliveryStatusEnum
    attempts: int
    answer: int | None
    reason: str
    occurred_at: str
    next_try_at: str | None
    ended_at: str | None


class DeliveryInPart(TypedDict):
    """The same with `fields` or `expand`."""

    id: NotRequired[str]
    event: NotRequired[str]
    data: NotRequired[Any]
    status: NotRequired[DeliveryStatusEnum]
    attempts: NotRequired[int]
    answer: NotRequired[int | None]
    reason: NotRequired[str]
    occurred_at: NotRequired[str]
    next_try_at: NotRequired[str | None]
    ended_at: NotRequired[str | None]


DeliveryStatusEnum: TypeAlias = "Literal['pending', 'sending', 'delivered', 'failed']"

DetailEnum: TypeAlias = "Literal['full', 'busy']"


class Device(TypedDict):
    """Where one has signed in from."""

    id: str
    label: NotRequired[str]
    address: str | None
    created_at: str
    seen_at: str


class DeviceInPart(TypedDict):
    """The same with `fields` or `expand`."""

    id: NotRequired[str]
    label: NotRequired[str]
    address: NotRequired[str | None]
    created_at: NotRequired[str]
    seen_at: NotRequired[str]


class Document(TypedDict):
    """A document as the contract shows it, with its newest file."""

    id: str
    title: str
    kind: NotRequired[DocumentKindEnum]
    visibility: NotRequired[VisibilityEnum]
    owner_id: NotRequired[str]
    owner_name: str
    status: DocumentStatusEnum
    reason: str
    progress: int
    state: str
    notice: str
    revision: int
    newest: int
    filename: str
    format: str
    size: int
    pages: int | None
    review_on: NotRequired[str | None]
    sign_by_all: NotRequired[bool]
    sign_team_ids: NotRequired[list[str]]
    sign_person_ids: NotRequired[list[str]]
    to_sign: bool
    created_at: str
    updated_at: str


class DocumentAnswer(TypedDict):
    """An answer in the documents' own words; `grounded` tells whether they say it."""

    answer: str
    sources: list[Source]
    grounded: bool
    confidence: float
    mode: AnswerModeEnum
    degraded: bool


class DocumentInPart(TypedDict):
    """The same with `fields` or `expand`."""

    id: NotRequired[str]
    title: NotRequired[str]
    kind: NotRequired[DocumentKindEnum]
    visibility: NotRequired[VisibilityEnum]
    owner_id: NotRequired[str]
    owner_name: NotRequired[str]
    status: NotRequired[DocumentStatusEnum]
    reason: NotRequired[str]
    progress: NotRequired[int]
    state: NotRequired[str]
    notice: NotRequired[str]
    revision: NotRequired[int]
    newest: NotRequired[int]
    filename: NotRequired[str]
    format: NotRequired[str]
    size: NotRequired[int]
    pages: NotRequired[int | None]
    review_on: NotRequired[str | None]
    sign_by_all: NotRequired[bool]
    sign_team_ids: NotRequired[list[str]]
    sign_person_ids: NotRequired[list[str]]
    to_sign: NotRequired[bool]
    created_at: NotRequired[str]
    updated_at: NotRequired[str]
    owner: NotRequired[Person | None]


DocumentKindEnum: TypeAlias = "Literal['document', 'policy']"

DocumentStatusEnum: TypeAlias = "Literal['processing', 'ready', 'failed']"


class DocumentsQuestionRequest(TypedDict):
    """The same with the documents that it is about, if not all."""

    question: str
    document_ids: NotRequired[list[str]]


class EmailChangeRequest(TypedDict):
    """The new address, and the password."""

    email: str
    password: str


class EmailConfirmRequest(TypedDict):
    """The token of the letter."""

    token: str


EmailProviderEnum: TypeAlias = "Literal['microsoft', 'smtp']"


class EmailRequest(TypedDict):
    """A letter to write."""

    to: list[str]
    subject: str
    body: str
    html: NotRequired[str]


EngineEnum: TypeAlias = "Literal['local', 'llm']"


class Error(TypedDict):
    """The body of every answer from 400 up."""

    type: TypeEnum
    errors: list[OneError]


class Event(TypedDict):
    """An event as the contract shows it; in a list with a window, one occurrence."""

    id: str
    title: str
    description: NotRequired[str]
    location: NotRequired[str]
    start: str
    end: NotRequired[str]
    all_day: NotRequired[bool]
    start_date: str | None
    end_date: str | None
    timezone: NotRequired[str]
    recurrence: NotRequired[str | None]
    attendees: NotRequired[list[Attendee]]
    reminders: NotRequired[list[int]]
    organizer_id: str | None
    organizer_name: str | None
    calendar_id: NotRequired[str]
    external_id: str
    status: NotRequired[EventStatusEnum]
    visibility: NotRequired[EventVisibilityEnum]
    is_free: NotRequired[bool]
    conference_url: NotRequired[str]
    series_id: str | None
    split_from_id: str | None
    occurrence: str | None
    is_hidden: bool
    source: str
    version: int
    created_at: str
    updated_at: str


class EventFromText(TypedDict):
    """The event, how it was understood, and what takes it back for 24 hours."""

    id: str
    title: str
    description: NotRequired[str]
    location: NotRequired[str]
    start: str
    end: NotRequired[str]
    all_day: NotRequired[bool]
    start_date: str | None
    end_date: str | None
    timezone: NotRequired[str]
    recurrence: NotRequired[str | None]
    attendees: NotRequired[list[Attendee]]
    reminders: NotRequired[list[int]]
    organizer_id: str | None
    organizer_name: str | None
    calendar_id: NotRequired[str]
    external_id: str
    status: NotRequired[EventStatusEnum]
    visibility: NotRequired[EventVisibilityEnum]
    is_free: NotRequired[bool]
    conference_url: NotRequired[str]
    series_id: str | None
    split_from_id: str | None
    occurrence: str | None
    is_hidden: bool
    source: str
    version: int
    created_at: str
    updated_at: str
    parse: Parse
    undo_token: str | None


class EventInPart(TypedDict):
    """The same with `fields` or `expand`."""

    id: NotRequired[str]
    title: NotRequired[str]
    description: NotRequired[str]
    location: NotRequired[str]
    start: NotRequired[str]
    end: NotRequired[str]
    all_day: NotRequired[bool]
    start_date: NotRequired[str | None]
    end_date: NotRequired[str | None]
    timezone: NotRequired[str]
    recurrence: NotRequired[str | None]
    attendees: NotRequired[list[AttendeeInPart]]
    reminders: NotRequired[list[int]]
    organizer_id: NotRequired[str | None]
    organizer_name: NotRequired[str | None]
    calendar_id: NotRequired[str]
    external_id: NotRequired[str]
    status: NotRequired[EventStatusEnum]
    visibility: NotRequired[EventVisibilityEnum]
    is_free: NotRequired[bool]
    conference_url: NotRequired[str]
    series_id: NotRequired[str | None]
    split_from_id: NotRequired[str | None]
    occurrence: NotRequired[str | None]
    is_hidden: NotRequired[bool]
    source: NotRequired[str]
    version: NotRequired[int]
    created_at: NotRequired[str]
    updated_at: NotRequired[str]
    organizer: NotRequired[Person | None]
    calendar: NotRequired[Calendar | None]


class EventRequest(TypedDict):
    """An event as the contract shows it; in a list with a window, one occurrence."""

    title: str
    description: NotRequired[str]
    location: NotRequired[str]
    start: str
    end: NotRequired[str]
    all_day: NotRequired[bool]
    timezone: NotRequired[str]
    recurrence: NotRequired[str | None]
    attendees: NotRequired[list[AttendeeRequest]]
    reminders: NotRequired[list[int]]
    send_invitations: NotRequired[bool]
    calendar_id: NotRequired[str]
    status: NotRequired[EventStatusEnum]
    visibility: NotRequired[EventVisibilityEnum]
    is_free: NotRequired[bool]
    conference_url: NotRequired[str]


EventStatusEnum: TypeAlias = "Literal['confirmed', 'tentative', 'cancelled']"

EventVisibilityEnum: TypeAlias = "Literal['default', 'busy']"

EventsEnum: TypeAlias = "Literal['task.created', 'task.updated', 'task.completed', 'task.deleted', 'event.created', 'event.updated', 'event.deleted', 'note.created', 'note.updated', 'note.deleted', 'message.created', 'message.sent', 'message.failed', 'audit.entry']"


class Export(TypedDict):
    """How far the archive is; the sentence tells why when it failed."""

    id: str
    status: ExportStatusEnum
    progress: int
    step: str


ExportStatusEnum: TypeAlias = "Literal['queued', 'running', 'done', 'failed', 'cancelled']"


class FactorCodeRequest(TypedDict):
    """A code of the app or of the sheet."""

    code: str


class Feed(TypedDict):
    """A feed; its address is shown once, when it is opened."""

    id: str
    name: str
    calendar_id: NotRequired[str | None]
    detail: NotRequired[DetailEnum]
    created_at: str


class FeedInPart(TypedDict):
    """The same with `fields` or `expand`."""

    id: NotRequired[str]
    name: NotRequired[str]
    calendar_id: NotRequired[str | None]
    detail: NotRequired[DetailEnum]
    created_at: NotRequired[str]


class FeedRequest(TypedDict):
    """A feed; its address is shown once, when it is opened."""

    name: str
    calendar_id: NotRequired[str | None]
    detail: NotRequired[DetailEnum]


class FindSlotRequest(TypedDict):
    """What a meeting needs. Whoever asks takes part; Monday is day 0."""

    duration_minutes: int
    users: NotRequired[list[str]]
    start: NotRequired[str]
    end: NotRequired[str]
    buffer_minutes: NotRequired[int]
    days: NotRequired[list[int]]
    room_id: NotRequired[str | None]
    limit: NotRequired[int]


class FollowRequest(TypedDict):
    """What to follow."""

    name: str
    url: str


class FreeBusy(TypedDict):
    """When people are busy, each in the order of the question."""

    start: str
    end: str
    people: list[PersonBusy]


class FromTextRequest(TypedDict):
    """A sentence; with `dry_run` nothing is stored."""

    text: str
    dry_run: NotRequired[bool]


class ImportProblem(TypedDict):
    """What was left out or read with doubt."""

    uid: str
    reason: str


class ImportRequest(TypedDict):
    """A table of people as CSV: email, full_name, role."""

    csv: str
    dry_run: NotRequired[bool]


class Imported(TypedDict):
    """How many people the table has, and what is wrong with it."""

    people: int
    problems: list[Problem]


class Inbox(TypedDict):
    """The newest letters of a connected mailbox; without one there is no address."""

    address: str | None
    state: ConnectionStateEnum | NullEnum | None
    trouble: str | None
    results: list[Mail]


class Invitation(TypedDict):
    """Somebody who may come in; `role` is the name of one."""

    id: str
    email: str
    full_name: NotRequired[str]
    role: NotRequired[str]
    status: InvitationStatusEnum
    invited_by_id: str | None
    expires_at: str
    accepted_at: str | None
    created_at: str
    updated_at: str


class InvitationInPart(TypedDict):
    """The same with `fields` or `expand`."""

    id: NotRequired[str]
    email: NotRequired[str]
    full_name: NotRequired[str]
    role: NotRequired[str]
    status: NotRequired[InvitationStatusEnum]
    invited_by_id: NotRequired[str | None]
    expires_at: NotRequired[str]
    accepted_at: NotRequired[str | None]
    created_at: NotRequired[str]
    updated_at: NotRequired[str]


class InvitationRequest(TypedDict):
    """Somebody who may come in; `role` is the name of one."""

    email: str
    full_name: NotRequired[str]
    role: NotRequired[str]


InvitationStatusEnum: TypeAlias = "Literal['open', 'accepted', 'revoked', 'expired']"


class KeyPoint(TypedDict):
    """A sentence of the summary, the words that state it, where these begin, and who says them."""

    text: str
    evidence: str
    start: int
    speaker: str
    section: str


class KeyPointRequest(TypedDict):
    """A sentence of the summary, the words that state it, where these begin, and who says them."""

    text: str
    evidence: str
    start: int
    speaker: str
    section: str


class LanguageModel(TypedDict):
    """How the office uses a language model. The key to its own endpoint is never shown."""

    mode: LanguageModelModeEnum
    base_url: str
    model: str
    api: ApiEnum
    tokens_per_day: int | None
    cost_per_day: str | None
    price_input: str
    price_output: str
    embeddings: bool
    embedding_model: str
    embedding_size: int
    price_embedding: str
    has_key: bool


LanguageModelModeEnum: TypeAlias = "Literal['off', 'unsure', 'always']"

LengthEnum: TypeAlias = "Literal['short', 'medium', 'long']"


class Letter(TypedDict):
    """A letter on its way: the first message, and one for each address."""

    id: str
    status: str
    messages: list[Queued]


class Link(TypedDict):
    """An address that links a chat, good once."""

    url: str
    expires_at: str


class LinkRequest(TypedDict):
    """What to keep equal with what."""

    connection_id: str
    remote_id: NotRequired[str]
    calendar_id: NotRequired[str | None]


class LocalTime(TypedDict):
    """What the clock of one person shows then."""

    user_id: str
    start: str
    within_hours: bool


class LoginRequest(TypedDict):
    """E-mail, password, and the office's slug when both fit several."""

    email: str
    password: str
    tenant: NotRequired[str]


LostSideEnum: TypeAlias = "Literal['here', 'there']"


class MadeApiKey(TypedDict):
    """A new key; `key` is shown this once."""

    id: str
    name: str
    prefix: str
    owner_id: str
    scopes: list[PermissionsEnum]
    expires_at: str
    last_used_at: str | None
    created_at: str
    updated_at: str
    key: str


class MadeProvider(TypedDict):
    """A provider, and where it is to send browsers back to."""

    id: str
    name: str
    issuer: str
    client_id: str
    domains: list[str]
    creates_people: NotRequired[bool]
    default_role: str
    group_claim: NotRequired[str]
    role_map: dict[str, str]
    is_active: NotRequired[bool]
    created_at: str
    updated_at: str
    redirect_uri: str


class MadeProviderInPart(TypedDict):
    """The same with `fields` or `expand`."""

    id: NotRequired[str]
    name: NotRequired[str]
    issuer: NotRequired[str]
    client_id: NotRequired[str]
    domains: NotRequired[list[str]]
    creates_people: NotRequired[bool]
    default_role: NotRequired[str]
    group_claim: NotRequired[str]
    role_map: NotRequired[dict[str, str]]
    is_active: NotRequired[bool]
    created_at: NotRequired[str]
    updated_at: NotRequired[str]
    redirect_uri: NotRequired[str]


class MadeWebhook(TypedDict):
    """A webhook with the secret to verify signatures with; it is shown here and nowhere else."""

    id: str
    url: str
    description: NotRequired[str]
    events: list[EventsEnum]
    is_active: NotRequired[bool]
    failing_since: str | None
    disabled_why: str
    created_at: str
    updated_at: str
    secret: str


class Mail(TypedDict):
    """A letter as it lies in the mailbox; its HTML has no scripts and no pictures."""

    id: str
    subject: str
    from_name: str
    from_address: str
    received_at: str | None
    preview: str
    html: str


class Me(TypedDict):
    """One's own profile."""

    id: str
    email: str
    full_name: str
    role: str
    tenant_id: str
    permissions: list[str]
    teams: list[TeamName]
    timezone: NotRequired[str]
    locale: NotRequired[str]
    phone: NotRequired[str]
    notification_preference: NotRequired[ChannelEnum]
    fallback_channels: NotRequired[list[ChannelEnum] | None]
    quiet_from: NotRequired[str | None]
    quiet_until: NotRequired[str | None]
    digest_at: NotRequired[str | None]
    email_verified_at: str | None
    mfa_enabled: bool


class Mention(TypedDict):
    """Where somebody is named, by whom, and whether it was read."""

    id: str
    comment_id: str
    task_id: str
    task_title: str
    author_id: str | None
    author_name: str | None
    body: str
    read_at: str | None
    created_at: str


class MentionInPart(TypedDict):
    """The same with `fields` or `expand`."""

    id: NotRequired[str]
    comment_id: NotRequired[str]
    task_id: NotRequired[str]
    task_title: NotRequired[str]
    author_id: NotRequired[str | None]
    author_name: NotRequired[str | None]
    body: NotRequired[str]
    read_at: NotRequired[str | None]
    created_at: NotRequired[str]
    author: NotRequired[Person | None]
    task: NotRequired[Task | None]


class Message(TypedDict):
    """What somebody was owed, and what became of it; texts are not shown."""

    id: str
    channel: ChannelEnum
    recipient_id: str | None
    recipient_name: str | None
    address: str
    subject: str
    kind: str
    sender_id: str | None
    about_id: NotRequired[str | None]
    urgent: NotRequired[bool]
    status: NotRequired[MessageStatusEnum]
    reason: NotRequired[str]
    in_words: str
    due_at: str
    planned_at: str
    sent_at: NotRequired[str | None]
    lateness_seconds: float | None
    attempts: NotRequired[int]
    resends: NotRequired[int]
    provider_id: NotRequired[str]
    provider_status: NotRequired[str]
    segments: int | None
    instead_of_id: str | None
    created_at: str


class MessageDetail(TypedDict):
    """The same with each try."""

    id: str
    channel: ChannelEnum
    recipient_id: str | None
    recipient_name: str | None
    address: str
    subject: str
    kind: str
    sender_id: str | None
    about_id: NotRequired[str | None]
    urgent: NotRequired[bool]
    status: NotRequired[MessageStatusEnum]
    reason: NotRequired[str]
    in_words: str
    due_at: str
    planned_at: str
    sent_at: NotRequired[str | None]
    lateness_seconds: float | None
    attempts: NotRequired[int]
    resends: NotRequired[int]
    provider_id: NotRequired[str]
    provider_status: NotRequired[str]
    segments: int | None
    instead_of_id: str | None
    created_at: str
    tries: list[Try]


class MessageDetailInPart(TypedDict):
    """The same with `fields` or `expand`."""

    id: NotRequired[str]
    channel: NotRequired[ChannelEnum]
    recipient_id: NotRequired[str | None]
    recipient_name: NotRequired[str | None]
    address: NotRequired[str]
    subject: NotRequired[str]
    kind: NotRequired[str]
    sender_id: NotRequired[str | None]
    about_id: NotRequired[str | None]
    urgent: NotRequired[bool]
    status: NotRequired[MessageStatusEnum]
    reason: NotRequired[str]
    in_words: NotRequired[str]
    due_at: NotRequired[str]
    planned_at: NotRequired[str]
    sent_at: NotRequired[str | None]
    lateness_seconds: NotRequired[float | None]
    attempts: NotRequired[int]
    resends: NotRequired[int]
    provider_id: NotRequired[str]
    provider_status: NotRequired[str]
    segments: NotRequired[int | None]
    instead_of_id: NotRequired[str | None]
    created_at: NotRequired[str]
    tries: NotRequired[list[Try]]
    recipient: NotRequired[Person | None]
    sender: NotRequired[Person | None]


class MessageInPart(TypedDict):
    """The same with `fields` or `expand`."""

    id: NotRequired[str]
    channel: NotRequired[ChannelEnum]
    recipient_id: NotRequired[str | None]
    recipient_name: NotRequired[str | None]
    address: NotRequired[str]
    subject: NotRequired[str]
    kind: NotRequired[str]
    sender_id: NotRequired[str | None]
    about_id: NotRequired[str | None]
    urgent: NotRequired[bool]
    status: NotRequired[MessageStatusEnum]
    reason: NotRequired[str]
    in_words: NotRequired[str]
    due_at: NotRequired[str]
    planned_at: NotRequired[str]
    sent_at: NotRequired[str | None]
    lateness_seconds: NotRequired[float | None]
    attempts: NotRequired[int]
    resends: NotRequired[int]
    provider_id: NotRequired[str]
    provider_status: NotRequired[str]
    segments: NotRequired[int | None]
    instead_of_id: NotRequired[str | None]
    created_at: NotRequired[str]
    recipient: NotRequired[Person | None]
    sender: NotRequired[Person | None]


MessageStatusEnum: TypeAlias = (
    "Literal['queued', 'sending', 'sent', 'failed', 'unknown', 'cancelled']"
)


class MfaLoginRequest(TypedDict):
    """What the sign-in answered, and a code."""

    mfa_token: str
    code: str


class Month(TypedDict):
    """What the plan allows of calls in a month; null is as many as one likes."""

    calls: int
    calls_per_month: int | None
    detail: str


class NewApiKeyRequest(TypedDict):
    """A key to be made; `owner_id` names a service account."""

    name: str
    scopes: list[PermissionsEnum]
    expires_at: NotRequired[str]
    owner_id: NotRequired[str]


class NewDocumentRequest(TypedDict):
    """The same with what is to be known of the document."""

    file: NotRequired[bytes]
    filename: NotRequired[str]
    text: NotRequired[str]
    title: NotRequired[str]
    kind: NotRequired[DocumentKindEnum]
    visibility: NotRequired[VisibilityEnum]


class NewPersonRequest(TypedDict):
    """Somebody to be let in with a first password."""

    email: str
    full_name: str
    role: NotRequired[str]
    password: str


class NewServiceRequest(TypedDict):
    """A program that is to have keys of its own; it never signs in."""

    full_name: str
    role: NotRequired[str]


class NewWebhookRequest(TypedDict):
    """A webhook to be set up."""

    url: str
    description: NotRequired[str]
    events: list[EventsEnum]


class Note(TypedDict):
    """A note as the contract shows it."""

    id: str
    title: str
    body: NotRequired[str]
    kind: NotRequired[NoteKindEnum]
    author_id: str
    author_name: str
    tags: NotRequired[list[str]]
    visibility: NotRequired[VisibilityEnum]
    held_at: NotRequired[str | None]
    attendee_ids: NotRequired[list[str]]
    document_ids: NotRequired[list[str]]
    task_ids: NotRequired[list[str]]
    event_ids: NotRequired[list[str]]
    version: int
    source: str
    created_at: str
    updated_at: str
    summary: str
    action_items: list[ActionItem]
    key_topics: list[str]
    sentiment: SentimentEnum | BlankEnum
    key_points: list[KeyPoint]
    summary_status: DocumentStatusEnum | BlankEnum
    summary_progress: int
    summary_length: str
    summary_mode: str
    summary_degraded: bool
    summary_is_old: bool


class NoteDetail(TypedDict):
    """The same with its text as safe HTML."""

    id: str
    title: str
    body: NotRequired[str]
    kind: NotRequired[NoteKindEnum]
    author_id: str
    author_name: str
    tags: NotRequired[list[str]]
    visibility: NotRequired[VisibilityEnum]
    held_at: NotRequired[str | None]
    attendee_ids: NotRequired[list[str]]
    document_ids: NotRequired[list[str]]
    task_ids: NotRequired[list[str]]
    event_ids: NotRequired[list[str]]
    version: int
    source: str
    created_at: str
    updated_at: str
    summary: str
    action_items: list[ActionItem]
    key_topics: list[str]
    sentiment: SentimentEnum | BlankEnum
    key_points: list[KeyPoint]
    summary_status: DocumentStatusEnum | BlankEnum
    summary_progress: int
    summary_length: str
    summary_mode: str
    summary_degraded: bool
    summary_is_old: bool
    html: str


class NoteDetailInPart(TypedDict):
    """The same with `fields` or `expand`."""

    id: NotRequired[str]
    title: NotRequired[str]
    body: NotRequired[str]
    kind: NotRequired[NoteKindEnum]
    author_id: NotRequired[str]
    author_name: NotRequired[str]
    tags: NotRequired[list[str]]
    visibility: NotRequired[VisibilityEnum]
    held_at: NotRequired[str | None]
    attendee_ids: NotRequired[list[str]]
    document_ids: NotRequired[list[str]]
    task_ids: NotRequired[list[str]]
    event_ids: NotRequired[list[str]]
    version: NotRequired[int]
    source: NotRequired[str]
    created_at: NotRequired[str]
    updated_at: NotRequired[str]
    summary: NotRequired[str]
    action_items: NotRequired[list[ActionItem]]
    key_topics: NotRequired[list[str]]
    sentiment: NotRequired[SentimentEnum | BlankEnum]
    key_points: NotRequired[list[KeyPoint]]
    summary_status: NotRequired[DocumentStatusEnum | BlankEnum]
    summary_progress: NotRequired[int]
    summary_length: NotRequired[str]
    summary_mode: NotRequired[str]
    summary_degraded: NotRequired[bool]
    summary_is_old: NotRequired[bool]
    html: NotRequired[str]
    author: NotRequired[Person | None]


class NoteInPart(TypedDict):
    """The same with `fields` or `expand`."""

    id: NotRequired[str]
    title: NotRequired[str]
    body: NotRequired[str]
    kind: NotRequired[NoteKindEnum]
    author_id: NotRequired[str]
    author_name: NotRequired[str]
    tags: NotRequired[list[str]]
    visibility: NotRequired[VisibilityEnum]
    held_at: NotRequired[str | None]
    attendee_ids: NotRequired[list[str]]
    document_ids: NotRequired[list[str]]
    task_ids: NotRequired[list[str]]
    event_ids: NotRequired[list[str]]
    version: NotRequired[int]
    source: NotRequired[str]
    created_at: NotRequired[str]
    updated_at: NotRequired[str]
    summary: NotRequired[str]
    action_items: NotRequired[list[ActionItem]]
    key_topics: NotRequired[list[str]]
    sentiment: NotRequired[SentimentEnum | BlankEnum]
    key_points: NotRequired[list[KeyPoint]]
    summary_status: NotRequired[DocumentStatusEnum | BlankEnum]
    summary_progress: NotRequired[int]
    summary_length: NotRequired[str]
    summary_mode: NotRequired[str]
    summary_degraded: NotRequired[bool]
    summary_is_old: NotRequired[bool]
    author: NotRequired[Person | None]


NoteKindEnum: TypeAlias = "Literal['note', 'meeting', 'policy']"


class NoteRequest(TypedDict):
    """A note as the contract shows it."""

    title: str
    body: NotRequired[str]
    kind: NotRequired[NoteKindEnum]
    tags: NotRequired[list[str]]
    visibility: NotRequired[VisibilityEnum]
    held_at: NotRequired[str | None]
    attendee_ids: NotRequired[list[str]]
    document_ids: NotRequired[list[str]]
    task_ids: NotRequired[list[str]]
    event_ids: NotRequired[list[str]]


NullEnum: TypeAlias = "Literal[None]"


class Number(TypedDict):
    """A telephone that gets SMS."""

    number: str


class NumberRequest(TypedDict):
    """A telephone that gets SMS."""

    number: str


class Office(TypedDict):
    """The office; its plan and its short name are changed by the platform alone."""

    id: str
    name: str
    slug: str
    timezone: str
    region: str
    subscription_tier: str
    settings: OfficeSettings
    created_at: str


class OfficeSettings(TypedDict):
    """When the office works, and by which ways it sends."""

    office_opens: str
    office_closes: str
    working_days: list[int]
    fiscal_year_starts: int
    email_provider: EmailProviderEnum
    sms_enabled: bool


class OfficeSettingsRequest(TypedDict):
    """When the office works, and by which ways it sends."""

    office_opens: str
    office_closes: str
    working_days: list[int]
    fiscal_year_starts: int
    email_provider: EmailProviderEnum
    sms_enabled: bool


class OneError(TypedDict):
    """What is wrong: a stable code, one sentence, and the dotted path of the field."""

    code: str
    detail: str
    attr: str | None


OpEnum: TypeAlias = "Literal['create', 'update', 'complete']"


class OpenedFeed(TypedDict):
    """The same with its address."""

    id: str
    name: str
    calendar_id: NotRequired[str | None]
    detail: NotRequired[DetailEnum]
    created_at: str
    url: str


class Outcome(TypedDict):
    """What came of one: the status that the call for one task would have, and its body."""

    status: int
    task: Task | None
    errors: list[OneError]


OutcomeEnum: TypeAlias = (
    "Literal['running', 'sent', 'unavailable', 'throttled', 'refused', 'interrupted', 'unknown']"
)


class PaginatedApiKeyList(TypedDict):
    """As the API shows it."""

    count: NotRequired[int]
    next: NotRequired[str | None]
    previous: NotRequired[str | None]
    results: list[ApiKey | ApiKeyInPart]


class PaginatedAuditEntryList(TypedDict):
    """As the API shows it."""

    next: NotRequired[str | None]
    previous: NotRequired[str | None]
    results: list[AuditEntry | AuditEntryInPart]


class PaginatedAuthenticatorList(TypedDict):
    """As the API shows it."""

    count: NotRequired[int]
    next: NotRequired[str | None]
    previous: NotRequired[str | None]
    results: list[Authenticator | AuthenticatorInPart]


class PaginatedCalendarList(TypedDict):
    """As the API shows it."""

    count: NotRequired[int]
    next: NotRequired[str | None]
    previous: NotRequired[str | None]
    results: list[Calendar | CalendarInPart]


class PaginatedCommentList(TypedDict):
    """As the API shows it."""

    count: NotRequired[int]
    next: NotRequired[str | None]
    previous: NotRequired[str | None]
    results: list[Comment | CommentInPart]


class PaginatedConflictList(TypedDict):
    """As the API shows it."""

    count: NotRequired[int]
    next: NotRequired[str | None]
    previous: NotRequired[str | None]
    results: list[Conflict | ConflictInPart]


class PaginatedConnectionList(TypedDict):
    """As the API shows it."""

    count: NotRequired[int]
    next: NotRequired[str | None]
    previous: NotRequired[str | None]
    results: list[Connection | ConnectionInPart]


class PaginatedDeliveryList(TypedDict):
    """As the API shows it."""

    next: NotRequired[str | None]
    previous: NotRequired[str | None]
    results: list[Delivery | DeliveryInPart]


class PaginatedDeviceList(TypedDict):
    """As the API shows it."""

    count: NotRequired[int]
    next: NotRequired[str | None]
    previous: NotRequired[str | None]
    results: list[Device | DeviceInPart]


class PaginatedDocumentList(TypedDict):
    """As the API shows it."""

    count: NotRequired[int]
    next: NotRequired[str | None]
    previous: NotRequired[str | None]
    results: list[Document | DocumentInPart]


class PaginatedEventList(TypedDict):
    """As the API shows it."""

    count: NotRequired[int]
    next: NotRequired[str | None]
    previous: NotRequired[str | None]
    results: list[Event | EventInPart]


class PaginatedFeedList(TypedDict):
    """As the API shows it."""

    count: NotRequired[int]
    next: NotRequired[str | None]
    previous: NotRequired[str | None]
    results: list[Feed | FeedInPart]


class PaginatedInvitationList(TypedDict):
    """As the API shows it."""

    count: NotRequired[int]
    next: NotRequired[str | None]
    previous: NotRequired[str | None]
    results: list[Invitation | InvitationInPart]


class PaginatedMentionList(TypedDict):
    """As the API shows it."""

    count: NotRequired[int]
    next: NotRequired[str | None]
    previous: NotRequired[str | None]
    results: list[Mention | MentionInPart]


class PaginatedMessageList(TypedDict):
    """As the API shows it."""

    next: NotRequired[str | None]
    previous: NotRequired[str | None]
    results: list[Message | MessageInPart]


class PaginatedNoteList(TypedDict):
    """As the API shows it."""

    count: NotRequired[int]
    next: NotRequired[str | None]
    previous: NotRequired[str | None]
    results: list[Note | NoteInPart]


class PaginatedPersonList(TypedDict):
    """As the API shows it."""

    count: NotRequired[int]
    next: NotRequired[str | None]
    previous: NotRequired[str | None]
    results: list[Person | PersonInPart]


class PaginatedProviderList(TypedDict):
    """As the API shows it."""

    count: NotRequired[int]
    next: NotRequired[str | None]
    previous: NotRequired[str | None]
    results: list[Provider | ProviderInPart]


class PaginatedReminderList(TypedDict):
    """As the API shows it."""

    count: NotRequired[int]
    next: NotRequired[str | None]
    previous: NotRequired[str | None]
    results: list[Reminder | ReminderInPart]


class PaginatedRevisionList(TypedDict):
    """As the API shows it."""

    count: NotRequired[int]
    next: NotRequired[str | None]
    previous: NotRequired[str | None]
    results: list[Revision | RevisionInPart]


class PaginatedRoleList(TypedDict):
    """As the API shows it."""

    count: NotRequired[int]
    next: NotRequired[str | None]
    previous: NotRequired[str | None]
    results: list[Role | RoleInPart]


class PaginatedSessionList(TypedDict):
    """As the API shows it."""

    count: NotRequired[int]
    next: NotRequired[str | None]
    previous: NotRequired[str | None]
    results: list[Session | SessionInPart]


class PaginatedSignerList(TypedDict):
    """As the API shows it."""

    count: NotRequired[int]
    next: NotRequired[str | None]
    previous: NotRequired[str | None]
    results: list[Signer | SignerInPart]


class PaginatedSubscriptionList(TypedDict):
    """As the API shows it."""

    count: NotRequired[int]
    next: NotRequired[str | None]
    previous: NotRequired[str | None]
    results: list[Subscription | SubscriptionInPart]


class PaginatedSyncList(TypedDict):
    """As the API shows it."""

    count: NotRequired[int]
    next: NotRequired[str | None]
    previous: NotRequired[str | None]
    results: list[Sync | SyncInPart]


class PaginatedTaskFileList(TypedDict):
    """As the API shows it."""

    count: NotRequired[int]
    next: NotRequired[str | None]
    previous: NotRequired[str | None]
    results: list[TaskFile | TaskFileInPart]


class PaginatedTaskList(TypedDict):
    """As the API shows it."""

    count: NotRequired[int]
    next: NotRequired[str | None]
    previous: NotRequired[str | None]
    results: list[Task | TaskInPart]


class PaginatedTeamList(TypedDict):
    """As the API shows it."""

    count: NotRequired[int]
    next: NotRequired[str | None]
    previous: NotRequired[str | None]
    results: list[Team | TeamInPart]


class PaginatedVersionList(TypedDict):
    """As the API shows it."""

    count: NotRequired[int]
    next: NotRequired[str | None]
    previous: NotRequired[str | None]
    results: list[Version | VersionInPart]


class PaginatedWebhookList(TypedDict):
    """As the API shows it."""

    count: NotRequired[int]
    next: NotRequired[str | None]
    previous: NotRequired[str | None]
    results: list[Webhook | WebhookInPart]


class Parse(TypedDict):
    """How the text was understood."""

    engine: EngineEnum
    confidence: float
    spans: list[Span]
    assignee_candidates: list[Candidate]
    warnings: list[Warning]


class PasswordChangeRequest(TypedDict):
    """The old and the new password."""

    current_password: str
    new_password: str


class PatchedApiKeyChangeRequest(TypedDict):
    """What may change of a key."""

    name: NotRequired[str]
    scopes: NotRequired[list[PermissionsEnum]]
    expires_at: NotRequired[str]


class PatchedCalendarRequest(TypedDict):
    """A calendar: a person's, a team's, or a room."""

    kind: NotRequired[CalendarKindEnum]
    team_id: NotRequired[str | None]
    name: NotRequired[str]
    timezone: NotRequired[str]
    colour: NotRequired[str]
    is_default: NotRequired[bool]


class PatchedCommentRequest(TypedDict):
    """What somebody said."""

    body: NotRequired[str]


class PatchedDocumentRequest(TypedDict):
    """A document as the contract shows it, with its newest file."""

    title: NotRequired[str]
    kind: NotRequired[DocumentKindEnum]
    visibility: NotRequired[VisibilityEnum]
    owner_id: NotRequired[str]
    review_on: NotRequired[str | None]
    sign_by_all: NotRequired[bool]
    sign_team_ids: NotRequired[list[str]]
    sign_person_ids: NotRequired[list[str]]


class PatchedEventRequest(TypedDict):
    """An event as the contract shows it; in a list with a window, one occurrence."""

    title: NotRequired[str]
    description: NotRequired[str]
    location: NotRequired[str]
    start: NotRequired[str]
    end: NotRequired[str]
    all_day: NotRequired[bool]
    timezone: NotRequired[str]
    recurrence: NotRequired[str | None]
    attendees: NotRequired[list[AttendeeRequest]]
    reminders: NotRequired[list[int]]
    send_invitations: NotRequired[bool]
    calendar_id: NotRequired[str]
    status: NotRequired[EventStatusEnum]
    visibility: NotRequired[EventVisibilityEnum]
    is_free: NotRequired[bool]
    conference_url: NotRequired[str]


class PatchedInvitationChangeRequest(TypedDict):
    """What may change of it; the address stays."""

    full_name: NotRequired[str]
    role: NotRequired[str]


class PatchedLanguageModelRequest(TypedDict):
    """How the office uses a language model. The key to its own endpoint is never shown."""

    mode: NotRequired[LanguageModelModeEnum]
    base_url: NotRequired[str]
    model: NotRequired[str]
    api: NotRequired[ApiEnum]
    tokens_per_day: NotRequired[int | None]
    cost_per_day: NotRequired[str | None]
    price_input: NotRequired[str]
    price_output: NotRequired[str]
    embeddings: NotRequired[bool]
    embedding_model: NotRequired[str]
    embedding_size: NotRequired[int]
    price_embedding: NotRequired[str]
    key: NotRequired[str]


class PatchedMeRequest(TypedDict):
    """One's own profile."""

    full_name: NotRequired[str]
    timezone: NotRequired[str]
    locale: NotRequired[str]
    phone: NotRequired[str]
    notification_preference: NotRequired[ChannelEnum]
    fallback_channels: NotRequired[list[ChannelEnum] | None]
    quiet_from: NotRequired[str | None]
    quiet_until: NotRequired[str | None]
    digest_at: NotRequired[str | None]


class PatchedNoteRequest(TypedDict):
    """A note as the contract shows it."""

    title: NotRequired[str]
    body: NotRequired[str]
    kind: NotRequired[NoteKindEnum]
    tags: NotRequired[list[str]]
    visibility: NotRequired[VisibilityEnum]
    held_at: NotRequired[str | None]
    attendee_ids: NotRequired[list[str]]
    document_ids: NotRequired[list[str]]
    task_ids: NotRequired[list[str]]
    event_ids: NotRequired[list[str]]


class PatchedOfficeRequest(TypedDict):
    """The office; its plan and its short name are changed by the platform alone."""

    name: NotRequired[str]
    timezone: NotRequired[str]
    settings: NotRequired[OfficeSettingsRequest]


class PatchedPersonRequest(TypedDict):
    """A person of the office; `role` is the name of one."""

    email: NotRequired[str]
    full_name: NotRequired[str]
    role: NotRequired[str]
    is_active: NotRequired[bool]
    timezone: NotRequired[str]
    locale: NotRequired[str]
    phone: NotRequired[str]
    notification_preference: NotRequired[ChannelEnum]


class PatchedProviderWriteRequest(TypedDict):
    """A provider to be set up, or what changes of it."""

    name: NotRequired[str]
    issuer: NotRequired[str]
    client_id: NotRequired[str]
    client_secret: NotRequired[str]
    domains: NotRequired[list[str]]
    creates_people: NotRequired[bool]
    default_role: NotRequired[str]
    group_claim: NotRequired[str]
    role_map: NotRequired[dict[str, str]]
    is_active: NotRequired[bool]


class PatchedReminderRequest(TypedDict):
    """A reminder: some minutes before the task is due, or at an instant."""

    minutes_before: NotRequired[int | None]
    at: NotRequired[str | None]


class PatchedRoleRequest(TypedDict):
    """A role and what it may."""

    name: NotRequired[str]
    permissions: NotRequired[list[PermissionsEnum]]


class PatchedSecurityRequest(TypedDict):
    """How long sessions last, and whose roles need a second factor."""

    session_idle_minutes: NotRequired[int]
    session_hours: NotRequired[int]
    step_up_minutes: NotRequired[int]
    mfa_roles: NotRequired[list[str]]
    support_access: NotRequired[bool]
    sso_only: NotRequired[bool]
    sso_break_glass: NotRequired[str | None]


class PatchedTaskRequest(TypedDict):
    """A task as the contract shows it."""

    title: NotRequired[str]
    description: NotRequired[str]
    assignee_id: NotRequired[str | None]
    team_id: NotRequired[str | None]
    due_date: NotRequired[str | None]
    timezone: NotRequired[str]
    priority: NotRequired[PriorityEnum]
    status: NotRequired[StatusEnum]
    recurrence: NotRequired[str | None]
    labels: NotRequired[list[str]]
    parent_id: NotRequired[str | None]


class PatchedTeamRequest(TypedDict):
    """A team; the first of its members takes what is given to it."""

    name: NotRequired[str]
    lead_id: NotRequired[str | None]
    member_ids: NotRequired[list[str]]


class PatchedWebhookRequest(TypedDict):
    """A webhook, without its secret."""

    url: NotRequired[str]
    description: NotRequired[str]
    events: NotRequired[list[EventsEnum]]
    is_active: NotRequired[bool]


PermissionsEnum: TypeAlias = "Literal['user:create', 'user:read', 'user:update', 'user:delete', 'task:create', 'task:read', 'task:update', 'task:delete', 'task:assign', 'event:create', 'event:read', 'event:update', 'event:delete', 'note:create', 'note:read', 'note:update', 'note:delete', 'note:summarize', 'admin:audit', 'admin:settings']"


class Person(TypedDict):
    """A person of the office; `role` is the name of one."""

    id: str
    email: str
    full_name: str
    role: str
    is_active: NotRequired[bool]
    timezone: NotRequired[str]
    locale: NotRequired[str]
    phone: NotRequired[str]
    notification_preference: NotRequired[ChannelEnum]
    is_service: bool
    last_login: str | None
    created_at: str
    updated_at: str


class PersonBusy(TypedDict):
    """When one person is busy."""

    user_id: str
    name: str
    timezone: str
    busy: list[BusySpan]


class PersonInPart(TypedDict):
    """The same with `fields` or `expand`."""

    id: NotRequired[str]
    email: NotRequired[str]
    full_name: NotRequired[str]
    role: NotRequired[str]
    is_active: NotRequired[bool]
    timezone: NotRequired[str]
    locale: NotRequired[str]
    phone: NotRequired[str]
    notification_preference: NotRequired[ChannelEnum]
    is_service: NotRequired[bool]
    last_login: NotRequired[str | None]
    created_at: NotRequired[str]
    updated_at: NotRequired[str]


class PlanLimit(TypedDict):
    """The same with the limit that is reached: `limit` is its name in the plan."""

    type: TypeEnum
    errors: list[OneError]
    limit: str
    maximum: int
    used: int


class Preview(TypedDict):
    """What will be sent, in order of time; `truncated` when there is more."""

    truncated: bool
    results: list[Coming]


PriorityEnum: TypeAlias = "Literal['low', 'medium', 'high', 'urgent']"


class Problem(TypedDict):
    """What is wrong in one line."""

    line: int
    attr: str
    code: str
    detail: str


class Proposal(TypedDict):
    """A time at which everybody is free, and why it is proposed."""

    start: str
    end: str
    reason: str
    people: list[LocalTime]


class Proposals(TypedDict):
    """Proposals, the best first; `reason` says why there are none."""

    proposals: list[Proposal]
    reason: str


class Provider(TypedDict):
    """A provider, without its secret."""

    id: str
    name: str
    issuer: str
    client_id: str
    domains: list[str]
    creates_people: NotRequired[bool]
    default_role: str
    group_claim: NotRequired[str]
    role_map: dict[str, str]
    is_active: NotRequired[bool]
    created_at: str
    updated_at: str


class ProviderInPart(TypedDict):
    """The same with `fields` or `expand`."""

    id: NotRequired[str]
    name: NotRequired[str]
    issuer: NotRequired[str]
    client_id: NotRequired[str]
    domains: NotRequired[list[str]]
    creates_people: NotRequired[bool]
    default_role: NotRequired[str]
    group_claim: NotRequired[str]
    role_map: NotRequired[dict[str, str]]
    is_active: NotRequired[bool]
    created_at: NotRequired[str]
    updated_at: NotRequired[str]


class ProviderWriteRequest(TypedDict):
    """A provider to be set up, or what changes of it."""

    name: str
    issuer: str
    client_id: str
    client_secret: NotRequired[str]
    domains: list[str]
    creates_people: NotRequired[bool]
    default_role: NotRequired[str]
    group_claim: NotRequired[str]
    role_map: NotRequired[dict[str, str]]
    is_active: NotRequired[bool]


class QuestionRequest(TypedDict):
    """A question."""

    question: str


class Queued(TypedDict):
    """A message on its way."""

    id: str
    to: str
    status: NotRequired[MessageStatusEnum]
    segments: int | None


class RecoveryCodes(TypedDict):
    """Codes for the day the app is lost; each is good once."""

    recovery_codes: list[str]


class RefreshRequest(TypedDict):
    """A refresh token, when it is not in the Authorization header."""

    refresh_token: NotRequired[str]


class RegisterRequest(TypedDict):
    """A new organisation and its first person."""

    email: str
    password: str
    tenant_name: str
    full_name: str


class Registered(TypedDict):
    """Tokens, the new person and the new organisation."""

    access_token: str
    refresh_token: str
    token_type: NotRequired[str]
    expires_in: int
    user: Me
    tenant: TenantName


class Reminded(TypedDict):
    """How many people have not signed, and are reminded."""

    reminded: int


class Reminder(TypedDict):
    """A reminder: some minutes before the task is due, or at an instant."""

    id: str
    task_id: str
    minutes_before: NotRequired[int | None]
    at: NotRequired[str | None]
    next_at: str | None
    fired_for: str | None
    created_at: str


class ReminderInPart(TypedDict):
    """The same with `fields` or `expand`."""

    id: NotRequired[str]
    task_id: NotRequired[str]
    minutes_before: NotRequired[int | None]
    at: NotRequired[str | None]
    next_at: NotRequired[str | None]
    fired_for: NotRequired[str | None]
    created_at: NotRequired[str]


class ReminderRequest(TypedDict):
    """A reminder: some minutes before the task is due, or at an instant."""

    minutes_before: NotRequired[int | None]
    at: NotRequired[str | None]


class ResetConfirmRequest(TypedDict):
    """The token of the letter, and the new password."""

    token: str
    password: str


class ResetRequest(TypedDict):
    """Whose password was forgotten."""

    email: str


RespondAnswerEnum: TypeAlias = "Literal['accepted', 'declined', 'tentative']"


class RespondRequest(TypedDict):
    """What somebody says to an invitation."""

    answer: RespondAnswerEnum


class Revision(TypedDict):
    """One file of a document."""

    id: str
    number: int
    filename: str
    format: str
    size: int
    sha256: str
    author_id: str | None
    status: NotRequired[DocumentStatusEnum]
    reason: NotRequired[str]
    pages: NotRequired[int | None]
    created_at: str


class RevisionInPart(TypedDict):
    """The same with `fields` or `expand`."""

    id: NotRequired[str]
    number: NotRequired[int]
    filename: NotRequired[str]
    format: NotRequired[str]
    size: NotRequired[int]
    sha256: NotRequired[str]
    author_id: NotRequired[str | None]
    status: NotRequired[DocumentStatusEnum]
    reason: NotRequired[str]
    pages: NotRequired[int | None]
    created_at: NotRequired[str]


class Role(TypedDict):
    """A role and what it may."""

    id: str
    name: str
    permissions: list[PermissionsEnum]
    built_in: bool
    created_at: str
    updated_at: str


class RoleInPart(TypedDict):
    """The same with `fields` or `expand`."""

    id: NotRequired[str]
    name: NotRequired[str]
    permissions: NotRequired[list[PermissionsEnum]]
    built_in: NotRequired[bool]
    created_at: NotRequired[str]
    updated_at: NotRequired[str]


class RoleRequest(TypedDict):
    """A role and what it may."""

    name: str
    permissions: list[PermissionsEnum]


class Seal(TypedDict):
    """A seal: write it down somewhere else, and ask for it later."""

    number: int
    seal: str
    sealed_at: str


class Security(TypedDict):
    """How long sessions last, and whose roles need a second factor."""

    session_idle_minutes: int
    session_hours: int
    step_up_minutes: int
    mfa_roles: list[str]
    support_access: bool
    sso_only: bool
    sso_break_glass: str | None


SentimentEnum: TypeAlias = "Literal['positive', 'neutral', 'negative']"


class Session(TypedDict):
    """One session; `current` is that of the token which asks."""

    id: str
    kind: NotRequired[SessionKindEnum]
    method: NotRequired[str]
    address: str | None
    user_agent: NotRequired[str]
    created_at: str
    seen_at: NotRequired[str | None]
    authenticated_at: NotRequired[str | None]
    expires_at: str
    current: bool


class SessionInPart(TypedDict):
    """The same with `fields` or `expand`."""

    id: NotRequired[str]
    kind: NotRequired[SessionKindEnum]
    method: NotRequired[str]
    address: NotRequired[str | None]
    user_agent: NotRequired[str]
    created_at: NotRequired[str]
    seen_at: NotRequired[str | None]
    authenticated_at: NotRequired[str | None]
    expires_at: NotRequired[str]
    current: NotRequired[bool]


SessionKindEnum: TypeAlias = "Literal['api', 'page']"


class SignRequest(TypedDict):
    """The number of the revision that was read and understood."""

    revision: int


class Signer(TypedDict):
    """Somebody who is asked to sign what a document says now, or has signed it."""

    person_id: str
    full_name: str
    is_asked: bool
    signed_at: str | None


class SignerInPart(TypedDict):
    """The same with `fields` or `expand`."""

    person_id: NotRequired[str]
    full_name: NotRequired[str]
    is_asked: NotRequired[bool]
    signed_at: NotRequired[str | None]


class SmsRequest(TypedDict):
    """A text to a telephone."""

    to: str
    message: str


class Source(TypedDict):
    """Where it stands; a page only where the document has pages."""

    document: str
    document_id: str | None
    note_id: str | None
    revision: int
    page: int | None
    heading: str
    relevance_score: float
    excerpt: str


class Span(TypedDict):
    """What a stretch of the text was understood as; offsets count characters."""

    kind: str
    start: int
    end: int
    text: str
    value: str | None


StatusEnum: TypeAlias = "Literal['pending', 'in_progress', 'done', 'cancelled']"


class StepUpRequest(TypedDict):
    """The password, or a code where there is a second factor."""

    password: NotRequired[str]
    code: NotRequired[str]


class Subscription(TypedDict):
    """An address that a calendar follows, and how the last fetch went."""

    id: str
    calendar_id: str
    host: str
    next_at: str
    fetched_at: str | None
    trouble: str
    held_deletions: int
    created_at: str


class SubscriptionInPart(TypedDict):
    """The same with `fields` or `expand`."""

    id: NotRequired[str]
    calendar_id: NotRequired[str]
    host: NotRequired[str]
    next_at: NotRequired[str]
    fetched_at: NotRequired[str | None]
    trouble: NotRequired[str]
    held_deletions: NotRequired[int]
    created_at: NotRequired[str]


class Summary(TypedDict):
    """What a note says in short, and what follows from it."""

    id: str
    summary: NotRequired[str]
    action_items: list[ActionItem]
    key_topics: list[str]
    sentiment: NotRequired[SentimentEnum | BlankEnum]
    key_points: list[KeyPoint]
    status: DocumentStatusEnum | BlankEnum
    progress: int
    length: str
    mode: AnswerModeEnum
    degraded: bool


class SummaryWishRequest(TypedDict):
    """How long the summary is to be."""

    length: NotRequired[LengthEnum]


class Sync(TypedDict):
    """What a sync keeps equal, how the last one went, and when the next one comes."""

    id: str
    calendar_id: str
    connection_id: str
    provider: str
    account: str
    connection_state: str
    remote_id: NotRequired[str]
    remote_name: NotRequired[str]
    read_only: NotRequired[bool]
    state: NotRequired[SyncStateEnum]
    preview: Any | None
    synced_at: str | None
    next_at: str | None
    last_counts: Any
    total_counts: Any
    trouble: str
    held_deletions: int
    watched_until: str | None
    renews_at: str | None
    left_out: list[str]
    created_at: str


class SyncInPart(TypedDict):
    """The same with `fields` or `expand`."""

    id: NotRequired[str]
    calendar_id: NotRequired[str]
    connection_id: NotRequired[str]
    provider: NotRequired[str]
    account: NotRequired[str]
    connection_state: NotRequired[str]
    remote_id: NotRequired[str]
    remote_name: NotRequired[str]
    read_only: NotRequired[bool]
    state: NotRequired[SyncStateEnum]
    preview: NotRequired[Any | None]
    synced_at: NotRequired[str | None]
    next_at: NotRequired[str | None]
    last_counts: NotRequired[Any]
    total_counts: NotRequired[Any]
    trouble: NotRequired[str]
    held_deletions: NotRequired[int]
    watched_until: NotRequired[str | None]
    renews_at: NotRequired[str | None]
    left_out: NotRequired[list[str]]
    created_at: NotRequired[str]


SyncNowProviderEnum: TypeAlias = "Literal['google', 'microsoft']"


class SyncNowRequest(TypedDict):
    """With whom to sync now."""

    provider: SyncNowProviderEnum


SyncStateEnum: TypeAlias = "Literal['draft', 'active', 'held', 'paused']"


class Synced(TypedDict):
    """What was set off: the syncs, of which the first stands for the job."""

    job_id: str
    syncs: list[str]


class Task(TypedDict):
    """A task as the contract shows it."""

    id: str
    title: str
    description: NotRequired[str]
    assignee_id: NotRequired[str | None]
    assignee_name: str | None
    creator_id: str
    team_id: NotRequired[str | None]
    due_date: NotRequired[str | None]
    timezone: NotRequired[str]
    priority: NotRequired[PriorityEnum]
    status: NotRequired[StatusEnum]
    recurrence: NotRequired[str | None]
    labels: NotRequired[list[str]]
    parent_id: NotRequired[str | None]
    reminder_set: bool
    source: str
    created_at: str
    updated_at: str
    completed_at: str | None


class TaskFile(TypedDict):
    """A file beside a task."""

    id: str
    task_id: str
    author_id: str | None
    author_name: str | None
    filename: str
    media_type: str
    size: int
    sha256: str
    created_at: str


class TaskFileInPart(TypedDict):
    """The same with `fields` or `expand`."""

    id: NotRequired[str]
    task_id: NotRequired[str]
    author_id: NotRequired[str | None]
    author_name: NotRequired[str | None]
    filename: NotRequired[str]
    media_type: NotRequired[str]
    size: NotRequired[int]
    sha256: NotRequired[str]
    created_at: NotRequired[str]
    author: NotRequired[Person | None]


class TaskFromText(TypedDict):
    """The task, how it was understood, and what takes it back for 24 hours."""

    id: str
    title: str
    description: NotRequired[str]
    assignee_id: NotRequired[str | None]
    assignee_name: str | None
    creator_id: str
    team_id: NotRequired[str | None]
    due_date: NotRequired[str | None]
    timezone: NotRequired[str]
    priority: NotRequired[PriorityEnum]
    status: NotRequired[StatusEnum]
    recurrence: NotRequired[str | None]
    labels: NotRequired[list[str]]
    parent_id: NotRequired[str | None]
    reminder_set: bool
    source: str
    created_at: str
    updated_at: str
    completed_at: str | None
    parse: Parse
    undo_token: str | None


class TaskInPart(TypedDict):
    """The same with `fields` or `expand`."""

    id: NotRequired[str]
    title: NotRequired[str]
    description: NotRequired[str]
    assignee_id: NotRequired[str | None]
    assignee_name: NotRequired[str | None]
    creator_id: NotRequired[str]
    team_id: NotRequired[str | None]
    due_date: NotRequired[str | None]
    timezone: NotRequired[str]
    priority: NotRequired[PriorityEnum]
    status: NotRequired[StatusEnum]
    recurrence: NotRequired[str | None]
    labels: NotRequired[list[str]]
    parent_id: NotRequired[str | None]
    reminder_set: NotRequired[bool]
    source: NotRequired[str]
    created_at: NotRequired[str]
    updated_at: NotRequired[str]
    completed_at: NotRequired[str | None]
    assignee: NotRequired[Person | None]
    creator: NotRequired[Person | None]
    team: NotRequired[Team | None]
    parent: NotRequired[Task | None]


class TaskRequest(TypedDict):
    """A task as the contract shows it."""

    title: str
    description: NotRequired[str]
    assignee_id: NotRequired[str | None]
    team_id: NotRequired[str | None]
    due_date: NotRequired[str | None]
    timezone: NotRequired[str]
    priority: NotRequired[PriorityEnum]
    status: NotRequired[StatusEnum]
    recurrence: NotRequired[str | None]
    labels: NotRequired[list[str]]
    parent_id: NotRequired[str | None]


class Team(TypedDict):
    """A team; the first of its members takes what is given to it."""

    id: str
    name: str
    lead_id: NotRequired[str | None]
    member_ids: NotRequired[list[str]]
    created_at: str
    updated_at: str


class TeamInPart(TypedDict):
    """The same with `fields` or `expand`."""

    id: NotRequired[str]
    name: NotRequired[str]
    lead_id: NotRequired[str | None]
    member_ids: NotRequired[list[str]]
    created_at: NotRequired[str]
    updated_at: NotRequired[str]
    lead: NotRequired[Person | None]


class TeamName(TypedDict):
    """A team in a profile."""

    id: str
    name: str


class TeamNameRequest(TypedDict):
    """A team in a profile."""

    name: str


class TeamRequest(TypedDict):
    """A team; the first of its members takes what is given to it."""

    name: str
    lead_id: NotRequired[str | None]
    member_ids: NotRequired[list[str]]


class TenantName(TypedDict):
    """An organisation in a few words."""

    id: str
    name: str
    slug: str


class Today(TypedDict):
    """What the office's day has used and may use; the limits are null while no model is in use."""

    tokens: int
    cost: str
    tokens_per_day: int | None
    cost_per_day: str | None


class Tokens(TypedDict):
    """What opens the API; `expires_in` counts seconds."""

    access_token: str
    refresh_token: str
    token_type: NotRequired[str]
    expires_in: int


class TooMany(TypedDict):
    """The same with the limit that is reached, and when to try again."""

    type: TypeEnum
    errors: list[OneError]
    retry_after: NotRequired[int]
    limit: NotRequired[str]
    maximum: NotRequired[int]


class Totp(TypedDict):
    """What the app is told: as text, and as the address of a QR code."""

    secret: str
    uri: str


class Try(TypedDict):
    """One try to hand a message over."""

    number: int
    started_at: str
    ended_at: NotRequired[str | None]
    outcome: NotRequired[OutcomeEnum]
    reason: NotRequired[str]


TypeEnum: TypeAlias = "Literal['validation_error', 'client_error', 'server_error']"


class UndoRequest(TypedDict):
    """The token that came with what was done."""

    undo_token: str


class UploadRequest(TypedDict):
    """A file, or a text with the name that it would have as one."""

    file: NotRequired[bytes]
    filename: NotRequired[str]
    text: NotRequired[str]


class Usage(TypedDict):
    """The use of language models."""

    today: Today
    plan: Month
    results: list[UsageLine]


class UsageLine(TypedDict):
    """What was used of one model for one purpose; cost in dollars, latency in milliseconds."""

    model: str
    feature: str
    calls: int
    used: int
    refused: int
    failed: int
    tokens_in: int
    tokens_out: int
    cost: str
    latency_median: int | None
    latency_p95: int | None


class Verdict(TypedDict):
    """What came of it."""

    intact: bool
    seals: int
    entries: int
    last_seal: Seal | None
    broken: Broken | None


class Version(TypedDict):
    """What a note said once, in a list."""

    id: str
    number: int
    author_id: str | None
    title: str
    created_at: str


class VersionDetail(TypedDict):
    """The same with the text, and what it changed."""

    id: str
    number: int
    author_id: str | None
    title: str
    created_at: str
    body: NotRequired[str]
    diff: str


class VersionDetailInPart(TypedDict):
    """The same with `fields` or `expand`."""

    id: NotRequired[str]
    number: NotRequired[int]
    author_id: NotRequired[str | None]
    title: NotRequired[str]
    created_at: NotRequired[str]
    body: NotRequired[str]
    diff: NotRequired[str]
    author: NotRequired[Person | None]


class VersionInPart(TypedDict):
    """The same with `fields` or `expand`."""

    id: NotRequired[str]
    number: NotRequired[int]
    author_id: NotRequired[str | None]
    title: NotRequired[str]
    created_at: NotRequired[str]
    author: NotRequired[Person | None]


VisibilityEnum: TypeAlias = "Literal['private', 'office']"


class Warning(TypedDict):
    """What was assumed."""

    code: str
    detail: str


class Way(TypedDict):
    """Where the person goes to agree."""

    authorization_url: str


class Webhook(TypedDict):
    """A webhook, without its secret."""

    id: str
    url: str
    description: NotRequired[str]
    events: list[EventsEnum]
    is_active: NotRequired[bool]
    failing_since: str | None
    disabled_why: str
    created_at: str
    updated_at: str


class WebhookInPart(TypedDict):
    """The same with `fields` or `expand`."""

    id: NotRequired[str]
    url: NotRequired[str]
    description: NotRequired[str]
    events: NotRequired[list[EventsEnum]]
    is_active: NotRequired[bool]
    failing_since: NotRequired[str | None]
    disabled_why: NotRequired[str]
    created_at: NotRequired[str]
    updated_at: NotRequired[str]


WhatEnum: TypeAlias = "Literal['entry_changed', 'entry_missing', 'entry_inserted', 'seal_changed', 'seal_missing', 'tail_cut', 'note_missing', 'seal_unknown']"
