using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Conversations.Tests.Participants;

public sealed class LimitTests
{
    [Theory, Everywhere]
    public async Task A_conversation_has_at_most_1000_participants(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        await FillAsync(twilio, conversation, 998);
        await twilio.NewParticipantAsync(conversation, NewParticipant.Sms("+15558675310", "+15017122661"));

        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        (await twilio.PostAsync($"Conversations/{conversation}/Participants", ("Identity", "bob"))).Is(
            TwilioErrors.ParticipantLimit
        );
        (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants",
                NewParticipant.Sms("+15558675311", "+15017122661")
            )
        ).Is(TwilioErrors.ParticipantLimit);

        // An update of an existing participant needs no free place.
        (await twilio.PostAsync($"Conversations/{conversation}/Participants/alice", ("Attributes", "1"))).Ok();
        (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants/alice",
                ("RoleSid", await twilio.NewRoleAsync("conversation"))
            )
        ).Ok();

        (await twilio.DeleteAsync($"Conversations/{conversation}/Participants/alice")).NoContent();
        await twilio.NewParticipantAsync(conversation, ("Identity", "bob"));
        (await twilio.PostAsync($"Conversations/{conversation}/Participants", ("Identity", "alice"))).Is(
            TwilioErrors.ParticipantLimit
        );
    }

    [Theory, Everywhere]
    public async Task A_deleted_user_frees_a_place_in_a_full_conversation(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        await FillAsync(twilio, conversation, 999);
        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        (await twilio.PostAsync($"Conversations/{conversation}/Participants", ("Identity", "bob"))).Is(
            TwilioErrors.ParticipantLimit
        );

        (await twilio.DeleteAsync("Users/alice")).NoContent();

        await twilio.NewParticipantAsync(conversation, ("Identity", "bob"));
    }

    [Theory, OnEachStore]
    public async Task A_conversation_has_at_most_50_participants_without_identity(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();
        var first = await twilio.NewParticipantAsync(conversation, NewParticipant.Sms("+15558675300", "+15017122661"));
        for (var number = 1; number < 50; number++)
        {
            await twilio.NewParticipantAsync(
                conversation,
                NewParticipant.Sms($"+15558675{300 + number}", "+15017122661")
            );
        }

        (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants",
                NewParticipant.Sms("+15558675399", "+15017122661")
            )
        ).Is(TwilioErrors.NonChatParticipantLimit);
        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));

        (await twilio.DeleteAsync($"Conversations/{conversation}/Participants/{first}")).NoContent();
        await twilio.NewParticipantAsync(conversation, NewParticipant.Sms("+15558675399", "+15017122661"));
        (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants",
                NewParticipant.Sms("+15558675300", "+15017122661")
            )
        ).Is(TwilioErrors.NonChatParticipantLimit);
    }

    [Theory, OnEachStore]
    public async Task A_group_has_at_most_10_participants(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();
        await twilio.NewParticipantAsync(conversation, NewParticipant.Projected("+15017122661", identity: "alice"));
        for (var number = 1; number < 10; number++)
        {
            await twilio.NewParticipantAsync(conversation, NewParticipant.Native($"+1555867531{number}"));
        }

        (
            await twilio.PostAsync($"Conversations/{conversation}/Participants", NewParticipant.Native("+15558675310"))
        ).Is(TwilioErrors.GroupLimit);
        (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants",
                NewParticipant.Projected("+15017122662", identity: "bob")
            )
        ).Is(TwilioErrors.GroupLimit);
        (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants",
                NewParticipant.Sms("+15558675310", "+15017122661")
            )
        ).Is(TwilioErrors.GroupLimit);

        (await twilio.DeleteAsync($"Conversations/{conversation}/Participants/alice")).NoContent();
        await twilio.NewParticipantAsync(conversation, NewParticipant.Native("+15558675310"));
    }

    [Theory, OnEachStore]
    public async Task A_conversation_with_more_than_10_participants_does_not_become_a_group(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();
        var sid = await twilio.NewParticipantAsync(conversation, NewParticipant.Sms("+15558675310", "+15017122661"));
        for (var number = 1; number <= 10; number++)
        {
            await twilio.NewParticipantAsync(
                conversation,
                NewParticipant.Sms($"+155586754{number:00}", "+15017122661")
            );
        }

        (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants/{sid}",
                ("MessagingBinding.ProxyAddress", "null")
            )
        ).Is(TwilioErrors.GroupLimit);
        (
            await twilio.PostAsync($"Conversations/{conversation}/Participants", NewParticipant.Native("+15558675311"))
        ).Is(TwilioErrors.GroupLimit);
    }

    [Theory]
    [OnEachStore("leaves")]
    [OnEachStore("closed")]
    [OnEachStore("deleted")]
    public async Task An_identity_is_in_at_most_1000_open_conversations(Store store, string freed)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var (one, two, three) = (
            await twilio.NewConversationAsync(),
            await twilio.NewConversationAsync(),
            await twilio.NewConversationAsync()
        );
        var projected = await twilio.NewParticipantAsync(three, NewParticipant.Projected("+15017122661"));
        await twilio.NewParticipantAsync(one, ("Identity", "alice"));
        await JoinedAsync(twilio, "alice", 998);

        await twilio.NewParticipantAsync(two, ("Identity", "alice"));
        (
            await twilio.PostAsync(
                $"Conversations/{await twilio.NewConversationAsync()}/Participants",
                ("Identity", "alice")
            )
        ).Is(TwilioErrors.UserConversationLimit);
        (await twilio.PostAsync($"Conversations/{three}/Participants/{projected}", ("Identity", "alice"))).Is(
            TwilioErrors.UserConversationLimit
        );
        (await twilio.PostAsync($"Conversations/{one}/Participants/alice", ("Attributes", "1"))).Ok();

        _ = freed switch
        {
            "leaves" => (await twilio.DeleteAsync($"Conversations/{one}/Participants/alice")).NoContent(),
            "closed" => (await twilio.PostAsync($"Conversations/{one}", ("State", "closed"))).Ok(),
            _ => (await twilio.DeleteAsync($"Conversations/{one}")).NoContent(),
        };

        (await twilio.PostAsync($"Conversations/{three}/Participants/{projected}", ("Identity", "alice"))).Ok();
        (
            await twilio.PostAsync(
                $"Conversations/{await twilio.NewConversationAsync()}/Participants",
                ("Identity", "alice")
            )
        ).Is(TwilioErrors.UserConversationLimit);
    }

    [Theory, OnEachStore]
    public async Task A_closed_conversation_reduces_the_counts_of_its_identities_once(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var (one, two) = (await twilio.NewConversationAsync(), await twilio.NewConversationAsync());
        await twilio.NewParticipantAsync(one, ("Identity", "alice"));
        await JoinedAsync(twilio, "alice", 999);
        (await twilio.PostAsync($"Conversations/{one}", ("State", "closed"))).Ok();
        (await twilio.DeleteAsync($"Conversations/{one}")).NoContent();

        await twilio.NewParticipantAsync(two, ("Identity", "alice"));
        (
            await twilio.PostAsync(
                $"Conversations/{await twilio.NewConversationAsync()}/Participants",
                ("Identity", "alice")
            )
        ).Is(TwilioErrors.UserConversationLimit);
    }

    [Theory]
    [OnEachStore("Identity", 256, nameof(TwilioErrors.IdentityTooLong))]
    [OnEachStore("MessagingBinding.Address", 256, nameof(TwilioErrors.InvalidAddress))]
    [OnEachStore("MessagingBinding.ProxyAddress", 256, nameof(TwilioErrors.InvalidProxyAddress))]
    public async Task Identity_and_addresses_have_at_most_256_characters(
        Store store,
        string name,
        int characters,
        string error
    )
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();
        (string Name, string Value)[] others = name switch
        {
            "MessagingBinding.Address" => [("MessagingBinding.ProxyAddress", "messenger:4712")],
            "MessagingBinding.ProxyAddress" => [("MessagingBinding.Address", "messenger:4711")],
            _ => [],
        };
        var longest = "messenger:".PadRight(characters, 'ü');

        (await twilio.PostAsync($"Conversations/{conversation}/Participants", [.. others, (name, longest + "ü")])).Is(
            error
        );
        Assert.Contains(
            longest,
            (await twilio.PostAsync($"Conversations/{conversation}/Participants", [.. others, (name, longest)]))
                .Created()
                .Text,
            StringComparison.Ordinal
        );
    }

    [Theory, OnEachStore]
    public async Task An_update_accepts_at_most_256_characters(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();
        var sid = await twilio.NewParticipantAsync(conversation, NewParticipant.Projected("+15017122661"));
        var path = $"Conversations/{conversation}/Participants/{sid}";

        (await twilio.PostAsync(path, ("Identity", new string('a', 257)))).Is(TwilioErrors.IdentityTooLong);
        (await twilio.PostAsync(path, ("MessagingBinding.ProxyAddress", "messenger:".PadRight(257, 'a')))).Is(
            TwilioErrors.InvalidProxyAddress
        );
        (await twilio.PostAsync(path, ("Identity", new string('a', 256)))).Ok();
    }

    // The counters decide. Creating thousands of participants or conversations would only make the test slow.
    private static async Task FillAsync(Twilio twilio, string conversation, int participants)
    {
        await using var scope = twilio.Server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
        await db.Set<Conversation>()
            .Where(c => c.Sid == conversation)
            .ExecuteUpdateAsync(c => c.SetProperty(r => r.ParticipantCount, r => r.ParticipantCount + participants));
    }

    private static async Task JoinedAsync(Twilio twilio, string identity, int conversations)
    {
        await using var scope = twilio.Server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
        await db.Set<User>()
            .Where(u => u.AccountSid == twilio.AccountSid && u.Identity == identity)
            .ExecuteUpdateAsync(u => u.SetProperty(r => r.ConversationCount, r => r.ConversationCount + conversations));
    }
}
