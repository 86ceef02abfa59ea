extern alias Library;

using Library::Twilio.Exceptions;
using Library::Twilio.Rest.Conversations.V1;
using Library::Twilio.Rest.Conversations.V1.Conversation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using WebhookResource = Library::Twilio.Rest.Conversations.V1.Configuration.WebhookResource;

namespace Conversations.Tests.Samples;

/// <summary>
/// The tests of a small program that answers text messages. Each has an account of its own, and none of them sleeps.
/// </summary>
public sealed class CSharpSample
{
    private const string Phone = "+15558675310";

    private const string Proxy = "+15017122661";

    [Theory, OnEachStore]
    public async Task It_hears_of_a_new_conversation(Store store)
    {
        var account = await SampleAccount.NewAsync(store);
        await using var program = await StartProgramAsync(account);

        var conversation = await ConversationResource.CreateAsync(
            xTwilioWebhookEnabled: ConversationResource.WebhookEnabledTypeEnum.True,
            client: account.Client
        );

        var query = $"deliveries?event=onConversationAdded&conversation={conversation.Sid}&wait=30s";
        var delivery = (await account.GetAsync(query))["deliveries"]![0]!;
        Assert.Equal("delivered", (string?)delivery["result"]);
        Assert.Equal(conversation.Sid, (string?)delivery["parameters"]!["ConversationSid"]);
    }

    [Theory, OnEachStore]
    public async Task It_answers_a_text(Store store)
    {
        var account = await SampleAccount.NewAsync(store);
        await using var program = await StartProgramAsync(account);
        var conversation = await ConversationResource.CreateAsync(client: account.Client);
        await AddPhoneAsync(account, conversation.Sid);

        var inbound = await account.PostAsync(
            "inbound",
            new
            {
                from = Phone,
                to = Proxy,
                body = "Hello",
            }
        );

        Assert.Equal(conversation.Sid, (string?)inbound["conversation_sid"]);
        var received = await account.GetAsync($"phones/{Phone}?since={inbound["message_sid"]}&wait=30s");
        var answer = received["messages"]![0]!;
        Assert.Equal((Proxy, "You said Hello"), ((string?)answer["from"], (string?)answer["body"]));
    }

    [Theory, OnEachStore]
    public async Task A_phone_is_added_to_one_of_two_conversations(Store store)
    {
        var account = await SampleAccount.NewAsync(store);
        var first = await ConversationResource.CreateAsync(client: account.Client);
        var second = await ConversationResource.CreateAsync(client: account.Client);

        Task<ParticipantResource>[] adding = [AddPhoneAsync(account, first.Sid), AddPhoneAsync(account, second.Sid)];
        var error = await Assert.ThrowsAsync<ApiException>(() => Task.WhenAll(adding));

        Assert.Equal((409, 50416), (error.Status, error.Code));
        Assert.Equal(1, adding.Count(task => task.IsCompletedSuccessfully));
        Assert.Single((await account.GetAsync("requests?error=50416&wait=30s"))["requests"]!.AsArray());
    }

    [Theory, OnEachStore]
    public async Task It_repeats_a_request_after_429(Store store)
    {
        var account = await SampleAccount.NewAsync(store);
        object fault = new
        {
            operation = "CreateConversation",
            status = 429,
            times = 2,
        };
        await account.PostAsync("faults", fault);

        await PatientlyAsync(() => ConversationResource.CreateAsync(client: account.Client));

        Assert.Equal(2, (await account.GetAsync("requests?error=20429"))["requests"]!.AsArray().Count);
        Assert.Single(await ConversationResource.ReadAsync(client: account.Client));
    }

    [Theory, OnEachStore]
    public async Task It_finds_a_conversation_closed_after_ten_days(Store store)
    {
        var account = await SampleAccount.NewAsync(store);
        var conversation = await ConversationResource.CreateAsync(timersClosed: "P10D", client: account.Client);

        await account.PostAsync("clock/advance", new { by = "P10D" });

        var found = await ConversationResource.FetchAsync(conversation.Sid, client: account.Client);
        Assert.Equal(ConversationResource.StateEnum.Closed, found.State);
    }

    /// <summary>The program under test: it repeats a request that was refused for its rate.</summary>
    private static async Task<T> PatientlyAsync<T>(Func<Task<T>> request)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await request();
            }
            catch (ApiException error) when (error.Status == 429 && attempt < 3) { }
        }
    }

    private static Task<ParticipantResource> AddPhoneAsync(SampleAccount account, string conversation) =>
        ParticipantResource.CreateAsync(
            conversation,
            messagingBindingAddress: Phone,
            messagingBindingProxyAddress: Proxy,
            client: account.Client
        );

    /// <summary>Starts the program under test: a webhook handler that answers what a phone sends.</summary>
    private static async Task<WebApplication> StartProgramAsync(SampleAccount account)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var program = builder.Build();
        program.Run(async context =>
        {
            var form = await context.Request.ReadFormAsync();
            if (form["Source"] == "SMS")
            {
                await MessageResource.CreateAsync(
                    form["ConversationSid"],
                    author: "support",
                    body: $"You said {form["Body"]}",
                    client: account.Client
                );
            }
        });
        await program.StartAsync();
        await WebhookResource.UpdateAsync(
            postWebhookUrl: program.Urls.Single(),
            filters: ["onConversationAdded", "onMessageAdded"],
            client: account.Client
        );
        return program;
    }
}
