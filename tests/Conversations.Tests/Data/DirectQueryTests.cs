using System.Linq.Expressions;
using System.Reflection;
using Conversations.Api.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Conversations.Tests.Data;

/// <summary>A <see cref="DirectQuery{TResult}"/> returns the same rows as EF Core.</summary>
public sealed class DirectQueryTests
{
    private static readonly MethodInfo Compare = typeof(DirectQueryTests).GetMethod(
        nameof(CompareAsync),
        BindingFlags.NonPublic | BindingFlags.Static
    )!;

    [Theory, OnEachStore]
    public async Task Rows_of_every_entity_are_the_same_as_those_of_EF_Core(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        await CreateRowsAsync(twilio);
        await using var scope = twilio.Server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();

        List<string> compared = [];
        foreach (var type in db.Model.GetEntityTypes().Select(entity => entity.ClrType))
        {
            if (type.GetProperty("AccountSid") is not null)
            {
                var rows = await (Task<int>)Compare.MakeGenericMethod(type).Invoke(null, [db, twilio.AccountSid])!;
                compared.AddRange(rows > 0 ? [type.Name] : []);
            }
        }

        string[] expected = ["ChatService", "Conversation", "ConversationWebhook", "Message", "Participant", "Role"];
        Assert.Empty(expected.Except(compared));
    }

    // Participants of every kind, and values that need conversion: dates, lists, numbers, nulls.
    private static async Task CreateRowsAsync(Twilio twilio)
    {
        var sid = await twilio.NewConversationAsync(("UniqueName", "room"), ("Timers.Inactive", "P1D"));
        await twilio.NewParticipantAsync(sid, ("Identity", "alice"), ("DateCreated", "2020-01-02T03:04:05Z"));
        await twilio.NewParticipantAsync(
            sid,
            ("MessagingBinding.Address", "whatsapp:+15558675310"),
            ("MessagingBinding.ProxyAddress", "whatsapp:+15017122661"),
            ("Attributes", """{"n":1}""")
        );
        var group = await twilio.NewConversationAsync();
        await twilio.NewParticipantAsync(group, ("MessagingBinding.Address", "+15558675311"));
        await twilio.NewParticipantAsync(
            group,
            ("Identity", "bob"),
            ("MessagingBinding.ProjectedAddress", "+15558675329")
        );
        (await twilio.PostAsync($"Conversations/{sid}/Messages", ("Body", "x"), ("Author", "alice"))).Created();
        (
            await twilio.PostAsync(
                $"Conversations/{sid}/Participants/alice",
                ("LastReadMessageIndex", "0"),
                ("LastReadTimestamp", "2021-01-02T03:04:05Z")
            )
        ).Ok();
        (
            await twilio.PostAsync(
                $"Conversations/{sid}/Webhooks",
                ("Target", "webhook"),
                ("Configuration.Url", "http://localhost:1/"),
                ("Configuration.Filters", "onParticipantAdded"),
                ("Configuration.Filters", "onMessageAdded")
            )
        ).Created();
    }

    private static async Task<int> CompareAsync<T>(ConversationsDbContext db, string account)
        where T : class
    {
        Expression<Func<ConversationsDbContext, ResourcePath, IQueryable<T>>> ofAccount = (context, at) =>
            context.Set<T>().Where(row => EF.Property<string>(row, "AccountSid") == at.AccountSid);
        var expected = await db.Set<T>().Where(row => EF.Property<string>(row, "AccountSid") == account).ToListAsync();
        List<T> given = [];
        await foreach (var row in new DirectQuery<T>(ofAccount).ReadAsync(db, new(account, null), [], default))
        {
            given.Add(row);
        }

        Assert.Equal(TextsOf(db, expected), TextsOf(db, given));
        return given.Count;
    }

    private static IEnumerable<string> TextsOf<T>(ConversationsDbContext db, IEnumerable<T> rows)
    {
        var properties = db.Model.FindEntityType(typeof(T))!.GetProperties().ToList();
        return rows.Select(row =>
                string.Join(", ", properties.Select(p => TextOf(p.Name, p.PropertyInfo!.GetValue(row))))
            )
            .Order(StringComparer.Ordinal);
    }

    private static string TextOf(string name, object? value) =>
        name
        + "="
        + value switch
        {
            DateTime date => $"{date:O}",
            IEnumerable<string> list => string.Join('|', list),
            _ => value,
        };
}
