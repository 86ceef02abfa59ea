"""
The tests of a small program that answers text messages, on Python's unittest. Each has an account of its own, and none
of them sleeps.
  CONVERSATIONS_URL=http://localhost:8080 python3 sample.py
"""

import base64
import json
import os
import threading
import unittest
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

SERVER = os.environ.get("CONVERSATIONS_URL", "http://localhost:8080")
PHONE = "+15558675310"
PROXY = "+15017122661"
PAIR = {"messaging_binding_address": PHONE, "messaging_binding_proxy_address": PROXY}


def program(v1):
    """The program under test: a webhook handler that answers what a phone sends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            event = {name: values[0] for name, values in parse_qs(body).items()}
            if event["Source"] == "SMS":
                v1.conversations(event["ConversationSid"]).messages.create(
                    author="support", body=f"You said {event['Body']}"
                )
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    return ThreadingHTTPServer(("127.0.0.1", 0), Handler)


def patiently(request, attempts=3):
    """The program under test: it repeats a request that was refused for its rate."""
    try:
        return request()
    except TwilioRestException as error:
        if error.status != 429 or attempts == 1:
            raise
        return patiently(request, attempts - 1)


class SampleTest(unittest.TestCase):
    def setUp(self):
        with urllib.request.urlopen(f"{SERVER}/control/accounts", data=b"") as answer:
            account = json.load(answer)
        credentials = f"{account['sid']}:{account['auth_token']}".encode()
        self.authorization = f"Basic {base64.b64encode(credentials).decode()}"
        client = Client(account["sid"], account["auth_token"])
        client.conversations.base_url = SERVER
        self.v1 = client.conversations.v1

    def control(self, path, body=None):
        request = urllib.request.Request(
            f"{SERVER}/control/{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": self.authorization, "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def start_program(self):
        server = program(self.v1)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.v1.configuration.webhooks().update(
            post_webhook_url=f"http://127.0.0.1:{server.server_port}/",
            filters=["onConversationAdded", "onMessageAdded"],
        )

    def test_it_hears_of_a_new_conversation(self):
        self.start_program()

        conversation = self.v1.conversations.create(x_twilio_webhook_enabled="true")

        query = f"deliveries?event=onConversationAdded&conversation={conversation.sid}&wait=30s"
        delivery = self.control(query)["deliveries"][0]
        self.assertEqual("delivered", delivery["result"])
        self.assertEqual(conversation.sid, delivery["parameters"]["ConversationSid"])

    def test_it_answers_a_text(self):
        self.start_program()
        conversation = self.v1.conversations.create()
        self.v1.conversations(conversation.sid).participants.create(**PAIR)

        inbound = self.control("inbound", {"from": PHONE, "to": PROXY, "body": "Hello"})

        self.assertEqual(conversation.sid, inbound["conversation_sid"])
        answer = self.control(f"phones/{PHONE}?since={inbound['message_sid']}&wait=30s")["messages"][0]
        self.assertEqual((PROXY, "You said Hello"), (answer["from"], answer["body"]))

    def test_a_phone_is_added_to_one_of_two_conversations(self):
        conversations = [self.v1.conversations.create().sid for _ in range(2)]

        def add(sid):
            try:
                return self.v1.conversations(sid).participants.create(**PAIR).conversation_sid
            except TwilioRestException as error:
                return (error.status, error.code)

        with ThreadPoolExecutor() as threads:
            outcomes = list(threads.map(add, conversations))

        self.assertEqual(1, outcomes.count((409, 50416)))
        self.assertEqual(1, len(set(outcomes) & set(conversations)))
        self.assertEqual(1, len(self.control("requests?error=50416&wait=30s")["requests"]))

    def test_it_repeats_a_request_after_429(self):
        self.control("faults", {"operation": "CreateConversation", "status": 429, "times": 2})

        patiently(self.v1.conversations.create)

        self.assertEqual(2, len(self.control("requests?error=20429")["requests"]))
        self.assertEqual(1, len(self.v1.conversations.list()))

    def test_it_finds_a_conversation_closed_after_ten_days(self):
        conversation = self.v1.conversations.create(timers_closed="P10D")

        self.control("clock/advance", {"by": "P10D"})

        self.assertEqual("closed", self.v1.conversations(conversation.sid).fetch().state)


if __name__ == "__main__":
    unittest.main()
