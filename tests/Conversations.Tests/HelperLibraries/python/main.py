"""
Calls a running server through Twilio's library for Python. Reads a JSON array of cases from standard input,
  [{"scenario", "shape", "address", "accountSid", "authToken", "chatServiceSid"}]
and writes a JSON array of failures in the same order: null for a case that passed.
The scenarios are in the other files of this folder.
"""

import json
import sys
import traceback
from importlib import import_module

from twilio.rest import Client

from scenarios import SCENARIOS, equal

for file in ["participants", "messages", "views", "resources"]:
    import_module(file)


class Case:
    """The input of a scenario: the account's API in one route shape, and its own conversation."""

    def __init__(self, scenario, shape, address, accountSid, authToken, chatServiceSid, **_):
        self.in_service, self.address = shape == "Service", address
        self.account_sid, self.chat_service_sid = accountSid, chatServiceSid
        self.path = f"/Services/{chatServiceSid}" if self.in_service else ""
        self.url = f"{address}/v1{self.path}"
        self.v1 = self.client(accountSid, authToken)
        self.api = self.connect(accountSid, authToken)
        self.conversation = self.api.conversations.create()
        self.participants = self.api.conversations(self.conversation.sid).participants
        self.messages = self.api.conversations(self.conversation.sid).messages

    def client(self, user, password):
        client = Client(user, password)
        client.conversations.base_url = self.address
        return client.conversations.v1

    def connect(self, user, password):
        v1 = self.client(user, password)
        return v1.services(self.chat_service_sid) if self.in_service else v1


def outcome(case):
    try:
        SCENARIOS[case["scenario"]](Case(**case))
        return None
    except Exception:
        return traceback.format_exc()


cases = json.load(sys.stdin)
equal(SCENARIOS.keys(), {case["scenario"] for case in cases})
json.dump([outcome(case) for case in cases], sys.stdout)
