extern alias Library;

using Library::Twilio.Clients;
using Library::Twilio.Exceptions;
using Library::Twilio.Http;
using Library::Twilio.Rest.Conversations.V1;
using Library::Twilio.Rest.Conversations.V1.Conversation;
using Library::Twilio.Rest.Conversations.V1.Conversation.Message;
using Library::Twilio.Rest.Conversations.V1.User;
using InService = Library::Twilio.Rest.Conversations.V1.Service;

namespace Conversations.Tests.HelperLibraries;

/// <summary>Calls the server through Twilio's library for C#.</summary>
public sealed class CSharpTests
{
    [Theory, OnEachStore]
    public async Task Messages(Store store)
    {
        var client = await ClientAsync(store);
        var conversation = await ConversationResource.CreateAsync(client: client);
        var alice = await ParticipantResource.CreateAsync(conversation.Sid, identity: "alice", client: client);
        List<MessageResource> sent = [];
        for (var number = 0; number < 5; number++)
        {
            sent.Add(
                await MessageResource.CreateAsync(
                    conversation.Sid,
                    author: "alice",
                    body: $"message {number}",
                    attributes: """{"n":1}""",
                    client: client
                )
            );
        }

        var first = await MessageResource.FetchAsync(conversation.Sid, sent[0].Sid, client: client);
        Assert.Equal(
            (0, "alice", alice.Sid, "message 0", """{"n":1}""", conversation.Sid),
            (first.Index, first.Author, first.ParticipantSid, first.Body, first.Attributes, first.ConversationSid)
        );
        Assert.Equal(sent[0].DateCreated, first.DateCreated);

        // The set follows the URLs of the next pages.
        var newest = await MessageResource.ReadAsync(
            conversation.Sid,
            order: MessageResource.OrderTypeEnum.Desc,
            pageSize: 2,
            client: client
        );
        Assert.Equal([4, 3, 2, 1, 0], newest.Select(message => message.Index!.Value));

        var updated = await MessageResource.UpdateAsync(conversation.Sid, sent[1].Sid, body: "changed", client: client);
        Assert.Equal("changed", updated.Body);
        Assert.True(await MessageResource.DeleteAsync(conversation.Sid, sent[1].Sid, client: client));
        await IsRefusedAsync(
            () => MessageResource.FetchAsync(conversation.Sid, sent[1].Sid, client: client),
            404,
            20404,
            $"The requested resource /Conversations/{conversation.Sid}/Messages/{sent[1].Sid} was not found"
        );
        await IsRefusedAsync(
            () => MessageResource.CreateAsync(conversation.Sid, mediaSid: "ME1", client: client),
            400,
            50510,
            "Invalid message media SID"
        );
    }

    [Theory, OnEachStore]
    public async Task Receipts(Store store)
    {
        var client = await ClientAsync(store);
        var conversation = await ConversationResource.CreateAsync(client: client);
        var number = await ParticipantResource.CreateAsync(
            conversation.Sid,
            messagingBindingAddress: "+15558675310",
            messagingBindingProxyAddress: "+15017122661",
            client: client
        );
        var message = await MessageResource.CreateAsync(conversation.Sid, body: "x", client: client);

        var receipts = (
            await DeliveryReceiptResource.ReadAsync(conversation.Sid, message.Sid, client: client)
        ).ToList();
        var receipt = await DeliveryReceiptResource.FetchAsync(
            conversation.Sid,
            message.Sid,
            Assert.Single(receipts).Sid,
            client: client
        );
        Assert.Equal((number.Sid, message.Sid, null), (receipt.ParticipantSid, receipt.MessageSid, receipt.ErrorCode));
    }

    [Theory, OnEachStore]
    public async Task Conversations_of_users_and_participants(Store store)
    {
        var client = await ClientAsync(store);
        List<string> conversations = [];
        for (var number = 0; number < 3; number++)
        {
            var conversation = await ConversationResource.CreateAsync(client: client);
            conversations.Add(conversation.Sid);
            await ParticipantResource.CreateAsync(conversation.Sid, identity: "alice", client: client);
            await MessageResource.CreateAsync(conversation.Sid, body: "x", client: client);
        }

        var number1 = await ParticipantResource.CreateAsync(
            conversations[0],
            messagingBindingAddress: "+15558675310",
            messagingBindingProxyAddress: "+15017122661",
            client: client
        );

        var ofIdentity = await ParticipantConversationResource.ReadAsync(
            identity: "alice",
            pageSize: 2,
            client: client
        );
        Assert.Equal(conversations, ofIdentity.Select(one => one.ConversationSid));
        var ofAddress = await ParticipantConversationResource.ReadAsync(address: "+15558675310", client: client);
        Assert.Equal([number1.Sid], ofAddress.Select(one => one.ParticipantSid));

        var changed = await UserConversationResource.UpdateAsync(
            "alice",
            conversations[0],
            notificationLevel: UserConversationResource.NotificationLevelEnum.Muted,
            lastReadMessageIndex: 0,
            client: client
        );
        Assert.Equal(
            (0, 0, "muted"),
            (changed.LastReadMessageIndex, changed.UnreadMessagesCount, $"{changed.NotificationLevel}")
        );
        Assert.True(await UserConversationResource.DeleteAsync("alice", conversations[1], client: client));
        var left = (await UserConversationResource.ReadAsync("alice", pageSize: 1, client: client)).ToList();
        Assert.Equal([conversations[0], conversations[2]], left.Select(one => one.ConversationSid));
        Assert.Equal([0, null], left.Select(one => one.UnreadMessagesCount));
    }

    [Theory, OnEachStore]
    public async Task A_conversation_with_its_participants(Store store)
    {
        var client = await ClientAsync(store);
        List<string> participants =
        [
            """{"identity":"alice"}""",
            """{"messaging_binding":{"address":"+15558675310","proxy_address":"+15017122661"}}""",
        ];
        var created = await ConversationWithParticipantsResource.CreateAsync(
            friendlyName: "Order",
            participant: participants,
            client: client
        );
        Assert.Equal(("initializing", "Order"), ($"{created.State}", created.FriendlyName));
        ConversationResource conversation;
        do
        {
            conversation = await ConversationResource.FetchAsync(created.Sid, client: client);
        } while ($"{conversation.State}" == "initializing");

        Assert.Equal(ConversationResource.StateEnum.Active, conversation.State);
        var added = await ParticipantResource.ReadAsync(created.Sid, client: client);
        Assert.Equal(["alice", null], added.Select(one => one.Identity));
        await IsRefusedAsync(
            () => ConversationWithParticipantsResource.CreateAsync(participant: participants, client: client),
            409,
            50425,
            "Participant and proxy address pairs for one or more participants already in use"
        );
    }

    [Theory, OnEachStore]
    public async Task The_same_in_a_service(Store store)
    {
        var (client, service) = (await ClientAsync(store), "");
        service = (
            await Library::Twilio.Rest.Conversations.V1.ServiceResource.CreateAsync("another", client: client)
        ).Sid;
        var conversation = await InService.ConversationResource.CreateAsync(service, client: client);
        await InService.Conversation.ParticipantResource.CreateAsync(
            service,
            conversation.Sid,
            identity: "alice",
            client: client
        );
        var message = await InService.Conversation.MessageResource.CreateAsync(
            service,
            conversation.Sid,
            body: "x",
            client: client
        );

        Assert.Equal(service, message.ChatServiceSid);
        var one = Assert.Single(
            await InService.ParticipantConversationResource.ReadAsync(service, identity: "alice", client: client)
        );
        Assert.Equal(conversation.Sid, one.ConversationSid);
        var member = await InService.User.UserConversationResource.FetchAsync(
            service,
            "alice",
            conversation.Sid,
            client: client
        );
        Assert.Null(member.UnreadMessagesCount);
    }

    private static async Task IsRefusedAsync(Func<Task> call, int status, int code, string message)
    {
        var error = await Assert.ThrowsAsync<ApiException>(call);
        Assert.Equal(
            (status, code, message, $"https://www.twilio.com/docs/errors/{code}"),
            (error.Status, error.Code, error.Message, error.MoreInfo)
        );
    }

    private static async Task<TwilioRestClient> ClientAsync(Store store)
    {
        var server = await TestServer.OnAsync(store);
        var account = await server.TakeAccountAsync();
        System.Net.Http.HttpClient http = new(new ToServer(server.Address));
        return new(account, TestServer.TokenOf(account), httpClient: new SystemNetHttpClient(http));
    }

    private sealed class ToServer(Uri address) : DelegatingHandler(new HttpClientHandler { AllowAutoRedirect = false })
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            var uri = request.RequestUri!.AbsoluteUri;
            request.RequestUri = new Uri(uri.Replace("https://conversations.twilio.com/", address.AbsoluteUri));
            return base.SendAsync(request, cancellationToken);
        }
    }
}
