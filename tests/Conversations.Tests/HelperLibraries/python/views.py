import json

from scenarios import ATTRIBUTES, CREATED, PROXY, equal, paged, properties, refused, refused_list, scenario

PHONE = "+15558675310"
OF_USER = [
    "account_sid", "chat_service_sid", "conversation_sid", "unread_messages_count", "last_read_message_index",
    "participant_sid", "user_sid", "friendly_name", "conversation_state", "timers", "attributes", "date_created",
    "date_updated", "created_by", "notification_level", "unique_name", "url", "links",
]
OF_PARTICIPANT = [
    "account_sid", "chat_service_sid", "participant_sid", "participant_user_sid", "participant_identity",
    "participant_messaging_binding", "conversation_sid", "conversation_unique_name", "conversation_friendly_name",
    "conversation_attributes", "conversation_date_created", "conversation_date_updated", "conversation_created_by",
    "conversation_state", "conversation_timers", "links",
]


@scenario("A conversation of a user and of a participant has the properties of both")
def _(case):
    conversation = case.api.conversations.create(
        friendly_name="Order", unique_name="the order", attributes=ATTRIBUTES, date_created=CREATED,
        timers_inactive="PT1H")
    alice = case.api.conversations(conversation.sid).participants.create(identity="alice smith")
    user = case.api.users("alice smith").fetch()
    own = case.api.users("alice smith").user_conversations("the order").fetch()
    links = {
        "participant": f"{case.url}/Conversations/{conversation.sid}/Participants/{alice.sid}",
        "conversation": f"{case.url}/Conversations/{conversation.sid}",
    }
    equal({
        "account_sid": case.account_sid,
        "chat_service_sid": case.chat_service_sid,
        "conversation_sid": conversation.sid,
        "unread_messages_count": None,
        "last_read_message_index": None,
        "participant_sid": alice.sid,
        "user_sid": user.sid,
        "friendly_name": "Order",
        "conversation_state": "active",
        "timers": conversation.timers,
        "attributes": ATTRIBUTES,
        "date_created": CREATED,
        "date_updated": own.date_updated,
        "created_by": "system",
        "notification_level": "default",
        "unique_name": "the order",
        "url": f"{case.url}/Users/{user.sid}/Conversations/{conversation.sid}",
        "links": links,
    }, properties(own, OF_USER))
    [listed] = case.api.users(user.sid).user_conversations.list()
    equal(properties(own, OF_USER), properties(listed.fetch(), OF_USER))
    [found] = case.api.participant_conversations.list(identity="alice smith")
    equal({
        "account_sid": case.account_sid,
        "chat_service_sid": case.chat_service_sid,
        "participant_sid": alice.sid,
        "participant_user_sid": user.sid,
        "participant_identity": "alice smith",
        "participant_messaging_binding": None,
        "conversation_sid": conversation.sid,
        "conversation_unique_name": "the order",
        "conversation_friendly_name": "Order",
        "conversation_attributes": ATTRIBUTES,
        "conversation_date_created": CREATED,
        "conversation_date_updated": own.date_updated,
        "conversation_created_by": "system",
        "conversation_state": "active",
        "conversation_timers": conversation.timers,
        "links": links,
    }, properties(found, OF_PARTICIPANT))


@scenario("A read horizon lowers the unread count of a conversation of a user")
def _(case):
    case.participants.create(identity="alice")
    for body in ["one", "two", "three"]:
        case.messages.create(author="bob", body=body)
    own = case.api.users("alice").user_conversations(case.conversation.sid)
    equal(None, own.fetch().unread_messages_count)
    read = own.update(last_read_message_index=0, notification_level="muted")
    equal([0, 2, "muted"], [read.last_read_message_index, read.unread_messages_count, read.notification_level])
    equal(0, case.participants("alice").fetch().last_read_message_index)
    case.participants("alice").update(last_read_message_index=2)
    equal(0, read.fetch().unread_messages_count)
    equal(None, read.update(last_read_message_index="null").unread_messages_count)

    refused(400, 50210, own.update, "Invalid notification level", notification_level="loud")
    refused(400, 50421, own.update, last_read_message_index=-1)
    refused(400, 50405, own.update, last_read_timestamp="yesterday")
    refused(404, 20404, case.api.users("alice").user_conversations("nothing").fetch,
            f"The requested resource {case.path}/Users/alice/Conversations/nothing was not found")
    refused_list(404, 20404, case.api.users("nobody").user_conversations.list)


@scenario("The conversations of a user, an identity and an address are listed page by page")
def _(case):
    sids = []
    for number in range(5):
        sids.append(case.api.conversations.create().sid)
        participants = case.api.conversations(sids[number]).participants
        participants.create(identity="alice")
        participants.create(
            messaging_binding_address=PHONE, messaging_binding_proxy_address=f"+1501712266{number}")

    def conversation_sid(row):
        return row.conversation_sid

    own = case.api.users("alice").user_conversations
    paged(sids, conversation_sid, own)
    paged(sids, conversation_sid, case.api.participant_conversations, identity="alice")
    paged(sids, conversation_sid, case.api.participant_conversations, address=PHONE)
    message = ("One user identifier parameter for lookup at a time is allowed. Please, use either Identity or Address")
    refused_list(400, 50451, case.api.participant_conversations.list, message, identity="alice", address=PHONE)
    refused_list(400, 50451, case.api.participant_conversations.list, message)

    case.api.conversations(sids[0]).update(state="closed")
    refused(400, 50377, own(sids[0]).update, last_read_message_index=0)
    refused(400, 50377, own(sids[0]).delete)
    equal(True, own(sids[1]).delete())
    refused(404, 20404, own(sids[1]).fetch)
    for rows in [own.list(), case.api.participant_conversations.list(identity="alice")]:
        equal([(sids[0], "closed"), *[(sid, "active") for sid in sids[2:]]],
              [(row.conversation_sid, row.conversation_state) for row in rows])


@scenario("A conversation is created with its participants, all or none")
def _(case):
    # Version 7 has no class for this resource. An empty list must not be alone in data: Debian's requests 2.28 then
    # sends the end of a body that the request does not have, and the server closes the connection.
    def create(*participants, **given):
        lists = {"Participant": [json.dumps(participant) for participant in participants]} if participants else {}
        return case.v1.create("POST", f"{case.path}/ConversationWithParticipants", data={**given, **lists})

    alice = {"identity": "alice", "attributes": ATTRIBUTES}
    binding = {"messaging_binding": {"address": PHONE, "proxy_address": PROXY}}
    created = create(alice, binding, FriendlyName="Order", UniqueName="order")
    equal(["initializing", "Order", "order"], [created[name] for name in ["state", "friendly_name", "unique_name"]])
    conversation = case.api.conversations(created["sid"]).fetch()
    while conversation.state == "initializing":
        conversation = conversation.fetch()
    equal("active", conversation.state)
    equal([("alice", ATTRIBUTES), (PHONE, "{}")], [
        (one.identity or one.messaging_binding["address"], one.attributes)
        for one in case.api.conversations("order").participants.list()
    ])
    equal("active", create()["state"])

    def refused_create(status, code, message, *participants, **given):
        refused(status, code, lambda: create(*participants, **given), message)

    before = len(case.api.conversations.list())
    refused_create(409, 50425, "Participant and proxy address pairs for one or more participants already in use",
                   {"identity": "bob"}, binding)
    refused_create(400, 50424, "One of the JSON requests for participant creation is invalid", {"identity": "bob"}, [])
    refused_create(400, 50426, "Request contains too many participants", *[{}] * 11)
    refused_create(409, 50353, None, {"identity": "bob"}, UniqueName="order")
    equal(before, len(case.api.conversations.list()))
    refused(404, 20404, case.api.users("bob").fetch)
