using System.Runtime.CompilerServices;

namespace Conversations.Tests.Conformance;

/// <summary>
/// The SQL of every compiled query and of every list, in Sql/ as one file for each database, so that a review shows
/// changes. With the environment variable UPDATE_SQL=true the test rewrites the files instead of comparing them.
/// </summary>
public sealed class SqlTests
{
    private static readonly string TooLong = new('x', 32_769);

    [Theory, OnEachStore]
    public async Task The_SQL_of_every_read_equals_the_reviewed_file(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var sid = await twilio.NewConversationAsync(("UniqueName", "room"));
        await twilio.NewParticipantAsync(await twilio.NewConversationAsync(), ("Identity", "alice"));
        var participant = await twilio.NewParticipantAsync(sid, ("Identity", "alice"));
        await twilio.NewParticipantAsync(sid, ("Identity", "bob"));
        var user = (await twilio.GetAsync("Users/alice")).Ok()["sid"];
        var message = (await twilio.PostAsync($"Conversations/{sid}/Messages")).Created()["sid"];
        (await twilio.PostAsync($"Conversations/{sid}/Messages")).Created();
        await twilio.PostAsync(
            $"Conversations/{sid}/Webhooks",
            ("Target", "webhook"),
            ("Configuration.Url", "http://localhost:1/"),
            ("Configuration.Filters", "onParticipantAdded")
        );
        List<string> wrong = [];
        foreach (var (name, read) in ReadsOf(twilio, sid, participant, message).Concat(ViewsOf(twilio, sid, user)))
        {
            await CompareAsync(store, name, await SqlOfAsync(read), wrong);
        }

        Assert.Equal([], wrong);
    }

    private static Dictionary<string, Func<Task<Answer>>> ReadsOf(
        Twilio twilio,
        string sid,
        string participant,
        string message
    )
    {
        var service = $"/v1/Services/{twilio.ChatServiceSid}";
        var dates = "StartDate=2020-01-01&EndDate=2999-01-01";
        return new()
        {
            ["participant by SID"] = () => twilio.GetAsync($"Conversations/{sid}/Participants/{participant}"),
            ["participant by identity"] = () => twilio.GetAsync($"Conversations/{sid}/Participants/alice"),
            ["participant by identity, conversation by UniqueName"] = () =>
                twilio.GetAsync("Conversations/room/Participants/alice"),
            ["participant of a named service"] = () =>
                twilio.GetAsync($"{service}/Conversations/{sid}/Participants/{participant}"),
            ["check of a new chat participant"] = () =>
                twilio.PostAsync($"Conversations/{sid}/Participants", ("Identity", "alice")),
            ["check of a new SMS participant"] = () =>
                twilio.PostAsync(
                    $"{service}/Conversations/room/Participants",
                    ("MessagingBinding.Address", "+15558675310"),
                    ("MessagingBinding.ProxyAddress", "+15017122661"),
                    ("Attributes", "no JSON")
                ),
            ["check of an update"] = () =>
                twilio.PostAsync($"Conversations/{sid}/Participants/alice", ("Attributes", "no JSON")),
            ["participants"] = () => twilio.GetAsync($"Conversations/{sid}/Participants?PageSize=1"),
            ["participants, next page"] = () => NextAsync($"Conversations/{sid}/Participants?PageSize=1"),
            ["participants, no such conversation"] = () => twilio.GetAsync("Conversations/nowhere/Participants"),
            ["webhooks of a conversation"] = () => twilio.GetAsync($"Conversations/{sid}/Webhooks"),
            ["message by SID"] = () => twilio.GetAsync($"Conversations/{sid}/Messages/{message}"),
            ["check of a new message"] = () =>
                twilio.PostAsync($"Conversations/{sid}/Messages", ("Attributes", "no JSON")),
            ["check of a new message with media"] = () =>
                twilio.PostAsync("Conversations/room/Messages", ("MediaSid", $"ME{message[2..]}"), ("Body", TooLong)),
            ["check of a changed message"] = () =>
                twilio.PostAsync($"Conversations/{sid}/Messages/{message}", ("Attributes", "no JSON")),
            ["messages"] = () => twilio.GetAsync($"Conversations/{sid}/Messages?PageSize=1"),
            ["messages, next page"] = () => NextAsync($"Conversations/{sid}/Messages?PageSize=1"),
            ["messages, newest first"] = () => twilio.GetAsync($"Conversations/{sid}/Messages?Order=desc"),
            ["messages, newest first, next page"] = () =>
                NextAsync("Conversations/room/Messages?Order=desc&PageSize=1"),
            ["receipts"] = () => twilio.GetAsync($"Conversations/{sid}/Messages/{message}/Receipts?PageSize=1"),
            ["receipts of a named conversation, none"] = () =>
                twilio.GetAsync($"Conversations/room/Messages/IM{message[2..]}x/Receipts"),
            ["receipt"] = () => twilio.GetAsync($"Conversations/{sid}/Messages/{message}/Receipts/DY{message[2..]}"),
            ["users"] = () => twilio.GetAsync("Users"),
            ["users, next page"] = () => NextAsync("Users?PageSize=1"),
            ["users of a named service"] = () => twilio.GetAsync($"{service}/Users"),
            ["roles"] = () => twilio.GetAsync("Roles"),
            ["services"] = () => twilio.GetAsync("/v1/Services"),
            ["conversations"] = () => twilio.GetAsync("Conversations"),
            ["conversations by state"] = () => twilio.GetAsync("Conversations?State=active"),
            ["conversations by date"] = () => twilio.GetAsync($"Conversations?{dates}"),
            ["conversations by date, next page"] = () => NextAsync($"Conversations?{dates}&PageSize=1"),
        };

        Task<Answer> NextAsync(string firstPage) => NextPageAsync(twilio, firstPage);
    }

    private static Dictionary<string, Func<Task<Answer>>> ViewsOf(Twilio twilio, string sid, string user)
    {
        var service = $"/v1/Services/{twilio.ChatServiceSid}";
        return new()
        {
            ["conversation of a user"] = () => twilio.GetAsync($"Users/alice/Conversations/{sid}"),
            ["conversation of a user by SIDs and name"] = () =>
                twilio.GetAsync($"{service}/Users/{user}/Conversations/room"),
            ["check of an update of a user's conversation"] = () =>
                twilio.PostAsync($"Users/alice/Conversations/{sid}", ("NotificationLevel", "loud")),
            ["conversations of a user"] = () => twilio.GetAsync("Users/alice/Conversations"),
            ["conversations of a user, next page"] = () => NextAsync($"Users/{user}/Conversations?PageSize=1"),
            ["conversations of an identity"] = () => twilio.GetAsync("ParticipantConversations?Identity=alice"),
            ["conversations of an identity, next page"] = () =>
                NextAsync("ParticipantConversations?Identity=alice&PageSize=1"),
            ["conversations of an address"] = () =>
                twilio.GetAsync($"{service}/ParticipantConversations?Address=%2B15558675310"),
        };

        Task<Answer> NextAsync(string firstPage) => NextPageAsync(twilio, firstPage);
    }

    private static async Task<Answer> NextPageAsync(Twilio twilio, string firstPage) =>
        await twilio.GetAsync(
            (await twilio.GetAsync(firstPage)).Ok().Body["meta"]!["next_page_url"]!.GetValue<string>()
        );

    // The last command, because a next page needs the first page first.
    private static async Task<string> SqlOfAsync(Func<Task<Answer>> read)
    {
        var commands = await Command.OfAsync(read);
        return commands[^1].Text.Replace("\r\n", "\n", StringComparison.Ordinal).Trim() + "\n";
    }

    private static async Task CompareAsync(Store store, string name, string sql, List<string> wrong)
    {
        var file = Path.Combine(Folder(), $"{store}".ToLowerInvariant(), $"{name}.sql");
        if (Environment.GetEnvironmentVariable("UPDATE_SQL") == "true")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, sql);
        }

        var reviewed = File.Exists(file) ? await File.ReadAllTextAsync(file) : "";
        if (reviewed != sql)
        {
            wrong.Add($"{file} differs from the server's current SQL:\n{sql}");
        }
    }

    private static string Folder([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "Sql");
}
