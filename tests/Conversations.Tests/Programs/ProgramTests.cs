using System.Text.Json.Nodes;
using Conversations.Api.Errors;
using Conversations.Tests.Webhooks;

namespace Conversations.Tests.Programs;

/// <summary>The calls of programs that use Twilio Conversations, in their order, from the first to the last.</summary>
public sealed class ProgramTests
{
    private const string Proxy = "+15017122661";

    /// <summary>Masked numbers: two people write to each other through the numbers of a company.</summary>
    [Theory, Everywhere]
    public async Task Masked_numbers(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var first = await ConversationOfAsync(twilio, "+15558675310", "+15558675311");
        var second = await ConversationOfAsync(twilio, "+15558675310", "+15558675311");
        Assert.Equal(first, second);

        await SendAsync(twilio, first, "+15558675310", "Are you there?");
        await SendAsync(twilio, first, "+15558675311", "Yes.");
        var newest = await RowsAsync(twilio, $"Conversations/{first}/Messages?Order=desc&PageSize=20", "messages");
        Assert.Equal(["1 Yes.", "0 Are you there?"], newest.Select(m => $"{m["index"]} {m["body"]}"));

        // The pair of numbers is free for the next conversation only when this one is closed.
        var next = await twilio.NewConversationAsync();
        (await AddNumberAsync(twilio, next, "+15558675310")).Is(TwilioErrors.BindingInUse(first));
        (await twilio.PostAsync($"Conversations/{first}", ("State", "closed"))).Ok();
        (await twilio.PostAsync($"Conversations/{first}/Messages", ("Body", "x"))).Is(TwilioErrors.ConversationClosed);
        (await AddNumberAsync(twilio, next, "+15558675310")).Created();
    }

    /// <summary>A contact centre: customers and agents write, and a webhook tells of each message.</summary>
    [Theory, Everywhere]
    public async Task A_contact_centre(Store store, Shape shape)
    {
        await using var hooks = await Hooked.NewAsync(store, shape);
        var twilio = hooks.Twilio;
        (await twilio.PostAsync("Users", ("Identity", "customer-1"), ("FriendlyName", "Ann"))).Created();
        var conversation = await twilio.NewConversationAsync(
            ("UniqueName", "case-1"),
            ("Attributes", """{"case":1}""")
        );
        await twilio.NewParticipantAsync(conversation, ("Identity", "customer-1"));
        await twilio.NewParticipantAsync(conversation, ("Identity", "agent-7"));
        (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Webhooks",
                ("Target", "webhook"),
                ("Configuration.Url", hooks.Receiver.Url("/messages")),
                ("Configuration.Method", "POST"),
                ("Configuration.Filters", "onMessageAdded")
            )
        ).Created();

        await SendAsync(twilio, conversation, "customer-1", "My order is late.");
        await SendAsync(twilio, conversation, "agent-7", "I look at it.");

        var told = await hooks.Receiver.GotAsync(2, request => request.Target == "/messages");
        Assert.Equal(
            ["customer-1: My order is late.", "agent-7: I look at it."],
            told.Select(request => $"{request["Author"]}: {request["Body"]}")
        );
        await twilio.NewParticipantAsync(await twilio.NewConversationAsync(), ("Identity", "customer-1"));
        var memberships = await RowsAsync(twilio, "ParticipantConversations?Identity=customer-1", "conversations");
        Assert.Equal(2, memberships.Count);
        (await twilio.PostAsync($"Conversations/{conversation}", ("State", "closed"))).Ok();
        var open = await RowsAsync(twilio, "ParticipantConversations?Identity=customer-1", "conversations");
        Assert.Single(open, row => row["conversation_state"]!.GetValue<string>() == "active");
    }

    /// <summary>A web chat: the history with the number of unread messages, and the position of the reader.</summary>
    [Theory, Everywhere]
    public async Task A_web_chat(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        (await twilio.PostAsync("Users", ("Identity", "alice"))).Created();
        var conversation = await twilio.NewConversationAsync(("UniqueName", "support"));
        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        for (var number = 0; number < 5; number++)
        {
            await SendAsync(twilio, conversation, "agent", $"message {number}");
        }

        Assert.Equal((null, null), await HorizonAsync());
        (await twilio.PostAsync($"Users/alice/Conversations/support", ("LastReadMessageIndex", "2"))).Ok();
        Assert.Equal((2, 2), await HorizonAsync());
        await SendAsync(twilio, conversation, "alice", "I am here.");
        Assert.Equal((2, 3), await HorizonAsync());
        (await twilio.PostAsync($"Conversations/support/Participants/alice", ("LastReadMessageIndex", "5"))).Ok();
        Assert.Equal((5, 0), await HorizonAsync());

        var history = await RowsAsync(twilio, "Conversations/support/Messages?PageSize=4", "messages");
        Assert.Equal(["0", "1", "2", "3", "4", "5"], history.Select(m => $"{m["index"]}"));

        async Task<(int? Horizon, int? Unread)> HorizonAsync()
        {
            var row = Assert.Single(await RowsAsync(twilio, "Users/alice/Conversations", "conversations"));
            return ((int?)row["last_read_message_index"], (int?)row["unread_messages_count"]);
        }
    }

    /// <summary>A privacy request: everything that a user wrote is found and deleted.</summary>
    [Theory, Everywhere]
    public async Task A_privacy_request(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        for (var number = 0; number < 3; number++)
        {
            var conversation = await twilio.NewConversationAsync();
            await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
            await twilio.NewParticipantAsync(conversation, ("Identity", "bob"));
            await SendAsync(twilio, conversation, "alice", "mine");
            await SendAsync(twilio, conversation, "bob", "not mine");
            await SendAsync(twilio, conversation, "alice", "mine too");
        }

        var user = (await twilio.GetAsync("Users/alice")).Ok();
        foreach (var membership in await RowsAsync(twilio, $"Users/{user["sid"]}/Conversations", "conversations"))
        {
            var path = $"Conversations/{membership["conversation_sid"]}";
            foreach (var message in await RowsAsync(twilio, $"{path}/Messages?PageSize=2", "messages"))
            {
                if (message["author"]!.GetValue<string>() == "alice")
                {
                    (await twilio.DeleteAsync($"{path}/Messages/{message["sid"]}")).NoContent();
                }
            }

            var left = await RowsAsync(twilio, $"{path}/Messages", "messages");
            Assert.Equal(["1 bob"], left.Select(message => $"{message["index"]} {message["author"]}"));
        }

        (await twilio.DeleteAsync($"Users/{user["sid"]}")).NoContent();
        Assert.Empty(await RowsAsync(twilio, "ParticipantConversations?Identity=alice", "conversations"));
    }

    /// <summary>A connector copies every conversation, participant and message, page by page.</summary>
    [Theory, Everywhere]
    public async Task A_connector(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        HashSet<string> created = [];
        for (var number = 0; number < 4; number++)
        {
            var conversation = await twilio.NewConversationAsync();
            created.Add(conversation);
            for (var place = 0; place < 5; place++)
            {
                created.Add(await twilio.NewParticipantAsync(conversation, ("Identity", $"user {place}")));
                created.Add(await SendAsync(twilio, conversation, $"user {place}", $"message {place}"));
            }
        }

        List<string> copied = [];
        foreach (var conversation in await RowsAsync(twilio, "Conversations?PageSize=3", "conversations"))
        {
            copied.Add(conversation["sid"]!.GetValue<string>());
            var links = conversation["links"]!;
            foreach (var list in new[] { "participants", "messages" })
            {
                var rows = await RowsAsync(twilio, $"{links[list]}?PageSize=2", list);
                copied.AddRange(rows.Select(row => row["sid"]!.GetValue<string>()));
            }
        }

        Assert.Equal(44, copied.Count);
        Assert.True(created.SetEquals(copied));
    }

    // Finds the open conversation of a number, or begins one with the two numbers.
    private static async Task<string> ConversationOfAsync(Twilio twilio, string one, string other)
    {
        var path = $"ParticipantConversations?Address={Uri.EscapeDataString(one)}";
        var open = (await RowsAsync(twilio, path, "conversations")).Find(row =>
            row["conversation_state"]!.GetValue<string>() != "closed"
        );
        if (open is not null)
        {
            return open["conversation_sid"]!.GetValue<string>();
        }

        var conversation = await twilio.NewConversationAsync(("FriendlyName", $"{one} and {other}"));
        (await AddNumberAsync(twilio, conversation, one)).Created();
        (await AddNumberAsync(twilio, conversation, other)).Created();
        return conversation;
    }

    private static Task<Answer> AddNumberAsync(Twilio twilio, string conversation, string number) =>
        twilio.PostAsync(
            $"Conversations/{conversation}/Participants",
            ("MessagingBinding.Address", number),
            ("MessagingBinding.ProxyAddress", Proxy)
        );

    private static async Task<string> SendAsync(Twilio twilio, string conversation, string author, string body) =>
        (
            await twilio.PostAsync($"Conversations/{conversation}/Messages", ("Author", author), ("Body", body))
        ).Created()["sid"];

    // All rows of a list, by the URLs of its pages.
    private static async Task<List<JsonNode>> RowsAsync(Twilio twilio, string path, string key)
    {
        List<JsonNode> rows = [];
        for (string? next = path; next is not null; )
        {
            var page = (await twilio.GetAsync(next)).Ok().Body;
            rows.AddRange(page[key]!.AsArray().Select(row => row!));
            next = page["meta"]!["next_page_url"]?.GetValue<string>();
        }

        return rows;
    }
}
