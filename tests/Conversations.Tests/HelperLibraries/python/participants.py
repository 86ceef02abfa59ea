"""
Calls a running server through Twilio's library for Python. Reads a JSON array of cases from standard input,
  [{"scenario", "shape", "address", "accountSid", "authToken", "chatServiceSid"}]
and writes a JSON array of failures in the same order: null for a case that passed.
"""

import json
import re
import sys
import traceback
from datetime import datetime, timedelta, timezone

from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

SCENARIOS = {}
PROXY = "+15017122661"
ATTRIBUTES = '{ "role": "driver" }'
CREATED = datetime(2019, 5, 15, 13, 37, 35, tzinfo=timezone.utc)
UPDATED = datetime(2020, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
PROPERTIES = [
    "account_sid", "conversation_sid", "sid", "identity", "attributes", "messaging_binding", "role_sid",
    "date_created", "date_updated",
    "url", "last_read_message_index", "last_read_timestamp",
]


def scenario(name):
    return lambda run: SCENARIOS.setdefault(name, run)


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
    }, properties(alice))


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
        equal(properties(created), properties(case.participants(created.sid).fetch()))
        equal(properties(created), properties(case.participants(escaped.get(identity, identity)).fetch()))


@scenario("Update changes the given values")
def _(case):
    alice = case.participants.create(identity="alice")
    changed = alice.update(
        attributes=ATTRIBUTES, date_created=CREATED, date_updated=UPDATED, last_read_message_index=0,
        last_read_timestamp="2020-01-02T03:04:05Z")
    equal({
        **properties(alice), "attributes": ATTRIBUTES, "date_created": CREATED, "date_updated": UPDATED,
        "last_read_message_index": 0, "last_read_timestamp": "2020-01-02T03:04:05Z",
    }, properties(changed))
    equal(properties(changed), properties(alice.fetch()))
    equal({**properties(changed), "date_updated": None}, {**properties(alice.update()), "date_updated": None})


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

    def of(participants):
        return [participant.sid for participant in participants]

    equal(sids, of(case.participants.list(page_size=2)))
    equal(sids, of(case.participants.list(limit=1000)))
    equal(sids[:3], of(case.participants.list(limit=3, page_size=2)))
    equal(sids, of(case.participants.stream(page_size=3)))

    first = case.participants.page(page_size=2)
    second = first.next_page()
    third = second.next_page()
    equal([sids[:2], sids[2:4], sids[4:], None], [of(first), of(second), of(third), third.next_page()])
    equal([sids[2:4], None], [of(third.previous_page()), first.previous_page()])
    equal(sids[4:], of(case.participants.get_page(second.next_page_url)))


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
    try:
        participants.list()
    except TwilioException as error:  # A list raises only this type, with the answer in it.
        equal([401, 20003], [error.args[1].status_code, json.loads(error.args[1].text)["code"]])
    else:
        raise AssertionError("No error 20003")


@scenario("Services, conversations, users and roles are created, fetched, updated, listed and removed")
def _(case):
    service = case.v1.services.create(friendly_name="Second")
    equal("Second", case.v1.services(service.sid).fetch().friendly_name)
    equal({case.chat_service_sid, service.sid}, {listed.sid for listed in case.v1.services.list(page_size=1)})
    equal(service.sid, case.v1.services(service.sid).configuration().fetch().chat_service_sid)
    equal(case.chat_service_sid, case.v1.configuration().fetch().default_chat_service_sid)
    equal(True, service.delete())

    room = case.api.conversations.create(friendly_name="Room", unique_name="the room", timers_inactive="PT1M")
    equal([room.sid, "active"], [case.api.conversations("the room").fetch().sid, room.state])
    equal("Hall", room.update(friendly_name="Hall").friendly_name)
    equal([case.conversation.sid, room.sid], [listed.sid for listed in case.api.conversations.list(page_size=1)])
    equal(True, room.delete())

    bob = case.api.users.create(identity="bob", friendly_name="Bob")
    equal([bob.sid, ATTRIBUTES], [case.api.users("bob").fetch().sid, bob.update(attributes=ATTRIBUTES).attributes])
    equal(["bob"], [listed.identity for listed in case.api.users.list()])
    equal(True, bob.delete())

    role = case.api.roles.create(
        friendly_name="Guest", type="conversation", permission=["sendMessage", "leaveConversation"])
    equal({"sendMessage", "leaveConversation"}, set(role.permissions))
    equal(["sendMessage"], role.update(permission=["sendMessage"]).permissions)
    equal(True, role.sid in [listed.sid for listed in case.api.roles.list(page_size=2)])
    equal(True, role.delete())


class Case:
    """The input of a scenario: the account's API in one route shape, and its own conversation."""

    def __init__(self, scenario, shape, address, accountSid, authToken, chatServiceSid, **_):
        self.in_service, self.address = shape == "Service", address
        self.account_sid, self.chat_service_sid = accountSid, chatServiceSid
        self.url = f"{address}/v1/Services/{chatServiceSid}" if self.in_service else f"{address}/v1"
        self.v1 = self.client(accountSid, authToken)
        self.api = self.connect(accountSid, authToken)
        self.conversation = self.api.conversations.create()
        self.participants = self.api.conversations(self.conversation.sid).participants

    def client(self, user, password):
        client = Client(user, password)
        client.conversations.base_url = self.address
        return client.conversations.v1

    def connect(self, user, password):
        v1 = self.client(user, password)
        return v1.services(self.chat_service_sid) if self.in_service else v1


def properties(participant):
    return {name: getattr(participant, name) for name in PROPERTIES}


def equal(expected, actual):
    if expected != actual:
        raise AssertionError(f"{actual!r} instead of {expected!r}")


def refused(status, code, call, **given):
    """Fails unless the library raises its own error."""
    try:
        call(**given)
    except TwilioRestException as error:
        equal([status, code], [error.status, error.code])
        return error
    raise AssertionError(f"No error {code}")


def outcome(case):
    try:
        SCENARIOS[case["scenario"]](Case(**case))
        return None
    except Exception:
        return traceback.format_exc()


cases = json.load(sys.stdin)
equal(SCENARIOS.keys(), {case["scenario"] for case in cases})
json.dump([outcome(case) for case in cases], sys.stdout)
