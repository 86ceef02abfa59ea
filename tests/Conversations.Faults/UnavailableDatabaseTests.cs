using System.Diagnostics;
using System.Net;
using Conversations.Api.Errors;
using Npgsql;
using Xunit.Abstractions;

namespace Conversations.Faults;

/// <summary>
/// The database becomes unavailable in every way that a test can produce. The server answers 503 in a bounded time,
/// keeps every acknowledged write, reports its health correctly and recovers without help. A write load runs all the
/// time.
/// </summary>
public sealed class UnavailableDatabaseTests(UnavailableDatabaseTests.Setting setting, ITestOutputHelper output)
    : IClassFixture<UnavailableDatabaseTests.Setting>
{
    private const int DatabaseSeconds = 2;

    // Six times the server's promise. The machine may be slow, but Npgsql's own timeouts, or none, are longer.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(25);

    [NeedsOwnPostgres]
    public Task Requests_get_503_while_the_database_is_stopped() =>
        WhileUnavailableAsync(s => s.Postgres.KillAsync(), s => s.Postgres.StartAgainAsync());

    [NeedsOwnPostgres]
    public Task Requests_get_503_while_the_database_is_unreachable() =>
        WhileUnavailableAsync(s => Do(s.Relay.Shut), s => Do(s.Relay.Open));

    [NeedsOwnPostgres]
    public Task Requests_get_503_while_the_database_is_frozen() =>
        WhileUnavailableAsync(s => Do(s.Relay.Hold), s => Do(s.Relay.Release));

    [NeedsOwnPostgres]
    public Task Requests_get_503_while_the_database_is_too_slow() =>
        WhileUnavailableAsync(
            s => Do(() => s.Relay.Delay = TimeSpan.FromSeconds(DatabaseSeconds)),
            s => Do(() => s.Relay.Delay = TimeSpan.Zero)
        );

    [NeedsOwnPostgres]
    public Task Requests_get_503_while_the_database_accepts_no_connections() =>
        WhileUnavailableAsync(
            async s =>
            {
                await s.Postgres.ExecuteAsync($"ALTER DATABASE {s.Database} CONNECTION LIMIT 0");
                await s.Postgres.ExecuteAsync(
                    $"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{s.Database}'"
                );
            },
            s => s.Postgres.ExecuteAsync($"ALTER DATABASE {s.Database} CONNECTION LIMIT -1")
        );

    [NeedsOwnPostgres]
    public Task Writes_get_503_while_the_database_is_read_only() =>
        WhileUnavailableAsync(
            async s =>
            {
                await s.Postgres.ExecuteAsync("ALTER SYSTEM SET default_transaction_read_only = on");
                await s.Postgres.ExecuteAsync("SELECT pg_reload_conf()");
            },
            async s =>
            {
                await s.Postgres.ExecuteAsync("ALTER SYSTEM RESET default_transaction_read_only");
                await s.Postgres.ExecuteAsync("SELECT pg_reload_conf()");
            }
        );

    /// <summary>
    /// A trigger replaces the full disk: PostgreSQL reports the same error to the server. Only a writer sees that
    /// writes fail; the readiness probe writes nothing.
    /// </summary>
    [NeedsOwnPostgres]
    public Task Writes_get_503_while_the_disk_of_the_database_is_full() =>
        WhileUnavailableAsync(
            s =>
                s.ExecuteAsync(
                    """
                    CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING
                        ERRCODE = 'disk_full'; END $$;
                    CREATE TRIGGER full_disk BEFORE INSERT ON conversations FOR EACH ROW EXECUTE FUNCTION full_disk();
                    """
                ),
            s => s.ExecuteAsync("DROP FUNCTION full_disk CASCADE"),
            ready: HttpStatusCode.OK
        );

    [NeedsOwnPostgres]
    public async Task A_request_waits_for_a_locked_table_no_longer_than_the_limit()
    {
        await using NpgsqlConnection other = new();
        await WhileUnavailableAsync(
            async s =>
            {
                other.ConnectionString = s.Direct;
                await other.OpenAsync();
                await using NpgsqlCommand hold = new("BEGIN; LOCK TABLE conversations IN EXCLUSIVE MODE", other);
                await hold.ExecuteNonQueryAsync();
            },
            _ => other.CloseAsync(),
            ready: null
        );
    }

    /// <param name="ready">The expected answer of /health/ready during the failure; null to skip this check.</param>
    private async Task WhileUnavailableAsync(
        Func<Setting, Task> breakDatabase,
        Func<Setting, Task> repair,
        HttpStatusCode? ready = HttpStatusCode.ServiceUnavailable
    )
    {
        var server = await setting.ServerAsync();
        Ledger ledger = new();
        await using Writers writers = new(() => server.Http, ledger);
        writers.Start();
        await writers.DoneAsync(20);

        TimeSpan answered;
        await breakDatabase(setting);
        try
        {
            answered = await CheckUnavailableAsync(server, ready);
        }
        finally
        {
            await repair(setting);
        }

        var back = Stopwatch.GetTimestamp();
        await UntilAsync(
            HttpStatusCode.Created,
            () => server.PostAsync("/v1/Conversations", ("UniqueName", $"back-{Guid.NewGuid():N}"))
        );
        var recovery = Stopwatch.GetElapsedTime(back);
        await UntilAsync(HttpStatusCode.OK, () => server.GetAsync("/health/ready"));
        await writers.DoneAsync(20);
        await writers.StopAsync();

        Assert.InRange(writers.Slowest, TimeSpan.Zero, Bound);
        Assert.InRange(recovery, TimeSpan.Zero, Bound);
        Assert.True(!writers.Failures.Any(), $"{string.Join('\n', writers.Failures)}\n{server.Output}");
        var rows = await Snapshot.OfAsync(Store.Postgres, setting.Direct);
        Invariants.Hold(rows);
        Assert.DoesNotContain(
            ledger.Differences(rows),
            difference => !difference.EndsWith("no client asked for it", StringComparison.Ordinal)
        ); // Another test in the same database created that row.
        output.WriteLine(
            $"503 after {answered.TotalSeconds:0.00} s, longest answer {writers.Slowest.TotalSeconds:0.00} s, "
                + $"back after {recovery.TotalSeconds:0.00} s, {ledger.Count(Outcome.Unknown)} unknown"
        );
    }

    /// <returns>How long an answer takes.</returns>
    private static async Task<TimeSpan> CheckUnavailableAsync(ServerProcess server, HttpStatusCode? ready)
    {
        await UntilAsync(HttpStatusCode.ServiceUnavailable, () => server.PostAsync("/v1/Conversations"));
        var started = Stopwatch.GetTimestamp();
        var refused = await server.PostAsync("/v1/Conversations");
        var answered = Stopwatch.GetElapsedTime(started);
        refused.Is(TwilioErrors.ServiceUnavailable);
        Assert.Equal("1", refused.Headers.RetryAfter?.ToString());
        Assert.Equal("Healthy", (await server.GetAsync("/health/live")).Ok().Text);
        if (ready is { } status)
        {
            await UntilAsync(status, () => server.GetAsync("/health/ready")); // A result is valid for a second.
        }

        return answered;
    }

    private static async Task UntilAsync(HttpStatusCode status, Func<Task<Answer>> request)
    {
        List<string> answers = [];
        for (var started = Stopwatch.GetTimestamp(); ; )
        {
            var answer = await request();
            if (answer.Status == status)
            {
                return;
            }

            answers.Add($"{(int)answer.Status} {answer.Text}");
            Assert.True(
                Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(4),
                $"Never {status}: {string.Join('\n', answers.Distinct())}"
            );
            await Task.Delay(50);
        }
    }

    private static Task Do(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    /// <summary>
    /// One server and one PostgreSQL for all tests of the class, with a relay between them that can be shut, held and
    /// slowed down.
    /// </summary>
    public sealed class Setting : IAsyncDisposable, IAsyncLifetime
    {
        private ServerProcess? server;

        internal PostgresServer Postgres { get; private set; } = null!;

        internal DatabaseRelay Relay { get; private set; } = null!;

        /// <summary>The name of the database.</summary>
        internal string Database { get; private set; } = "";

        /// <summary>The connection string of the database without the relay.</summary>
        internal string Direct { get; private set; } = "";

        public async Task<ServerProcess> ServerAsync()
        {
            if (server is null)
            {
                Postgres = await PostgresServer.StartOwnAsync();
                Direct = Postgres.NewDatabase();
                Relay = new(Postgres.Host, Postgres.Port);
                NpgsqlConnectionStringBuilder settings = new(Direct) { Host = "127.0.0.1", Port = Relay.Port };
                Database = settings.Database!;

                // The tests' long timeouts are removed, so that the server's own timeouts apply.
                settings.Remove("Timeout");
                settings.Remove("Command Timeout");

                // The server uses an ordinary role, as in production. A superuser gets a connection even when no more
                // are accepted.
                await Postgres.ExecuteAsync($"CREATE ROLE {Database} LOGIN CREATEDB");
                settings.Username = Database;
                server = await ServerProcess.StartAsync(
                    folder: null,
                    ("ConnectionStrings__Postgres", settings.ConnectionString),
                    ("Limits__DatabaseSeconds", $"{DatabaseSeconds}"),
                    ("Webhooks__TimeoutSeconds", "1"),
                    ("Serilog__MinimumLevel__Default", "Error")
                );
            }

            return server;
        }

        public async Task ExecuteAsync(string sql)
        {
            await using NpgsqlConnection connection = new(
                new NpgsqlConnectionStringBuilder(Direct) { Pooling = false }.ConnectionString
            );
            await connection.OpenAsync();
            await using NpgsqlCommand command = new(sql, connection);
            await command.ExecuteNonQueryAsync();
        }

        public Task InitializeAsync() => Task.CompletedTask;

        async Task IAsyncLifetime.DisposeAsync() => await DisposeAsync();

        public async ValueTask DisposeAsync()
        {
            if (server is not null)
            {
                await server.DisposeAsync();
                Relay.Dispose();
                await Postgres.DisposeAsync();
            }
        }
    }
}
