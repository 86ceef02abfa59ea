using System.Net;
using Conversations.Api.Errors;
using static Conversations.TestSupport.NewConversation;

namespace Conversations.Tests.ConversationWithParticipants;

/// <summary>
/// Conversations with participants, and single conversations and participants, that want the same at the same time.
/// </summary>
public sealed class ConcurrencyTests
{
    private const int Rush = 24;

    private const string Phone = "+15558675310";

    private const string Proxy = "+15017122661";

    [Theory, Everywhere]
    public async Task One_of_many_creates_gets_a_pair_of_addresses(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var rooms = await Task.WhenAll(Enumerable.Range(0, Rush).Select(_ => twilio.NewConversationAsync()));

        var answers = await RushAsync(i =>
            i % 2 == 0
                ? twilio.PostAsync(Endpoint, WithIdentity($"user {i}"), WithPair(Phone, Proxy))
                : twilio.PostAsync($"Conversations/{rooms[i]}/Participants", NewParticipant.Sms(Phone, Proxy))
        );

        var winner = Assert.Single(answers, IsDone);
        var holder = winner.Body["conversation_sid"]?.GetValue<string>() ?? winner["sid"];
        for (var i = 0; i < Rush; i++)
        {
            if (answers[i] != winner)
            {
                answers[i].Is(i % 2 == 0 ? TwilioErrors.BindingsInUse : TwilioErrors.BindingInUse(holder));
            }
        }

        await ReadyAsync(twilio, holder);
        await Invariants.HoldAsync(twilio);
        Assert.Single(
            (await twilio.GetAsync("ParticipantConversations?Address=%2B15558675310")).Ok().Body[
                "conversations"
            ]!.AsArray()
        );
    }

    [Theory, Everywhere]
    public async Task Many_creates_make_one_user_that_counts_its_conversations(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var rooms = await Task.WhenAll(Enumerable.Range(0, Rush).Select(_ => twilio.NewConversationAsync()));

        var answers = await RushAsync(i =>
            i % 2 == 0
                ? twilio.PostAsync(Endpoint, WithIdentity("alice"), WithIdentity("bob"))
                : twilio.PostAsync($"Conversations/{rooms[i]}/Participants", NewParticipant.Chat("alice"))
        );

        Assert.All(answers, answer => Assert.True(IsDone(answer), answer.Text));
        foreach (var answer in answers.Where(answer => answer.Status == HttpStatusCode.Accepted))
        {
            await ReadyAsync(twilio, answer["sid"]);
        }

        Assert.Equal(2, (await twilio.GetAsync("Users")).Ok().Body["users"]!.AsArray().Count);
        await Invariants.HoldAsync(twilio);
    }

    [Theory, OnEachStore]
    public async Task One_of_many_creates_gets_the_last_place_of_an_identity(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var rooms = await Task.WhenAll(Enumerable.Range(0, Rush).Select(_ => twilio.NewConversationAsync()));
        (await twilio.PostAsync("Users", ("Identity", "alice"))).Created();
        await twilio.SetConversationCountAsync("alice", 999);

        var answers = await RushAsync(i =>
            i % 2 == 0
                ? twilio.PostAsync(Endpoint, WithIdentity("alice"))
                : twilio.PostAsync($"Conversations/{rooms[i]}/Participants", NewParticipant.Chat("alice"))
        );

        var winner = Assert.Single(answers, IsDone);
        Assert.All(answers.Where(answer => answer != winner), answer => answer.Is(TwilioErrors.UserConversationLimit));
    }

    [Theory, Everywhere]
    public async Task One_of_many_creates_gets_a_set_of_addresses(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        string[] addresses = ["+12025550101", "+12025550102", "+12025550103"];
        var rooms = await Task.WhenAll(Enumerable.Range(0, Rush).Select(_ => TwoAsync()));

        var answers = await RushAsync(i =>
            i % 2 == 0
                ? twilio.PostAsync(Endpoint, [.. addresses.Select(WithAddress)])
                : twilio.PostAsync($"Conversations/{rooms[i]}/Participants", NewParticipant.Native(addresses[2]))
        );

        var winner = Assert.Single(answers, IsDone);
        var holder = winner.Body["conversation_sid"]?.GetValue<string>() ?? winner["sid"];
        Assert.All(answers.Where(answer => answer != winner), answer => answer.Is(TwilioErrors.GroupExists(holder)));
        await ReadyAsync(twilio, holder);
        await Invariants.HoldAsync(twilio);

        async Task<string> TwoAsync()
        {
            var room = await twilio.NewConversationAsync();
            await twilio.NewParticipantAsync(room, NewParticipant.Native(addresses[0]));
            await twilio.NewParticipantAsync(room, NewParticipant.Native(addresses[1]));
            return room;
        }
    }

    [Theory, Everywhere]
    public async Task One_of_many_creates_gets_a_unique_name(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        (string, string) name = ("UniqueName", "room");

        var answers = await RushAsync(i =>
            i % 2 == 0
                ? twilio.PostAsync(Endpoint, name, WithIdentity($"user {i}"))
                : twilio.PostAsync("Conversations", name)
        );

        var winner = Assert.Single(answers, IsDone);
        Assert.All(answers.Where(answer => answer != winner), answer => answer.Is(TwilioErrors.UniqueNameExists));
        await ReadyAsync(twilio, winner["sid"]);
        await Invariants.HoldAsync(twilio);
    }

    /// <summary>Users that are deleted while their participants are added leave nothing half-made.</summary>
    [Theory, OnEachStore]
    public async Task A_conversation_has_all_of_its_participants_or_none(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        List<string> sids = [];
        for (var round = 0; round < 4; round++)
        {
            var answers = await RushAsync(i =>
                i % 4 == 3
                    ? twilio.DeleteAsync("Users/alice")
                    : twilio.PostAsync(Endpoint, WithIdentity("alice"), WithIdentity($"user {i}"))
            );

            sids.AddRange(
                answers.Where(answer => answer.Status == HttpStatusCode.Accepted).Select(answer => answer["sid"])
            );
            Assert.All(answers, answer => Assert.Contains((int)answer.Status, (int[])[202, 204, 404]));
        }

        foreach (var sid in sids)
        {
            await ReadyAsync(twilio, sid);
        }

        await Invariants.HoldAsync(twilio);
        foreach (var sid in sids)
        {
            // A user that is deleted after that leaves an active conversation.
            var state = (await twilio.GetAsync($"Conversations/{sid}")).Ok()["state"];
            var participants = (await twilio.GetAsync($"Conversations/{sid}/Participants")).Ok().Body[
                "participants"
            ]!.AsArray();
            Assert.Contains((state, participants.Count), new[] { ("active", 2), ("active", 1), ("closed", 0) });
        }
    }

    private static bool IsDone(Answer answer) => answer.Status is HttpStatusCode.Created or HttpStatusCode.Accepted;

    // All requests start together, on separate connections.
    private static async Task<Answer[]> RushAsync(Func<int, Task<Answer>> request)
    {
        TaskCompletionSource start = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var requests = Enumerable
            .Range(0, Rush)
            .Select(async i =>
            {
                await start.Task;
                return await request(i);
            })
            .ToArray();
        start.SetResult();
        return await Task.WhenAll(requests);
    }
}
