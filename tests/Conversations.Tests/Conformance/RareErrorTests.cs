using Conversations.Api.Data;
using Conversations.Api.Errors;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Conversations.Tests.Conformance;

/// <summary>Errors that the database causes, and that no single request can provoke.</summary>
public sealed class RareErrorTests
{
    // A trigger replaces conflicting requests: the database reports the same error to the server.
    [Theory, OnEachStore]
    public async Task A_write_with_repeated_database_conflicts_answers_a_conflict(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        await ExecuteAsync(
            twilio,
            store == Store.Postgres
                ? $"""
                CREATE FUNCTION refuse_{twilio.AccountSid}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE
                    EXCEPTION USING ERRCODE = 'serialization_failure'; END $$;
                CREATE TRIGGER refuse_{twilio.AccountSid} BEFORE INSERT ON roles FOR EACH ROW WHEN (NEW.account_sid =
                    '{twilio.AccountSid}') EXECUTE FUNCTION refuse_{twilio.AccountSid}();
                """
                : $"""
                CREATE TRIGGER refuse_{twilio.AccountSid} BEFORE INSERT ON roles WHEN NEW.account_sid =
                    '{twilio.AccountSid}'
                BEGIN INSERT INTO roles SELECT * FROM roles WHERE account_sid = NEW.account_sid LIMIT 1; END
                """
        );
        var roles = (await twilio.GetAsync("Roles")).Ok().Body["roles"]!.AsArray().Count;

        (
            await twilio.PostAsync(
                "Roles",
                ("FriendlyName", "agent"),
                ("Type", "service"),
                ("Permission", "joinConversation")
            )
        ).Is(TwilioErrors.Conflict);

        Assert.Equal(roles, (await twilio.GetAsync("Roles")).Ok().Body["roles"]!.AsArray().Count);
        await ExecuteAsync(
            twilio,
            store == Store.Postgres
                ? $"DROP FUNCTION refuse_{twilio.AccountSid} CASCADE"
                : $"DROP TRIGGER refuse_{twilio.AccountSid}"
        );
        (
            await twilio.PostAsync(
                "Roles",
                ("FriendlyName", "agent"),
                ("Type", "service"),
                ("Permission", "joinConversation")
            )
        ).Created();
    }

    [Fact]
    public async Task Reads_continue_and_writes_time_out_while_another_process_writes_to_the_SQLite_file()
    {
        var folder = Directory.CreateTempSubdirectory("conversations-locked-").FullName;
        var file = $"Data Source={Path.Combine(folder, "conversations.db")}";
        await using (var server = TestServer.With(("ConnectionStrings:Sqlite", $"{file};Default Timeout=1")))
        {
            var twilio = await Twilio.NewAccountAsync(server);
            await using (SqliteConnection other = new($"{file};Pooling=False"))
            {
                await other.OpenAsync();
                await using var begin = other.CreateCommand();
                begin.CommandText = "BEGIN IMMEDIATE";
                await begin.ExecuteNonQueryAsync();

                var refused = await twilio.PostAsync("Conversations");
                refused.Is(TwilioErrors.ServiceUnavailable);
                Assert.Equal("1", refused.Headers.RetryAfter?.ToString());
                Assert.Empty((await twilio.GetAsync("Conversations")).Ok().Body["conversations"]!.AsArray());
            }

            await twilio.NewConversationAsync();
        }

        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task ExecuteAsync(Twilio twilio, string sql)
    {
        await using var scope = twilio.Server.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<ConversationsDbContext>().Database.ExecuteSqlRawAsync(sql);
    }
}
