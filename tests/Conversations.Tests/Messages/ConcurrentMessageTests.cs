using System.Net;
using Conversations.Api.Errors;

namespace Conversations.Tests.Messages;

/// <summary>Indices under concurrent writers.</summary>
public sealed class ConcurrentMessageTests
{
    private const int Writers = 32;

    [Theory, OnEachStore]
    public async Task A_thousand_messages_of_32_writers_have_the_indices_0_to_999(Store store)
    {
        const int Count = 1000;
        var twilio = await Twilio.NewAccountAsync(store);
        var messages = $"Conversations/{await twilio.NewConversationAsync(("State", "inactive"))}/Messages";

        var indices = await WriteAsync(
            Count,
            async number => (await twilio.PostAsync(messages, ("Body", $"{number}"))).Created()
        );

        Assert.Equal(Enumerable.Range(0, Count).Select(index => (long)index), indices.Order());
        await Invariants.HoldAsync(twilio);
    }

    [Theory, OnEachStore]
    public async Task Deletes_updates_and_refused_messages_leave_no_gap_in_the_indices(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var messages = $"Conversations/{await twilio.NewConversationAsync()}/Messages";

        var indices = await WriteAsync(
            200,
            async number =>
            {
                var created = (await twilio.PostAsync(messages, ("Body", $"{number}"))).Created();
                (await twilio.PostAsync(messages, ("Attributes", "{"))).Is(TwilioErrors.AttributesNotJson);
                (await twilio.PostAsync(created["url"], ("Author", "alice"))).Ok();
                (await twilio.DeleteAsync(created["url"])).NoContent();
                return created;
            }
        );

        Assert.Equal(Enumerable.Range(0, 200).Select(index => (long)index), indices.Order());
        Assert.Empty((await twilio.GetAsync(messages)).Ok().Body["messages"]!.AsArray());
        await Invariants.HoldAsync(twilio);
    }

    [Theory, OnEachStore]
    public async Task One_of_many_messages_with_the_same_media_is_stored(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversations = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => twilio.NewConversationAsync()));

        var answers = await Task.WhenAll(
            conversations.Select(sid =>
                twilio.PostAsync($"Conversations/{sid}/Messages", ("MediaSid", $"ME{new string('a', 32)}"))
            )
        );

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Created);
        Assert.All(
            answers.Where(answer => answer.Status != HttpStatusCode.Created),
            answer => answer.Is(TwilioErrors.MediaAlreadySent)
        );
        await Invariants.HoldAsync(twilio);
    }

    [Theory, OnEachStore]
    public async Task No_message_follows_a_close_or_names_a_participant_that_left_before(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        for (var round = 0; round < 8; round++)
        {
            var conversation = await twilio.NewConversationAsync();
            var messages = $"Conversations/{conversation}/Messages";
            await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));

            var writes = Enumerable.Range(0, 8).Select(_ => twilio.PostAsync(messages, ("Author", "alice"))).ToList();
            (await twilio.PostAsync($"Conversations/{conversation}", ("State", "closed"))).Ok();
            var count = (await twilio.GetAsync(messages)).Ok().Body["messages"]!.AsArray().Count;

            var answers = await Task.WhenAll(writes);
            Assert.Equal(count, answers.Count(answer => answer.Status == HttpStatusCode.Created));
            Assert.All(
                answers.Where(answer => answer.Status != HttpStatusCode.Created),
                answer => answer.Is(TwilioErrors.ConversationClosed)
            );
        }

        await Invariants.HoldAsync(twilio);
    }

    private static async Task<List<long>> WriteAsync(int count, Func<int, Task<Answer>> createAsync)
    {
        var next = -1;
        var indices = await Task.WhenAll(
            Enumerable
                .Range(0, Writers)
                .Select(async _ =>
                {
                    List<long> own = [];
                    while (Interlocked.Increment(ref next) is var number && number < count)
                    {
                        own.Add((await createAsync(number)).Body["index"]!.GetValue<long>());
                    }

                    // Each writer's own messages have rising indices.
                    Assert.Equal(own.Order(), own);
                    return own;
                })
        );
        return [.. indices.SelectMany(own => own)];
    }
}
