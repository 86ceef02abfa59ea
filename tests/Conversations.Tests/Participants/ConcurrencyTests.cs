using System.Net;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Conversations.Tests.Participants;

/// <summary>
/// Concurrent requests that all pass the check. The database decides, and every loser gets the error of the rule that
/// it broke.
/// </summary>
public sealed class ConcurrencyTests
{
    private const int Rush = 24;

    private static readonly (string Name, string Value)[] Pair =
    [
        ("MessagingBinding.Address", "+15558675310"),
        ("MessagingBinding.ProxyAddress", "+15017122661"),
    ];

    [Theory, Everywhere]
    public async Task Concurrent_creates_of_one_identity_leave_one_participant(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();

        var answers = await RushAsync(Rush, _ => CreateAsync(twilio, conversation, ("Identity", "alice")));

        OneWins(answers, _ => TwilioErrors.ParticipantExists);
        await Invariants.HoldAsync(twilio);
    }

    [Theory, Everywhere]
    public async Task Concurrent_creates_of_one_pair_leave_one_conversation_that_all_errors_name(
        Store store,
        Shape shape
    )
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversations = await Task.WhenAll(Enumerable.Range(0, Rush).Select(_ => twilio.NewConversationAsync()));

        var answers = await RushAsync(Rush, i => CreateAsync(twilio, conversations[i], Pair));

        OneWins(answers, winner => TwilioErrors.BindingInUse(winner["conversation_sid"]));
        await Invariants.HoldAsync(twilio);
    }

    [Theory, OnEachStore]
    public async Task A_new_identity_that_joins_many_conversations_at_once_becomes_one_user(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversations = await Task.WhenAll(Enumerable.Range(0, Rush).Select(_ => twilio.NewConversationAsync()));

        var answers = await RushAsync(Rush, i => CreateAsync(twilio, conversations[i], ("Identity", "alice")));

        Assert.All(answers, answer => answer.Created());
        Assert.Single((await twilio.GetAsync("Users")).Ok().Body["users"]!.AsArray());
        await Invariants.HoldAsync(twilio);
    }

    [Theory, OnEachStore]
    public async Task A_create_during_a_close_leaves_no_active_pair(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        for (var round = 0; round < 8; round++)
        {
            var conversation = await twilio.NewConversationAsync();
            await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));

            var answers = await RushAsync(
                6,
                i =>
                    i == 3
                        ? twilio.PostAsync($"Conversations/{conversation}", ("State", "closed"))
                        : CreateAsync(twilio, conversation, i == 0 ? Pair : [("Identity", $"user {i}")])
            );

            answers[3].Ok();
            Assert.All(answers.Where((_, i) => i != 3), answer => WonOr(answer, TwilioErrors.ConversationClosed));
            (await CreateAsync(twilio, conversation, ("Identity", "late"))).Is(TwilioErrors.ConversationClosed);
            await Invariants.HoldAsync(twilio);
        }

        await twilio.NewParticipantAsync(await twilio.NewConversationAsync(), Pair);
    }

    [Theory, OnEachStore]
    public async Task A_create_during_the_delete_of_the_conversation_leaves_no_rows(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        for (var round = 0; round < 8; round++)
        {
            var conversation = await twilio.NewConversationAsync();
            await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));

            var answers = await RushAsync(
                6,
                i =>
                    i == 3
                        ? twilio.DeleteAsync($"Conversations/{conversation}")
                        : CreateAsync(twilio, conversation, i == 0 ? Pair : [("Identity", $"user {i}")])
            );

            answers[3].NoContent();
            Assert.All(
                answers.Where((_, i) => i != 3),
                answer => WonOr(answer, TwilioErrors.NotFound($"/Conversations/{conversation}/Participants"))
            );
            await Invariants.HoldAsync(twilio);
        }

        await twilio.NewParticipantAsync(await twilio.NewConversationAsync(), Pair);
    }

    [Theory]
    [OnEachStore(1000, 0, "Identity")]
    [OnEachStore(50, 50, "MessagingBinding.Address")]
    public async Task Concurrent_creates_fill_a_conversation_exactly_to_its_limit(
        Store store,
        int limit,
        int nonChat,
        string kind
    )
    {
        const int free = 5;
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();

        // Sets the counters as if only the last places were free.
        await using var scope = twilio.Server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
        await db.Set<Conversation>()
            .Where(c => c.Sid == conversation)
            .ExecuteUpdateAsync(c =>
                c.SetProperty(r => r.ParticipantCount, limit - free)
                    .SetProperty(r => r.NonChatCount, nonChat == 0 ? 0 : nonChat - free)
            );

        var answers = await RushAsync(
            Rush,
            i =>
                CreateAsync(
                    twilio,
                    conversation,
                    kind == "Identity"
                        ? [(kind, $"user {i}")]
                        : [(kind, $"+1555867{i:0000}"), ("MessagingBinding.ProxyAddress", "+15017122661")]
                )
        );

        Assert.Equal(free, answers.Count(answer => answer.Status == HttpStatusCode.Created));
        Assert.All(
            answers,
            answer => WonOr(answer, nonChat == 0 ? TwilioErrors.ParticipantLimit : TwilioErrors.NonChatParticipantLimit)
        );
        Assert.Equal(limit, (await db.Set<Conversation>().SingleAsync(c => c.Sid == conversation)).ParticipantCount);
    }

    [Theory, OnEachStore]
    public async Task Concurrent_creates_fill_an_identity_exactly_to_its_conversation_limit(Store store)
    {
        const int free = 3;
        var twilio = await Twilio.NewAccountAsync(store);
        var conversations = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => twilio.NewConversationAsync()));
        (await twilio.PostAsync("Users", ("Identity", "alice"))).Created();
        await using var scope = twilio.Server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
        await db.Set<User>()
            .Where(u => u.AccountSid == twilio.AccountSid)
            .ExecuteUpdateAsync(u => u.SetProperty(r => r.ConversationCount, User.MaxConversations - free));

        var answers = await RushAsync(
            conversations.Length,
            i => CreateAsync(twilio, conversations[i], ("Identity", "alice"))
        );

        Assert.Equal(free, answers.Count(answer => answer.Status == HttpStatusCode.Created));
        Assert.All(answers, answer => WonOr(answer, TwilioErrors.UserConversationLimit));
    }

    [Theory, OnEachStore]
    public async Task Concurrent_creates_leave_ten_members_in_a_group(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();

        var answers = await RushAsync(
            16,
            i => CreateAsync(twilio, conversation, ("MessagingBinding.Address", $"+1555867{i:0000}"))
        );

        Assert.Equal(10, answers.Count(answer => answer.Status == HttpStatusCode.Created));
        Assert.All(answers, answer => WonOr(answer, TwilioErrors.GroupLimit));
        await Invariants.HoldAsync(twilio);
    }

    [Theory, OnEachStore]
    public async Task A_group_member_and_a_plain_identity_never_both_enter_a_conversation(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        for (var round = 0; round < 8; round++)
        {
            var conversation = await twilio.NewConversationAsync();

            var answers = await RushAsync(
                2,
                i =>
                    CreateAsync(
                        twilio,
                        conversation,
                        i == 0 ? ("Identity", "alice") : ("MessagingBinding.Address", "+15558675310")
                    )
            );

            Assert.Single(answers, answer => answer.Status == HttpStatusCode.Created);
            WonOr(answers[0], TwilioErrors.ProjectedAddressNotProvided);
            WonOr(answers[1], TwilioErrors.GroupActivationFailed);
            Assert.Single(
                (await twilio.GetAsync($"Conversations/{conversation}/Participants")).Ok().Body[
                    "participants"
                ]!.AsArray()
            );
            await Invariants.HoldAsync(twilio);
        }
    }

    [Theory, OnEachStore]
    public async Task Concurrent_groups_with_the_same_addresses_leave_one_that_the_errors_name(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversations = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => twilio.NewConversationAsync()));
        foreach (var conversation in conversations)
        {
            await twilio.NewParticipantAsync(conversation, ("MessagingBinding.Address", "+15558675310"));
            await twilio.NewParticipantAsync(conversation, ("MessagingBinding.Address", "+15558675311"));
        }

        var answers = await RushAsync(
            conversations.Length,
            i => CreateAsync(twilio, conversations[i], ("MessagingBinding.Address", "+15558675312"))
        );

        OneWins(answers, winner => TwilioErrors.GroupExists(winner["conversation_sid"]));
        await Invariants.HoldAsync(twilio);
    }

    [Theory, OnEachStore]
    public async Task A_group_completed_during_a_close_does_not_reserve_its_addresses(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        for (var round = 0; round < 12; round++)
        {
            var conversation = await twilio.NewConversationAsync();
            await twilio.NewParticipantAsync(conversation, ("MessagingBinding.Address", "+15558675310"));
            await twilio.NewParticipantAsync(conversation, ("MessagingBinding.Address", "+15558675311"));

            var answers = await RushAsync(
                4,
                i =>
                    i == 3
                        ? twilio.PostAsync($"Conversations/{conversation}", ("State", "closed"))
                        : CreateAsync(twilio, conversation, ("MessagingBinding.Address", $"+1555867532{i}"))
            );

            answers[3].Ok();
            Assert.All(answers[..3], answer => WonOr(answer, TwilioErrors.ConversationClosed));
            await Invariants.HoldAsync(twilio);
        }
    }

    [Theory, OnEachStore]
    public async Task Concurrent_updates_of_a_conversation_return_each_others_changes(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        for (var round = 0; round < 12; round++)
        {
            var conversation = await twilio.NewConversationAsync();
            var name = $"room {round}";

            var answers = await RushAsync(
                2,
                i =>
                    twilio.PostAsync(
                        $"Conversations/{conversation}",
                        i == 0 ? ("UniqueName", name) : ("State", "inactive")
                    )
            );

            // The last update returns the change of the other one.
            Assert.Contains(
                answers,
                answer => answer.Ok().Body["unique_name"]?.GetValue<string>() == name && answer["state"] == "inactive"
            );
        }
    }

    [Theory, OnEachStore]
    public async Task A_group_refuses_an_identity_only_for_a_state_that_existed(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        for (var round = 0; round < 12; round++)
        {
            var conversation = await twilio.NewConversationAsync();
            await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));

            var answers = await RushAsync(
                8,
                i =>
                    i == 4
                        ? twilio.DeleteAsync($"Conversations/{conversation}/Participants/alice")
                        : CreateAsync(
                            twilio,
                            conversation,
                            ("Identity", "alice"),
                            ("MessagingBinding.ProjectedAddress", "+15017122661")
                        )
            );

            // While the plain alice is there, the conversation is no group. Without her, no participant has the
            // identity.
            answers[4].NoContent();
            Assert.DoesNotContain(answers, answer => answer.Text.Contains("50433", StringComparison.Ordinal));
            await Invariants.HoldAsync(twilio);
        }
    }

    [Theory, OnEachStore]
    public async Task A_name_taken_after_the_conversation_was_deleted_causes_no_error(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        for (var round = 0; round < 12; round++)
        {
            var conversation = await twilio.NewConversationAsync();
            var name = $"room {round}";

            var answers = await RushAsync(
                8,
                async i =>
                {
                    if (i != 4)
                    {
                        return await twilio.PostAsync($"Conversations/{conversation}", ("UniqueName", name));
                    }

                    (await twilio.DeleteAsync($"Conversations/{conversation}")).NoContent();
                    return await twilio.PostAsync("Conversations", ("UniqueName", name));
                }
            );

            answers[4].Created();
            Assert.All(answers, answer => Assert.NotEqual(HttpStatusCode.Conflict, answer.Status));
        }
    }

    [Theory, OnEachStore]
    public async Task A_list_by_a_new_unique_name_is_not_found_or_complete(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        for (var round = 0; round < 20; round++)
        {
            var conversation = await twilio.NewConversationAsync();
            await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
            var name = $"room-{round}";

            var answers = await RushAsync(
                12,
                i =>
                    i == 6
                        ? twilio.PostAsync($"Conversations/{conversation}", ("UniqueName", name))
                        : twilio.GetAsync($"Conversations/{name}/Participants")
            );

            Assert.All(
                answers.Where((_, i) => i != 6),
                answer =>
                    Assert.True(
                        answer.Status == HttpStatusCode.NotFound
                            || answer.Ok().Body["participants"]!.AsArray().Count == 1,
                        answer.Text
                    )
            );
        }
    }

    [Theory, OnEachStore]
    public async Task Concurrent_deletes_of_one_participant_succeed_once(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();
        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));

        var answers = await RushAsync(8, _ => twilio.DeleteAsync($"Conversations/{conversation}/Participants/alice"));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.NoContent);
        Assert.All(
            answers.Where(answer => answer.Status != HttpStatusCode.NoContent),
            answer => answer.Is(TwilioErrors.NotFound($"/Conversations/{conversation}/Participants/alice"))
        );
        await Invariants.HoldAsync(twilio);
    }

    [Theory, OnEachStore]
    public async Task Concurrent_updates_to_one_pair_leave_one_participant_with_it(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var members = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(async _ =>
                {
                    var conversation = await twilio.NewConversationAsync();
                    return (
                        Conversation: conversation,
                        Sid: await twilio.NewParticipantAsync(
                            conversation,
                            ("MessagingBinding.Address", "+15558675310")
                        )
                    );
                })
        );

        var answers = await RushAsync(
            members.Length,
            i =>
                twilio.PostAsync(
                    $"Conversations/{members[i].Conversation}/Participants/{members[i].Sid}",
                    ("MessagingBinding.ProxyAddress", "+15017122661")
                )
        );

        var winner = Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.All(
            answers.Where(answer => answer != winner),
            answer => answer.Is(TwilioErrors.BindingInUse(winner["conversation_sid"]))
        );
        await Invariants.HoldAsync(twilio);
    }

    [Theory, OnEachStore]
    public async Task Concurrent_creates_of_one_unique_name_leave_one_conversation(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);

        var answers = await RushAsync(12, _ => twilio.PostAsync("Conversations", ("UniqueName", "room")));

        OneWins(answers, _ => TwilioErrors.UniqueNameExists);
    }

    [Theory, OnEachStore]
    public async Task Concurrent_creates_of_one_user_leave_one(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);

        var answers = await RushAsync(12, _ => twilio.PostAsync("Users", ("Identity", "alice")));

        OneWins(answers, _ => TwilioErrors.UserExists);
    }

    [Theory, OnEachStore]
    public async Task A_closed_conversation_stays_closed_during_concurrent_updates(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        for (var round = 0; round < 8; round++)
        {
            var conversation = await twilio.NewConversationAsync();

            var answers = await RushAsync(
                5,
                i => twilio.PostAsync($"Conversations/{conversation}", ("State", i == 2 ? "closed" : "inactive"))
            );

            answers[2].Ok();
            Assert.All(
                answers,
                answer =>
                    Assert.True(
                        answer.Status == HttpStatusCode.OK || answer.Text.Contains("50377", StringComparison.Ordinal),
                        answer.Text
                    )
            );
            Assert.Equal("closed", (await twilio.GetAsync($"Conversations/{conversation}")).Ok()["state"]);
        }
    }

    [Theory, OnEachStore]
    public async Task A_role_deleted_while_it_is_assigned_leaves_no_participant_with_a_missing_role(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();
        for (var round = 0; round < 5; round++)
        {
            var role = (
                await twilio.PostAsync(
                    "Roles",
                    ("FriendlyName", "guest"),
                    ("Type", "conversation"),
                    ("Permission", "sendMessage")
                )
            ).Created()["sid"];
            var number = round;

            var answers = await RushAsync(
                6,
                i =>
                    i == 3
                        ? twilio.DeleteAsync($"Roles/{role}")
                        : CreateAsync(twilio, conversation, ("Identity", $"user {number} {i}"), ("RoleSid", role))
            );

            answers[3].NoContent();
            Assert.All(answers.Where((_, i) => i != 3), answer => WonOr(answer, TwilioErrors.ConversationRoleNotFound));
            var list = (await twilio.GetAsync($"Conversations/{conversation}/Participants")).Ok();
            Assert.DoesNotContain(role, list.Text, StringComparison.Ordinal);
        }
    }

    [Theory, OnEachStore]
    public async Task A_role_deleted_while_it_becomes_the_default_is_either_deleted_or_the_default(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store, Shape.Service);
        for (var round = 0; round < 5; round++)
        {
            var role = (
                await twilio.PostAsync(
                    "Roles",
                    ("FriendlyName", "guest"),
                    ("Type", "conversation"),
                    ("Permission", "sendMessage")
                )
            ).Created()["sid"];

            var answers = await RushAsync(
                2,
                i =>
                    i == 0
                        ? twilio.DeleteAsync($"Roles/{role}")
                        : twilio.PostAsync("Configuration", ("DefaultConversationRoleSid", role))
            );

            var deleted = answers[0].Status == HttpStatusCode.NoContent;
            if (deleted)
            {
                answers[1].Is(TwilioErrors.ConversationRoleNotFound);
            }
            else
            {
                answers[0].Is(TwilioErrors.DefaultRoleNotDeletable);
                answers[1].Ok();
            }

            Assert.Equal(
                !deleted,
                (await twilio.GetAsync("Configuration")).Ok()["default_conversation_role_sid"] == role
            );
        }
    }

    [Theory, OnEachStore]
    public async Task A_user_deleted_while_it_joins_conversations_leaves_correct_counts(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        for (var round = 0; round < 5; round++)
        {
            var conversations = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => twilio.NewConversationAsync()));
            await twilio.NewParticipantAsync(conversations[0], ("Identity", "alice"));

            var answers = await RushAsync(
                6,
                i =>
                    i == 0
                        ? twilio.DeleteAsync("Users/alice")
                        : CreateAsync(twilio, conversations[i], ("Identity", "alice"))
            );

            answers[0].NoContent();
            Assert.All(answers.Skip(1), answer => answer.Created());
            await Invariants.HoldAsync(twilio);
        }
    }

    [Theory, OnEachStore]
    public async Task Concurrent_writes_of_all_kinds_leave_correct_counts_and_no_failure(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversations = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => twilio.NewConversationAsync()));
        var random = new Random(7);
        var steps = Enumerable
            .Range(0, 240)
            .Select(_ =>
                (
                    Kind: random.Next(9),
                    Conversation: conversations[random.Next(conversations.Length)],
                    Name: random.Next(4)
                )
            )
            .ToArray();

        var answers = await RushAsync(
            steps.Length,
            i =>
                steps[i] switch
                {
                    { Kind: 0 or 1 } s => CreateAsync(twilio, s.Conversation, ("Identity", $"user {s.Name}")),
                    { Kind: 2 } s => CreateAsync(
                        twilio,
                        s.Conversation,
                        ("MessagingBinding.Address", $"+1555867531{s.Name}"),
                        ("MessagingBinding.ProxyAddress", "+15017122661")
                    ),
                    { Kind: 3 } s => CreateAsync(
                        twilio,
                        s.Conversation,
                        ("MessagingBinding.Address", $"+1555867531{s.Name}")
                    ),
                    { Kind: 4 } s => CreateAsync(
                        twilio,
                        s.Conversation,
                        ("Identity", $"user {s.Name}"),
                        ("MessagingBinding.ProjectedAddress", $"+1555867532{s.Name}")
                    ),
                    { Kind: 5 } s => twilio.DeleteAsync($"Conversations/{s.Conversation}/Participants/user%20{s.Name}"),
                    { Kind: 6 } s => twilio.PostAsync(
                        $"Conversations/{s.Conversation}/Participants/user%20{s.Name}",
                        ("MessagingBinding.ProjectedAddress", s.Name % 2 == 0 ? "null" : "+15558675329")
                    ),
                    { Kind: 7, Name: 0 } s => twilio.DeleteAsync($"Users/user%20{s.Name}"),
                    { Kind: 8, Name: 0 } s => twilio.PostAsync(
                        $"Conversations/{s.Conversation}",
                        ("State", "inactive")
                    ),
                    var s => twilio.GetAsync($"Conversations/{s.Conversation}/Participants"),
                }
        );

        Assert.All(
            answers,
            answer => Assert.True((int)answer.Status is 200 or 201 or 204 or 400 or 404 or 409, answer.Text)
        );
        Assert.DoesNotContain(answers, answer => answer.Text.Contains("\"code\":20409", StringComparison.Ordinal));
        await Invariants.HoldAsync(twilio);
    }

    private static Task<Answer> CreateAsync(
        Twilio twilio,
        string conversation,
        params (string Name, string Value)[] form
    ) => twilio.PostAsync($"Conversations/{conversation}/Participants", form);

    // All requests start together, on separate connections.
    private static async Task<Answer[]> RushAsync(int count, Func<int, Task<Answer>> request)
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var requests = Enumerable
            .Range(0, count)
            .Select(async i =>
            {
                await start.Task;
                return await request(i);
            })
            .ToArray();
        start.SetResult();
        return await Task.WhenAll(requests);
    }

    private static void OneWins(Answer[] answers, Func<Answer, TwilioError> error)
    {
        var winner = Assert.Single(answers, answer => answer.Status == HttpStatusCode.Created);
        Assert.All(answers.Where(answer => answer != winner), answer => answer.Is(error(winner)));
    }

    private static void WonOr(Answer answer, TwilioError error)
    {
        if (answer.Status != HttpStatusCode.Created)
        {
            answer.Is(error);
        }
    }
}
