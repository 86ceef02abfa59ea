"""What the files with scenarios share."""

import json
from datetime import datetime, timezone

from twilio.base.exceptions import TwilioException, TwilioRestException

SCENARIOS = {}
PROXY = "+15017122661"
ATTRIBUTES = '{ "role": "driver" }'
CREATED = datetime(2019, 5, 15, 13, 37, 35, tzinfo=timezone.utc)
UPDATED = datetime(2020, 1, 2, 3, 4, 5, tzinfo=timezone.utc)


def scenario(name):
    return lambda run: SCENARIOS.setdefault(name, run)


def properties(instance, names):
    return {name: getattr(instance, name) for name in names}


def equal(expected, actual):
    if expected != actual:
        raise AssertionError(f"{actual!r} instead of {expected!r}")


def refused(status, code, call, message=None, **given):
    """Fails unless the library raises its own error, which has the message after its own words."""
    try:
        call(**given)
    except TwilioRestException as error:
        equal([status, code], [error.status, error.code])
        equal(True, message is None or error.msg.endswith(f" record: {message}"))
        return error
    raise AssertionError(f"No error {code}")


def refused_list(status, code, call, message=None, **given):
    """The same for a list. Its error has no code, but the answer."""
    try:
        call(**given)
    except TwilioException as error:
        answer = error.args[1]
        body = json.loads(answer.text)
        equal([status, code, f"https://www.twilio.com/docs/errors/{code}", status],
              [answer.status_code, body["code"], body["more_info"], body["status"]])
        equal(True, message is None or body["message"] == message)
        return
    raise AssertionError(f"No error {code}")


def paged(keys, key_of, a_list, **given):
    """Reads a list in every way of the library, in pages of two. It has five items with these keys."""

    def of(items):
        return [key_of(item) for item in items]

    equal(5, len(keys))
    equal(keys, of(a_list.list(**given)))
    equal(keys, of(a_list.list(page_size=2, **given)))
    equal(keys, of(a_list.list(limit=5000, **given)))
    equal(keys[:3], of(a_list.list(limit=3, page_size=2, **given)))
    equal(keys, of(a_list.stream(page_size=3, **given)))

    first = a_list.page(page_size=2, **given)
    second = first.next_page()
    third = second.next_page()
    equal([keys[:2], keys[2:4], keys[4:], None], [of(first), of(second), of(third), third.next_page()])
    equal([keys[2:4], None], [of(third.previous_page()), first.previous_page()])
    equal(keys[4:], of(a_list.get_page(second.next_page_url)))
