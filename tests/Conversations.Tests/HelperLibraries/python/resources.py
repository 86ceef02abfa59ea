from scenarios import ATTRIBUTES, equal, scenario


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
