"""Notes in a conversation."""

from django.utils.translation import gettext as _

from accounts.permissions import Permission
from assistant.actions import record_creation
from assistant.chat import Answer, Message, handles, shown
from common.errors import RefusedError
from notes.note_kind import KIND
from notes.services import NewNote, create_note


@handles("create_note")
def write_note(message: Message) -> Answer:
    """Keep what was said as a note of the speaker's own, in the words in which it was said."""
    if not message.by.may(Permission.NOTE_CREATE):
        raise RefusedError(_("You may not write notes."))
    new = NewNote(title=message.draft.title, body=message.text, source=message.source)
    note = create_note(new=new, by=message.by)
    action = record_creation(
        thing=note, kind=KIND, by=message.by, conversation=message.conversation
    )
    said = _("“{title}” is noted.").format(title=note.title)
    return Answer(said, (shown(action),))
