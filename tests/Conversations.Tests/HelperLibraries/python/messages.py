import json
import re
import time

from scenarios import ATTRIBUTES, CREATED, PROXY, UPDATED, equal, paged, properties, refused, refused_list, scenario

PROPERTIES = [
    "account_sid", "conversation_sid", "sid", "index", "author", "body", "media", "attributes", "participant_sid",
    "date_created", "date_updated", "url", "delivery", "links",
]
RECEIPT = [
    "account_sid", "conversation_sid", "sid", "message_sid", "channel_message_sid", "participant_sid", "status",
    "error_code", "date_created", "date_updated", "url",
]


def of(message):
    return properties(message, PROPERTIES)


@scenario("A message has the properties of its parameters and its author")
def _(case):
    alice = case.participants.create(identity="alice")
    message = case.messages.create(
        author="alice", body="Größe & ✓ = 100 %\n+", attributes=ATTRIBUTES,
        date_created=CREATED, date_updated=UPDATED, x_twilio_webhook_enabled="true")
    url = f"{case.url}/Conversations/{case.conversation.sid}/Messages/{message.sid}"
    equal(True, re.fullmatch("IM[0-9a-f]{32}", message.sid) is not None)
    equal({
        "account_sid": case.account_sid,
        "conversation_sid": case.conversation.sid,
        "sid": message.sid,
        "index": 0,
        "author": "alice",
        "body": "Größe & ✓ = 100 %\n+",
        "media": None,
        "attributes": ATTRIBUTES,
        "participant_sid": alice.sid,
        "date_created": CREATED,
        "date_updated": UPDATED,
        "url": url,
        "delivery": None,
        "links": {"delivery_receipts": f"{url}/Receipts", "channel_metadata": f"{url}/ChannelMetadata"},
    }, of(message))
    equal(of(message), of(case.messages(message.sid).fetch()))
    empty = case.messages.create()
    equal([1, "system", "", None, "{}"],
          [empty.index, empty.author, empty.body, empty.participant_sid, empty.attributes])
    equal(empty.date_created, empty.date_updated)


@scenario("A message with media has no body")
def _(case):
    sid = f"ME{'0123456789abcdef' * 2}"
    media = case.messages.create(media_sid=sid)
    equal([None, [{"sid": sid, "size": 0, "content_type": "application/octet-stream", "filename": None,
                   "category": "media"}]], [media.body, media.media])
    refused(400, 50508, case.messages.create, "Media already sent with another message", media_sid=sid)
    refused(400, 50509, media.update, "Media message body cannot be updated", body="x")


@scenario("A message is updated and deleted")
def _(case):
    message = case.messages.create(author="alice", body="one")
    changed = message.update(author="bob", body="two", attributes=ATTRIBUTES, date_created=CREATED,
                             date_updated=UPDATED, x_twilio_webhook_enabled="false")
    equal({**of(message), "author": "bob", "body": "two", "attributes": ATTRIBUTES, "date_created": CREATED,
           "date_updated": UPDATED}, of(changed))
    equal(of(changed), of(message.update()))
    equal(of(changed), of(message.fetch()))
    equal(True, message.delete())
    absent = (f"The requested resource {case.path}/Conversations/{case.conversation.sid}/Messages/{message.sid}"
              " was not found")
    refused(404, 20404, message.fetch, absent)
    refused(404, 20404, message.update, absent, body="x")
    refused(404, 20404, message.delete, absent)
    equal(1, case.messages.create().index)


@scenario("Messages are listed in both orders")
def _(case):
    sids = [case.messages.create(body=f"{number}").sid for number in range(6)]
    equal(True, case.messages(sids[1]).delete())
    paged([0, 2, 3, 4, 5], lambda message: message.index, case.messages)
    paged([5, 4, 3, 2, 0], lambda message: message.index, case.messages, order="desc")
    equal(["5"], [message.body for message in case.messages.list(order="desc", limit=1)])
    refused_list(400, 20001, case.messages.list, order="up")
    refused_list(400, 19038, case.messages.page, page_token="PT-1")


@scenario("Messages with malformed values, and those of a closed conversation, are refused")
def _(case):
    create = case.messages.create
    refused(400, 50504, create, "Message body parameter is too long", body="x" * 32769)
    refused(400, 50310, create, "Author parameter is too long", author="x" * 257)
    refused(400, 50304, create, "Attributes not valid JSON", attributes="{")
    refused(400, 50303, create, attributes=json.dumps("x" * 4096))
    refused(400, 50308, create, date_created="yesterday")
    refused(400, 50309, create, date_updated="yesterday")
    refused(400, 50510, create, "Invalid message media SID", media_sid="ME1")
    case.participants.create(messaging_binding_address="+15558675310")
    case.participants.create(messaging_binding_projected_address=PROXY)
    refused(400, 50513, create, "Message author should be among Group MMS participants", body="x")
    message = create(author=PROXY, body="x" * 32768)
    case.conversation.update(state="closed")
    refused(400, 50377, create, body="x")
    refused(400, 50377, message.update, body="y")
    refused(400, 50377, message.delete)
    equal([message.sid], [listed.sid for listed in case.messages.list()])


@scenario("Receipts tell what became of a message")
def _(case):
    # The third is a test number of Twilio that fails.
    addresses = ["+15558675310", "+15558675311", "+15005550009", "+15558675312", "+15558675313"]
    sids = [
        case.participants.create(messaging_binding_address=address, messaging_binding_proxy_address=PROXY).sid
        for address in addresses
    ]
    message = case.messages.create(body="x")
    receipts = case.messages(message.sid).delivery_receipts
    while not all(receipt.status in ["delivered", "failed"] for receipt in receipts.list()):
        time.sleep(0.1)

    equal({"total": 5, "sent": "some", "delivered": "some", "read": "none", "failed": "some", "undelivered": "none"},
          message.fetch().delivery)
    paged(sids, lambda receipt: receipt.participant_sid, receipts)
    listed = receipts.list()
    equal([None, None, 21614, None, None], [receipt.error_code for receipt in listed])
    receipt = receipts(listed[0].sid).fetch()
    equal(True, re.fullmatch("DY[0-9a-f]{32}", receipt.sid) is not None)
    equal(True, re.fullmatch("SM[0-9a-f]{32}", receipt.channel_message_sid) is not None)
    equal(True, receipt.date_created <= receipt.date_updated)
    equal({
        "account_sid": case.account_sid,
        "conversation_sid": case.conversation.sid,
        "sid": receipt.sid,
        "message_sid": message.sid,
        "channel_message_sid": receipt.channel_message_sid,
        "participant_sid": sids[0],
        "status": "delivered",
        "error_code": None,
        "date_created": receipt.date_created,
        "date_updated": receipt.date_updated,
        "url": f"{case.url}/Conversations/{case.conversation.sid}/Messages/{message.sid}/Receipts/{receipt.sid}",
    }, properties(receipt, RECEIPT))
    equal(properties(receipt, RECEIPT), properties(listed[0].fetch(), RECEIPT))
    absent = f"DY{'0' * 32}"
    refused(404, 20404, receipts(absent).fetch,
            f"The requested resource {case.path}/Conversations/{case.conversation.sid}/Messages/{message.sid}"
            f"/Receipts/{absent} was not found")
    equal(True, message.delete())
    refused_list(404, 20404, receipts.list)
