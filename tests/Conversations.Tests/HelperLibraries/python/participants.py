import re
from datetime import datetime, timedelta, timezone

from scenarios import (
    ATTRIBUTES, CREATED, PROXY, UPDATED, equal, paged, properties, refused, refused_list, scenario,
)

PROPERTIES = [
    "account_sid", "conversation_sid", "sid", "identity", "attributes", "messaging_binding", "role_sid",
    "date_created", "date_updated", "url", "last_read_message_index", "last_read_timestamp",
]


def of(participant):
    return properties(participant, PROPERTIES)


@scenario("Create with an identity gives the properties of a chat participant")
def _(case):
    before = datetime.now(timezone.utc).replace(microsecond=0)
    alice = case.participants.create(identity="alice")
    equal(True, before <= alice.date_created <= before + timedelta(minutes=1))
    equal(True, re.fullmatch("MB[0-9a-f]{32}", alice.sid) is not None)
    equal(True, re.fullmatch("RL[0-9a-f]{32}", alice.role_sid) is not None)
    equal({
        "account_sid": case.account_sid,
        "conversation_sid": case.conversation.sid,
        "sid": alice.sid,
        "identity": "alice",
        "attributes": "{}",
        "messaging_binding": None,
        "role_sid": alice.role_sid,
        "date_created": alice.date_created,
        "date_updated": alice.date_created,
        "url": f"{case.url}/Conversations/{case.conversation.sid}/Participants/{alice.sid}",
        "last_read_message_index": None,
        "last_read_timestamp": None,
    }, of(alice))


@scenario("Create with a binding returns the names inside it unchanged")
def _(case):
    def binding(**given):
        return case.participants.create(**given).messaging_binding

    equal({"type": "sms", "address": "+15558675310", "proxy_address": PROXY},
          binding(messaging_binding_address="+15558675310", messaging_binding_proxy_address=PROXY))
    equal({"type": "whatsapp", "address": "whatsapp:+15558675310", "proxy_address": f"whatsapp:{PROXY}"},
          binding(messaging_binding_address="whatsapp:+15558675310",
                  messaging_binding_proxy_address=f"whatsapp:{PROXY}"))
    equal({"type": "sms", "address": "+15558675311"}, binding(messaging_binding_address="+15558675311"))
    equal({"type": "sms", "projected_address": PROXY}, binding(messaging_binding_projected_address=PROXY))
    equal({"type": "sms", "projected_address": "+15017122662"},
          binding(identity="agent", messaging_binding_projected_address="+15017122662"))


@scenario("Create accepts attributes, dates, a role and the header for webhooks")
def _(case):
    role_sid = next(role.sid for role in case.api.roles.list() if role.friendly_name == "channel admin")
    alice = case.participants.create(
        identity="alice", attributes=ATTRIBUTES, date_created=CREATED, date_updated=UPDATED, role_sid=role_sid,
        x_twilio_webhook_enabled="true")
    equal([ATTRIBUTES, CREATED, UPDATED, role_sid],
          [alice.attributes, alice.date_created, alice.date_updated, alice.role_sid])


@scenario("Create of an existing participant is refused with 50433 and 50416")
def _(case):
    case.participants.create(identity="alice")
    error = refused(409, 50433, case.participants.create, identity="alice")
    equal("Unable to create record: Participant already exists", error.msg)

    binding = {"messaging_binding_address": "+15558675310", "messaging_binding_proxy_address": PROXY}
    case.participants.create(**binding)
    other = case.api.conversations.create()
    error = refused(409, 50416, case.api.conversations(other.sid).participants.create, **binding)
    equal(case.conversation.sid, re.search("CH[0-9a-f]{32}", error.msg).group())


@scenario("Fetch finds a participant by SID and by identity, escaped or not")
def _(case):
    # The caller escapes / ? # % of an identity, because the library does not.
    escaped = {"alice/phone": "alice%2Fphone", "who?": "who%3F", "100%": "100%25"}
    for identity in ["alice", "alice smith", "Jürgen Groß", "a+b@example.com", "わたし", *escaped]:
        created = case.participants.create(identity=identity)
        equal(of(created), of(case.participants(created.sid).fetch()))
        equal(of(created), of(case.participants(escaped.get(identity, identity)).fetch()))


@scenario("Update changes the given values")
def _(case):
    alice = case.participants.create(identity="alice")
    changed = alice.update(
        attributes=ATTRIBUTES, date_created=CREATED, date_updated=UPDATED, last_read_message_index=0,
        last_read_timestamp="2020-01-02T03:04:05Z")
    equal({
        **of(alice), "attributes": ATTRIBUTES, "date_created": CREATED, "date_updated": UPDATED,
        "last_read_message_index": 0, "last_read_timestamp": "2020-01-02T03:04:05Z",
    }, of(changed))
    equal(of(changed), of(alice.fetch()))
    equal({**of(changed), "date_updated": None}, {**of(alice.update()), "date_updated": None})


@scenario("Update removes a proxy address with the text null and adds one again")
def _(case):
    binding = {"type": "sms", "address": "+15558675310"}
    participant = case.participants.create(messaging_binding_address="+15558675310",
        messaging_binding_proxy_address=PROXY)
    refused(400, 50441, participant.update, messaging_binding_proxy_address=PROXY)
    equal(binding, participant.update(messaging_binding_proxy_address="null").messaging_binding)
    equal({**binding, "proxy_address": PROXY},
          participant.update(messaging_binding_proxy_address=PROXY).messaging_binding)


@scenario("List, stream and pages cover several pages")
def _(case):
    sids = [case.participants.create(identity=f"user{number}").sid for number in range(5)]
    paged(sids, lambda participant: participant.sid, case.participants)


@scenario("Delete answers true once")
def _(case):
    alice = case.participants.create(identity="alice")
    equal(True, alice.delete())
    refused(404, 20404, alice.fetch)
    refused(404, 20404, alice.delete)


@scenario("A wrong token is refused with 20003")
def _(case):
    participants = case.connect(case.account_sid, "wrong").conversations(case.conversation.sid).participants
    refused(401, 20003, participants.create, identity="alice")
    refused_list(401, 20003, participants.list)
