using Conversations.Api.ConversationWithParticipants;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Tests.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static Conversations.TestSupport.NewConversation;

namespace Conversations.Tests.ConversationWithParticipants;

/// <summary>
/// What is between the answer and the added participants. One server takes the request and has no worker; another one
/// on the same database has one.
/// </summary>
public sealed class SetupTests
{
    private const string Phone = "+15558675310";

    private const string Proxy = "+15017122661";

    [Theory, Everywhere]
    public async Task A_conversation_that_is_initializing_shows_no_participant_and_takes_no_write(
        Store store,
        Shape shape
    )
    {
        var database = await OwnDatabase.NewAsync(store);
        await using var idle = TestServer.WithoutSetups(database);
        var twilio = await Twilio.NewAccountAsync(idle, shape);
        var sid = (
            await twilio.PostAsync(Endpoint, ("UniqueName", "room"), WithIdentity("alice"), WithPair(Phone, Proxy))
        ).Accepted()["sid"];
        var participant = await PendingSidAsync(idle, sid);

        Assert.Equal("initializing", (await twilio.GetAsync("Conversations/room")).Ok()["state"]);
        Assert.Equal([sid], Values(await twilio.GetAsync("Conversations"), "conversations", "sid"));
        Assert.Empty(Values(await twilio.GetAsync("Conversations?State=active"), "conversations", "sid"));
        string[] lists =
        [
            $"Conversations/{sid}/Participants participants",
            "ParticipantConversations?Identity=alice conversations",
            "ParticipantConversations?Address=%2B15558675310 conversations",
            "Users/alice/Conversations conversations",
        ];
        foreach (var list in lists.Select(list => list.Split(' ')))
        {
            Assert.Empty(Values(await twilio.GetAsync(list[0]), list[1], "account_sid"));
        }

        foreach (
            var path in new[]
            {
                $"Conversations/{sid}/Participants/{participant}",
                "Conversations/room/Participants/alice",
                $"Users/alice/Conversations/{sid}",
            }
        )
        {
            (await twilio.GetAsync(path)).Is(TwilioErrors.NotFound(twilio.PathOf(path)["/v1".Length..]));
            (await twilio.PostAsync(path)).Is(TwilioErrors.ConversationInitializing);
            (await twilio.PostAsync(path, ("LastReadMessageIndex", "0"))).Is(TwilioErrors.ConversationInitializing);
            (await twilio.DeleteAsync(path)).Is(TwilioErrors.ConversationInitializing);
        }

        foreach (var path in new[] { "", "/Participants", "/Messages", "/Webhooks" })
        {
            (await twilio.PostAsync($"Conversations/{sid}{path}")).Is(TwilioErrors.ConversationInitializing);
        }

        (await twilio.PostAsync("Conversations/room", ("State", "closed"))).Is(TwilioErrors.ConversationInitializing);
        (await twilio.DeleteAsync($"Conversations/{sid}")).Is(TwilioErrors.ConversationInitializing);
        await Invariants.HoldAsync(twilio);
    }

    [Theory, OnEachStore]
    public async Task Everything_unique_is_reserved_before_the_answer(Store store)
    {
        await using var idle = TestServer.WithoutSetups(await OwnDatabase.NewAsync(store));
        var twilio = await Twilio.NewAccountAsync(idle);
        (string, string)[] group = [.. Enumerable.Range(1, 3).Select(i => WithAddress($"+1202555010{i}"))];
        var sid = (
            await twilio.PostAsync(Endpoint, ("UniqueName", "room"), WithIdentity("alice"), WithPair(Phone, Proxy))
        ).Accepted()["sid"];
        var groupText = (await twilio.PostAsync(Endpoint, group)).Accepted()["sid"];
        var other = await twilio.NewConversationAsync();

        (await twilio.PostAsync("Conversations", ("UniqueName", "room"))).Is(TwilioErrors.UniqueNameExists);
        (await twilio.PostAsync(Endpoint, ("UniqueName", "room"), WithIdentity("bob"))).Is(
            TwilioErrors.UniqueNameExists
        );
        (await twilio.PostAsync($"Conversations/{other}/Participants", NewParticipant.Sms(Phone, Proxy))).Is(
            TwilioErrors.BindingInUse(sid)
        );
        (await twilio.PostAsync(Endpoint, WithPair(Phone, Proxy))).Is(TwilioErrors.BindingsInUse);
        (await twilio.PostAsync(Endpoint, group)).Is(TwilioErrors.GroupExists(groupText));
        await twilio.SetConversationCountAsync("alice", 1000);
        (await twilio.PostAsync(Endpoint, WithIdentity("alice"))).Is(TwilioErrors.UserConversationLimit);
    }

    [Theory, Everywhere]
    public async Task Another_server_finishes_abandoned_setups(Store store, Shape shape)
    {
        var database = await OwnDatabase.NewAsync(store);
        await using var idle = TestServer.WithoutSetups(database);
        var twilio = await Twilio.NewAccountAsync(idle, shape);
        List<string> sids = [];
        for (var i = 0; i < 20; i++)
        {
            sids.Add(
                (
                    await twilio.PostAsync(Endpoint, WithIdentity("alice"), WithPair(Phone, $"+150171226{i:00}"))
                ).Accepted()["sid"]
            );
        }

        // One is claimed by a server that died: its claim ends in three seconds.
        await UpdateAsync(idle, sids[0], DateTime.UtcNow.AddSeconds(3), attempts: 1);

        await using var first = TestServer.With(database);
        await using var second = TestServer.With(database);
        foreach (var sid in sids.AsEnumerable().Reverse())
        {
            Assert.Equal("active", (await ReadyAsync(twilio, sid))["state"]);
            Assert.Equal(
                2,
                Values(await twilio.GetAsync($"Conversations/{sid}/Participants"), "participants", "sid").Count()
            );
        }

        Assert.Equal(
            sids,
            Values(await twilio.GetAsync("Users/alice/Conversations"), "conversations", "conversation_sid")
        );
        await Invariants.HoldAsync(twilio);
    }

    [Theory, Everywhere]
    public async Task Without_one_of_its_participants_the_conversation_is_closed_and_everything_is_free(
        Store store,
        Shape shape
    )
    {
        var database = await OwnDatabase.NewAsync(store);
        await using var idle = TestServer.WithoutSetups(database);
        var twilio = await Twilio.NewAccountAsync(idle, shape);
        await using var hooked = await Hooked.PostOnlyAsync(twilio);
        (string, string)[] members =
        [
            ("UniqueName", "room"),
            WithIdentity("alice"),
            WithIdentity("bob"),
            WithPair(Phone, Proxy),
        ];
        var sid = (await hooked.Twilio.PostAsync(Endpoint, members)).Accepted()["sid"];
        (await twilio.DeleteAsync("Users/alice")).NoContent();
        await Invariants.HoldAsync(twilio);

        await using var busy = TestServer.With(database);
        var closed = await ReadyAsync(twilio, sid);

        Assert.Equal("closed", closed["state"]);
        Assert.Empty(Values(await twilio.GetAsync($"Conversations/{sid}/Participants"), "participants", "sid"));
        Assert.Empty(Values(await twilio.GetAsync("Users/bob/Conversations"), "conversations", "conversation_sid"));
        await Invariants.HoldAsync(twilio);
        var told = await hooked.Receiver.GotAsync("onConversationStateUpdated");
        Assert.Equal(
            (sid, "initializing", "closed", "EVENT"),
            (told["ConversationSid"], told["StateFrom"], told["StateTo"], told["Reason"])
        );
        Assert.DoesNotContain("onParticipantAdded", await hooked.EventsAsync());

        (await twilio.PostAsync($"Conversations/{sid}", ("UniqueName", "hall"))).Is(TwilioErrors.ConversationClosed);
        (await twilio.DeleteAsync($"Conversations/{sid}")).NoContent();
        Assert.Equal("active", (await ReadyAsync(twilio, await CreateAsync(twilio, members)))["state"]);
    }

    [Theory, OnEachStore]
    public async Task After_too_many_attempts_the_conversation_is_closed(Store store)
    {
        var database = await OwnDatabase.NewAsync(store);
        await using var idle = TestServer.WithoutSetups(database);
        var twilio = await Twilio.NewAccountAsync(idle);
        var sid = (await twilio.PostAsync(Endpoint, WithIdentity("alice"), WithPair(Phone, Proxy))).Accepted()["sid"];
        await UpdateAsync(idle, sid, DateTime.UnixEpoch, ConversationSetups.MaxAttempts);

        await using var busy = TestServer.With(database);

        Assert.Equal("closed", (await ReadyAsync(twilio, sid))["state"]);
        await Invariants.HoldAsync(twilio);
    }

    [Fact]
    public async Task The_log_has_the_code_of_a_failure_and_no_identity()
    {
        var folder = Directory.CreateTempSubdirectory("conversations-setup-log-").FullName;
        var file = System.IO.Path.Combine(folder, "conversations.db");
        string sid;
        await using (var idle = TestServer.WithoutSetups(("ConnectionStrings:Sqlite", $"Data Source={file}")))
        {
            var twilio = await Twilio.NewAccountAsync(idle);
            sid = (await twilio.PostAsync(Endpoint, WithIdentity("alice"), WithIdentity("bob"))).Accepted()["sid"];
            (await twilio.DeleteAsync("Users/alice")).NoContent();
        }

        await using var server = await ServerProcess.StartAsync(folder);
        var line = await server.LineAsync("50427");

        Assert.EndsWith(
            $"50427: errors occurred during multiple participants creation; {sid} is closed",
            line.TrimEnd(),
            StringComparison.Ordinal
        );
        Assert.Contains(" ERR]", line, StringComparison.Ordinal);
        Assert.DoesNotContain("alice", server.Output, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Values(Answer page, string key, string member) =>
        page.Ok().Body[key]!.AsArray().Select(row => row![member]!.GetValue<string>());

    private static async Task<string> PendingSidAsync(TestServer server, string conversation)
    {
        await using var scope = server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
        return await db.Set<Api.Participants.Participant>()
            .Where(p => p.ConversationSid == conversation && p.Identity == null)
            .Select(p => p.Sid)
            .SingleAsync();
    }

    private static async Task UpdateAsync(TestServer server, string conversation, DateTime nextAttempt, int attempts)
    {
        await using var scope = server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
        Assert.Equal(
            1,
            await db.Set<ConversationSetup>()
                .Where(s => s.ConversationSid == conversation)
                .ExecuteUpdateAsync(s =>
                    s.SetProperty(r => r.NextAttempt, nextAttempt).SetProperty(r => r.Attempts, attempts)
                )
        );
    }
}
