using System.Data.Common;
using System.Text.RegularExpressions;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Messages;
using Conversations.Api.Participants;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Conversations.Tests.Conformance;

/// <summary>The cost of requests: the number of database commands, and that no request reads a whole table.</summary>
public sealed partial class QueryTests
{
    [Theory, Everywhere]
    public async Task A_read_costs_one_command(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var rows = await SampleRows.MakeAsync(
            twilio.GetAsync,
            twilio.PostAsync,
            new("alice", "text"),
            twilio.ChatServiceSid
        );
        var byDate = (await twilio.GetAsync("Conversations?StartDate=2020-01-01&PageSize=1")).Ok();
        List<string> paths =
        [
            "Conversations?State=active",
            "Conversations?StartDate=2020-01-01",
            "Conversations?EndDate=9999-12-31&PageSize=1",
            byDate.Body["meta"]!["next_page_url"]!.GetValue<string>(),
        ];
        foreach (var resource in Resources.All.Where(resource => resource.Creates is null))
        {
            paths.AddRange(await ReadsOfAsync(twilio, rows, resource));
        }

        // Only the settings of a service need a second query, after the service.
        var settings = rows.PathOf(Resources.WebhookSettings);
        foreach (var path in paths)
        {
            Assert.Equal(
                (path, path == settings ? 2 : 1),
                (path, (await Command.OfAsync(() => twilio.GetAsync(path))).Count)
            );
        }
    }

    // The first and the next page of the list, a row by SID and by name, and an absent row; parents by SID and by name.
    private static async Task<IReadOnlyList<string>> ReadsOfAsync(Twilio twilio, SampleRows rows, ApiResource resource)
    {
        var path = rows.PathOf(resource, twilio.Shape);
        if (resource.SidPrefix is null)
        {
            return [path];
        }

        var list = rows.ListPathOf(resource, twilio.Shape);
        var one = rows.ListPathOf(resource, twilio.Shape, "?PageSize=1");
        var next = (await twilio.GetAsync(one)).Ok().Body["meta"]!["next_page_url"]?.GetValue<string>();
        if (!resource.HasRowPaths)
        {
            return [list, one, next ?? one];
        }

        var byName = Resources
            .NamedIn($"/v1/{resource.Path}")
            .Where(parent => parent.NameParameter is not null)
            .Aggregate(
                path,
                (named, parent) => named.Replace(rows.SidOf(parent), rows.Sample.Name, StringComparison.Ordinal)
            );
        string[] reads =
        [
            list,
            one,
            next ?? list,
            $"{path}/{rows.SidOf(resource)}",
            $"{path}/nobody",
            byName,
            $"{byName}/{rows.SidOf(resource)}",
            .. resource.NameParameter is null
                ? []
                : new[] { $"{path}/{rows.Sample.Name}", $"{byName}/{rows.Sample.Name}" },
        ];
        return [.. reads.Distinct()];
    }

    [Theory, OnEachStore]
    public async Task The_command_after_a_failed_one_is_counted(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        await using var scope = twilio.Server.Services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>().Database;

        await Assert.ThrowsAnyAsync<DbException>(() => database.ExecuteSqlRawAsync("SELECT nothing"));

        Assert.Single(await Command.OfAsync(() => database.ExecuteSqlRawAsync("SELECT 1")));
    }

    [Theory, Everywhere]
    public async Task A_write_costs_few_commands(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        var participants = $"Conversations/{conversation}/Participants";

        // The check, then one statement on PostgreSQL. On SQLite: the row lock of the conversation, and the inserts of
        // user and participant.
        Assert.Equal(store == Store.Sqlite ? 4 : 2, await CountAsync(("Identity", "alice")));
        Assert.Equal(
            store == Store.Sqlite ? 3 : 2,
            await CountAsync(
                ("MessagingBinding.Address", "+15558675310"),
                ("MessagingBinding.ProxyAddress", "+15017122661")
            )
        );
        // The check, the conversation's row, the author under its lock, and the insert. With participants that have an
        // address, also the insert of all receipts.
        Assert.Equal(5, await MessageAsync(conversation));
        var chat = await twilio.NewConversationAsync();
        await twilio.NewParticipantAsync(chat, ("Identity", "alice"));
        Assert.Equal(4, await MessageAsync(chat));
        // The check refuses this one.
        Assert.Single(await Command.OfAsync(() => twilio.PostAsync(participants, ("Identity", "alice"))));

        async Task<int> MessageAsync(string sid) =>
            (
                await Command.OfAsync(async () => (await twilio.PostAsync($"Conversations/{sid}/Messages")).Created())
            ).Count;

        async Task<int> CountAsync(params (string, string)[] form) =>
            (await Command.OfAsync(async () => (await twilio.PostAsync(participants, form)).Created())).Count;
    }

    [Theory, OnEachStore]
    public async Task A_request_without_credentials_costs_no_command(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();
        using var stranger = Twilio.NewClient(twilio.Server, twilio.AccountSid, "wrong");

        Assert.Empty(
            await Command.OfAsync(() =>
                stranger.GetAsync(new Uri($"/v1/Conversations/{conversation}/Participants", UriKind.Relative))
            )
        );
    }

    [NeedsPostgres]
    public async Task No_request_makes_PostgreSQL_read_a_whole_table()
    {
        var twilio = await Twilio.NewAccountAsync(Store.Postgres);
        var conversation = await twilio.NewConversationAsync(("UniqueName", "room"));
        var participant = await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        await using var scope = twilio.Server.Services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>().Database;
        await database.ExecuteSqlRawAsync(
            ManyRows,
            new NpgsqlParameter("service", twilio.ChatServiceSid),
            new NpgsqlParameter("conversation", conversation),
            new NpgsqlParameter("participant", participant)
        );
        await twilio.NewParticipantAsync(conversation, ("Identity", "bob"));
        var participants = $"Conversations/{conversation}/Participants";
        var next = (await twilio.GetAsync($"{participants}?PageSize=1")).Ok().Body["meta"]![
            "next_page_url"
        ]!.GetValue<string>();

        var commands = await Command.OfAsync(async () =>
        {
            (await twilio.GetAsync($"{participants}/{participant}")).Ok();
            (await twilio.GetAsync($"{participants}/alice")).Ok();
            (await twilio.GetAsync("Conversations/room/Participants/alice")).Ok();
            (await twilio.GetAsync($"{participants}?PageSize=1")).Ok();
            (await twilio.GetAsync(next)).Ok();
            (await twilio.GetAsync("Conversations?PageSize=5")).Ok();
            (await twilio.GetAsync("Users/alice")).Ok();
            (await twilio.GetAsync("Users?PageSize=5")).Ok();
            (await twilio.PostAsync(participants, ("Identity", "carol"))).Created();
            (
                await twilio.PostAsync(
                    participants,
                    ("MessagingBinding.Address", "+15558675310"),
                    ("MessagingBinding.ProxyAddress", "+15017122661")
                )
            ).Created();
            (await twilio.PostAsync($"{participants}/carol", ("Attributes", "{}"))).Ok();
            (await twilio.DeleteAsync($"{participants}/carol")).NoContent();
            (await twilio.PostAsync("Conversations/room", ("State", "closed"))).Ok();
            (await twilio.DeleteAsync($"Users/bob")).NoContent();
            (await twilio.DeleteAsync($"Conversations/{conversation}")).NoContent();
        });

        await using var connection = new NpgsqlConnection(database.GetConnectionString());
        await connection.OpenAsync();
        Assert.True(commands.Count > 20);
        foreach (var command in commands.Where(command => !command.Text.StartsWith("INSERT", StringComparison.Ordinal)))
        {
            var plan = await PlanAsync(connection, command);
            Assert.False(WholeTable().IsMatch(plan), $"{command.Text}\n{plan}");
        }
    }

    /// <summary>
    /// A page reads only its own rows and those of the previous page, however many other rows have the same date.
    /// </summary>
    [Theory, OnEachStore]
    public async Task Pages_of_conversations_by_date_are_ranges_of_one_index(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        await twilio.NewConversationAsync();
        await using var scope = twilio.Server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
        var database = db.Database;
        await AddConversationsAsync(db, twilio, 1000);
        var path = "Conversations?StartDate=2020-01-01&PageSize=2";
        var next = (await twilio.GetAsync(path)).Ok().Body["meta"]!["next_page_url"]!.GetValue<string>();

        var commands = await Command.OfAsync(async () =>
        {
            (await twilio.GetAsync(path)).Ok();
            (await twilio.In(Shape.Service).GetAsync(path)).Ok();
            (await twilio.GetAsync(next)).Ok();
            (await twilio.GetAsync($"{path}&State=active&EndDate=2031-01-01")).Ok();
        });

        Assert.Equal(4, commands.Count);
        await database.OpenConnectionAsync();
        foreach (var command in commands)
        {
            var plan = database.GetDbConnection() is NpgsqlConnection postgres
                ? await FreshPlanAsync(postgres, command)
                : await PlanAsync((SqliteConnection)database.GetDbConnection(), command);
            var isAfterToken = command == commands[2];

            // Only the previous page is sorted for its first row, once for each of two columns.
            Assert.Contains("ix_conversations_date_created", plan, StringComparison.Ordinal);
            Assert.DoesNotMatch(OtherThanIndex(), plan);
            Assert.Equal((plan, isAfterToken ? 2 : 0), (plan, Sort().Count(plan)));
            Assert.Equal((plan, isAfterToken ? 3 : 0), (plan, FromToken().Count(plan)));
        }
    }

    /// <summary>
    /// The newest page of a conversation reads its own rows only, however many messages the conversation has.
    /// </summary>
    [Theory, OnEachStore]
    public async Task Pages_of_messages_are_ranges_of_one_index(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var path = $"Conversations/{await twilio.NewConversationAsync(("UniqueName", "room"))}/Messages";
        await twilio.PostAsync(path);
        await using var scope = twilio.Server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
        await StoredMessages.CopyAsync(twilio, 2000);
        if (store == Store.Postgres)
        {
            await db.Database.ExecuteSqlRawAsync("ANALYZE messages");
        }

        var commands = await Command.OfAsync(async () =>
        {
            (await twilio.GetAsync($"{path}?PageSize=2")).Ok();
            (await twilio.GetAsync($"{path}?PageSize=2&PageToken=PT1000")).Ok();
            (await twilio.GetAsync($"{path}?PageSize=2&Order=desc")).Ok();
            (await twilio.GetAsync($"{path}?PageSize=2&Order=desc&PageToken=PT1000")).Ok();
            (await twilio.In(Shape.Service).GetAsync("Conversations/room/Messages?PageSize=2&Order=desc")).Ok();
        });

        Assert.Equal(5, commands.Count);
        await db.Database.OpenConnectionAsync();
        foreach (var command in commands)
        {
            var plan = db.Database.GetDbConnection() is NpgsqlConnection postgres
                ? await PlanAsync(postgres, command)
                : await PlanAsync((SqliteConnection)db.Database.GetDbConnection(), command);
            Assert.Contains("ux_messages_index", plan, StringComparison.Ordinal);
            Assert.DoesNotMatch(OtherThanMessageIndex(), plan);
            Assert.False(Sort().IsMatch(plan), plan);
        }
    }

    /// <summary>
    /// A page of the conversations of a user, an identity or an address reads its own rows, also for one that is in a
    /// thousand conversations, and counts the unread messages of its rows only.
    /// </summary>
    [Theory, OnEachStore]
    public async Task Pages_of_the_conversations_of_a_participant_are_ranges_of_one_index(Store store)
    {
        const int Count = 1000;
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();
        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        await twilio.NewParticipantAsync(conversation, NewParticipant.Sms("+15558675310", "+15017122661"));
        await using var scope = twilio.Server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
        await AddMembershipsAsync(db, twilio, Count);
        if (store == Store.Postgres)
        {
            // In a small table PostgreSQL would rather read all conversations in their order than look up each one.
            await db.Database.ExecuteSqlRawAsync(OtherConversations, new NpgsqlParameter("account", twilio.AccountSid));
        }

        string[] lists =
        [
            "ParticipantConversations?Identity=alice&PageSize=2",
            "ParticipantConversations?Address=%2B15558675310&PageSize=2",
            "Users/alice/Conversations?PageSize=2",
            $"Users/{(await twilio.GetAsync("Users/alice")).Ok()["sid"]}/Conversations?PageSize=2",
        ];
        foreach (var list in lists)
        {
            var first = (await twilio.GetAsync(list)).Ok().Body["meta"]!["next_page_url"]!.GetValue<string>();
            var middle = (await twilio.GetAsync(first.Replace("PageSize=2", "PageSize=20", StringComparison.Ordinal)))
                .Ok()
                .Body["meta"]!["next_page_url"]!
                .GetValue<string>()
                .Replace("PageSize=20", "PageSize=2", StringComparison.Ordinal);
            foreach (var page in new[] { list, middle })
            {
                var command = Assert.Single(await Command.OfAsync(() => twilio.GetAsync(page)));
                await db.Database.OpenConnectionAsync();
                if (store == Store.Postgres)
                {
                    // Other tests change the tables and their statistics meanwhile.
                    await db.Database.ExecuteSqlRawAsync("ANALYZE conversations; ANALYZE participants");
                }

                var plan = db.Database.GetDbConnection() is NpgsqlConnection postgres
                    ? await PlanAsync(postgres, command)
                    : await PlanAsync((SqliteConnection)db.Database.GetDbConnection(), command);
                Assert.Matches("ix_participants_(user|address)", plan);
                Assert.False(OtherThanMembershipIndex().IsMatch(plan), plan);
                Assert.False(Sort().IsMatch(plan), plan);
            }
        }
    }

    private const string OtherConversations = """
        INSERT INTO conversations
            SELECT (jsonb_populate_record(c, jsonb_build_object('sid', 'CH' || md5(n || c.sid)))).*
        FROM conversations c, generate_series(1, 20000) n
        WHERE c.sid = (SELECT min(sid) FROM conversations WHERE account_sid = @account);
        ANALYZE conversations; ANALYZE participants; ANALYZE messages
        """;

    /// <summary>The sweep reads the conversations whose timers have expired, and no others.</summary>
    [Theory, OnEachStore]
    public async Task The_sweep_of_the_timers_reads_a_range_of_an_index_for_each_date(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        await twilio.NewConversationAsync();
        await using var scope = twilio.Server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
        await AddConversationsAsync(db, twilio, 2000);
        if (store == Store.Postgres)
        {
            await db.Database.ExecuteSqlRawAsync("ANALYZE conversations");
        }

        var timers = scope.ServiceProvider.GetRequiredService<ConversationTimers>();
        List<Command> commands = [.. await Command.OfAsync(() => timers.DueAsync(db.Set<Conversation>(), default))];
        scope.ServiceProvider.GetRequiredService<AccountClock>().Set(MovedClock.At(DateTime.UtcNow));
        var own = db.Set<Conversation>().Where(c => c.AccountSid == twilio.AccountSid);
        commands.AddRange(await Command.OfAsync(() => timers.DueAsync(own, default)));

        Assert.Equal(4, commands.Count);
        await db.Database.OpenConnectionAsync();
        foreach (var (command, index) in commands.Zip(["date_inactive", "date_closed", "date_inactive", "date_closed"]))
        {
            var plan = db.Database.GetDbConnection() is NpgsqlConnection postgres
                ? await PlanAsync(postgres, command)
                : await PlanAsync((SqliteConnection)db.Database.GetDbConnection(), command);
            Assert.Contains($"ix_conversations_{index}", plan, StringComparison.Ordinal);
            Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
            Assert.False(Sort().IsMatch(plan), plan);
        }
    }

    // Enough rows to make a full scan expensive: 5,000 conversations with one participant and one user each, in 100
    // services, and ten more participants in the conversation of the test.
    private const string ManyRows = """
        INSERT INTO chat_services SELECT (jsonb_populate_record(s, jsonb_build_object('sid', 'IS' || md5(n::text)))).*
        FROM chat_services s, generate_series(0, 99) n WHERE s.sid = @service;
        INSERT INTO conversations SELECT (jsonb_populate_record(c, jsonb_build_object('sid', 'CH' || md5(n::text),
            'unique_name', 'room' || n, 'chat_service_sid', 'IS' || md5((n % 100)::text)))).*
        FROM conversations c, generate_series(1, 5000) n WHERE c.sid = @conversation;
        INSERT INTO users SELECT (jsonb_populate_record(u, jsonb_build_object('sid', 'US' || md5(n::text),
            'chat_service_sid', 'IS' || md5((n % 100)::text), 'identity', 'user' || n))).*
        FROM users u, participants p, generate_series(1, 5000) n WHERE u.sid = p.user_sid AND p.sid = @participant;
        INSERT INTO participants SELECT (jsonb_populate_record(p, jsonb_build_object('sid', 'MB' || md5(n::text),
            'identity', 'user' || n, 'user_sid', 'US' || md5(n::text),
            'conversation_sid', CASE WHEN n <= 10 THEN p.conversation_sid ELSE 'CH' || md5(n::text) END,
            'chat_service_sid', CASE WHEN n <= 10 THEN p.chat_service_sid ELSE 'IS' || md5((n % 100)::text) END))).*
        FROM participants p, generate_series(1, 5000) n WHERE p.sid = @participant;
        ANALYZE conversations; ANALYZE users; ANALYZE participants;
        """;

    // A scan of a table, or of its index without a condition, which also reads everything.
    [GeneratedRegex(
        @"Seq Scan on (participants|conversations|users)\b|Index (Only )?Scan\b.* on (participants|"
            + @"conversations|users)\b[^\n]*\n(?!\s*Index Cond)"
    )]
    private static partial Regex WholeTable();

    [GeneratedRegex(@"Seq Scan on conversations|Bitmap|SCAN conversations")]
    private static partial Regex OtherThanIndex();

    [GeneratedRegex(@"Sort  \(|USE TEMP B-TREE")]
    private static partial Regex Sort();

    // The position in the token limits the range of the index: date and SID together.
    [GeneratedRegex(
        @"Index Cond: .*ROW\(.*date_created, .*sid\) (<=|>) ROW\("
            + @"|USING INDEX ix_conversations_date_created \(chat_service_sid=\? AND .*\(date_created,"
            + @"sid\)[<>]\(\?,\?\)"
    )]
    private static partial Regex FromToken();

    // PostgreSQL names a sort of its own; SQLite a table or index that it scans, or builds to sort.
    [GeneratedRegex(@"Seq Scan on messages|Bitmap|SCAN (m|messages)\b")]
    private static partial Regex OtherThanMessageIndex();

    [GeneratedRegex(
        @"Seq Scan|Hash|Bitmap|Merge|SCAN (p|p0|participants|c|conversations|m|messages|u|users)\b|AUTOMATIC"
    )]
    private static partial Regex OtherThanMembershipIndex();

    private static async Task AddMembershipsAsync(ConversationsDbContext db, Twilio twilio, int count)
    {
        var one = await db.Set<Conversation>().SingleAsync(c => c.AccountSid == twilio.AccountSid);
        var members = await db.Set<Participant>().Where(p => p.AccountSid == twilio.AccountSid).ToListAsync();
        for (var number = 0; number < count; number++)
        {
            var now = DateTimeOffset.UtcNow;
            Conversation conversation = new()
            {
                Sid = Sids.New("CH", now),
                AccountSid = one.AccountSid,
                ChatServiceSid = one.ChatServiceSid,
                MessagingServiceSid = one.MessagingServiceSid,
                State = "active",
                NextMessageIndex = 1,
                ParticipantCount = 2,
                NonChatCount = 1,
                DateCreated = one.DateCreated,
                DateUpdated = one.DateUpdated,
            };
            db.Add(conversation);
            db.AddRange(
                members.Select(member => new Participant
                {
                    Sid = Sids.New("MB", now),
                    AccountSid = one.AccountSid,
                    ChatServiceSid = one.ChatServiceSid,
                    ConversationSid = conversation.Sid,
                    Identity = member.Identity,
                    UserSid = member.UserSid,
                    BindingType = member.BindingType,
                    Address = member.Address,
                    LastReadMessageIndex = 0,
                    RoleSid = member.RoleSid,
                    DateCreated = one.DateCreated,
                    DateUpdated = one.DateUpdated,
                })
            );
            db.Add(
                new Message
                {
                    Sid = Sids.New("IM", now),
                    AccountSid = one.AccountSid,
                    ChatServiceSid = one.ChatServiceSid,
                    ConversationSid = conversation.Sid,
                    Author = "system",
                    Attributes = "{}",
                    Body = "",
                    DateCreated = one.DateCreated,
                    DateUpdated = one.DateUpdated,
                }
            );
        }

        await db.SaveChangesAsync();
    }

    private static async Task AddConversationsAsync(ConversationsDbContext db, Twilio twilio, int count)
    {
        var one = await db.Set<Conversation>().SingleAsync(c => c.AccountSid == twilio.AccountSid);
        db.AddRange(
            Enumerable
                .Range(0, count)
                .Select(number => new Conversation
                {
                    Sid = Sids.New("CH", DateTimeOffset.UtcNow),
                    AccountSid = one.AccountSid,
                    ChatServiceSid = one.ChatServiceSid,
                    MessagingServiceSid = one.MessagingServiceSid,
                    State = "active",

                    // One half has a different day each, the other half the same date.
                    DateCreated = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddDays(
                        Math.Min(number, count / 2)
                    ),
                    DateUpdated = one.DateUpdated,
                })
        );
        await db.SaveChangesAsync();
    }

    private static async Task<string> PlanAsync(SqliteConnection connection, Command command)
    {
        await using var explain = connection.CreateCommand();
        explain.CommandText = $"EXPLAIN QUERY PLAN {command.Text}";
        foreach (var name in Parameter().Matches(command.Text).Select(match => match.Value).Distinct())
        {
            // An index of the rows with an empty text must not serve.
            explain.Parameters.AddWithValue(name, "x");
        }

        await using var reader = await explain.ExecuteReaderAsync();
        List<string> lines = [];
        while (await reader.ReadAsync())
        {
            lines.Add(reader.GetString(3));
        }

        return string.Join('\n', lines) + '\n';
    }

    [GeneratedRegex(@"@\w+")]
    private static partial Regex Parameter();

    // With the statistics of this moment. Other tests add and delete many rows of the table.
    private static async Task<string> FreshPlanAsync(NpgsqlConnection connection, Command command)
    {
        await using var analyze = new NpgsqlCommand("ANALYZE conversations", connection);
        await analyze.ExecuteNonQueryAsync();
        return await PlanAsync(connection, command);
    }

    private static async Task<string> PlanAsync(NpgsqlConnection connection, Command command)
    {
        await using var explain = new NpgsqlCommand($"EXPLAIN {command.Text}", connection);
        explain.Parameters.AddRange(command.Parameters.ToArray());
        await using var reader = await explain.ExecuteReaderAsync();
        List<string> lines = [];
        while (await reader.ReadAsync())
        {
            lines.Add(reader.GetString(0));
        }

        return string.Join('\n', lines) + '\n';
    }
}
