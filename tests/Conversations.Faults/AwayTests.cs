using System.Diagnostics;
using System.Net;
using Conversations.Api.Errors;
using Npgsql;
using Xunit.Abstractions;

namespace Conversations.Faults;

/// <summary>
/// The database is away, in every way that can be made: a request is answered with 503 in a bounded time, what was acknowledged is kept, health tells
/// the truth, and afterwards the server goes on by itself. A writing load runs all the time.
/// </summary>
public sealed class AwayTests(AwayTests.Setting setting, ITestOutputHelper output) : IClassFixture<AwayTests.Setting>
{
    private const int DatabaseSeconds = 2;

    // Six times what the server promises: the machine may be slow, a default of Npgsql or of nobody is slower.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(25);

    [NeedsOwnPostgres]
    public Task A_database_that_is_stopped() =>
        AwayAsync(s => s.Postgres.KillAsync(), s => s.Postgres.StartAgainAsync());

    [NeedsOwnPostgres]
    public Task A_database_that_can_not_be_reached() => AwayAsync(s => Do(s.Relay.Shut), s => Do(s.Relay.Open));

    [NeedsOwnPostgres]
    public Task A_database_that_froze() => AwayAsync(s => Do(s.Relay.Hold), s => Do(s.Relay.Release));

    [NeedsOwnPostgres]
    public Task A_database_that_is_too_slow() =>
        AwayAsync(
            s => Do(() => s.Relay.Delay = TimeSpan.FromSeconds(DatabaseSeconds)),
            s => Do(() => s.Relay.Delay = TimeSpan.Zero)
        );

    [NeedsOwnPostgres]
    public Task A_database_that_takes_no_more_connections() =>
        AwayAsync(
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
    public Task A_database_that_is_read_only() =>
        AwayAsync(
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

    /// <summary>A trigger stands for the full disk: to the server PostgreSQL's refusal is the same. That writes fail is seen by who writes, and not by a probe that writes nothing.</summary>
    [NeedsOwnPostgres]
    public Task A_database_whose_disk_is_full() =>
        AwayAsync(
            s =>
                s.ExecuteAsync(
                    """
                    CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full'; END $$;
                    CREATE TRIGGER full_disk BEFORE INSERT ON conversations FOR EACH ROW EXECUTE FUNCTION full_disk();
                    """
                ),
            s => s.ExecuteAsync("DROP FUNCTION full_disk CASCADE"),
            ready: HttpStatusCode.OK
        );

    [NeedsOwnPostgres]
    public async Task A_table_that_somebody_locked_holds_up_each_request_no_longer_than_the_limit()
    {
        await using NpgsqlConnection other = new();
        await AwayAsync(
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

    /// <param name="ready">What /health/ready says meanwhile; null for whatever it likes.</param>
    private async Task AwayAsync(
        Func<Setting, Task> takeAway,
        Func<Setting, Task> giveBack,
        HttpStatusCode? ready = HttpStatusCode.ServiceUnavailable
    )
    {
        var server = await setting.ServerAsync();
        Ledger ledger = new();
        await using Writers writers = new(() => server.Http, ledger);
        writers.Start();
        await writers.DoneAsync(20);

        TimeSpan answered;
        await takeAway(setting);
        try
        {
            answered = await CheckAwayAsync(server, ready);
        }
        finally
        {
            await giveBack(setting);
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
            difference => !difference.EndsWith("nobody asked for it", StringComparison.Ordinal)
        ); // That is of another test.
        output.WriteLine(
            $"503 after {answered.TotalSeconds:0.00} s, longest answer {writers.Slowest.TotalSeconds:0.00} s, back after {recovery.TotalSeconds:0.00} s, {ledger.Count(Outcome.Unknown)} unknown"
        );
    }

    /// <returns>How long an answer takes.</returns>
    private static async Task<TimeSpan> CheckAwayAsync(ServerProcess server, HttpStatusCode? ready)
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
            Assert.Equal(status, (await server.GetAsync("/health/ready")).Status);
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

    /// <summary>One server for all of them, and a way to its database that can be shut, held and slowed down.</summary>
    public sealed class Setting : IAsyncDisposable, IAsyncLifetime
    {
        private ServerProcess? server;

        internal PostgresServer Postgres { get; private set; } = null!;

        internal DatabaseRelay Relay { get; private set; } = null!;

        /// <summary>The name of the database.</summary>
        internal string Database { get; private set; } = "";

        /// <summary>Leads to it past the relay.</summary>
        internal string Direct { get; private set; } = "";

        public async Task<ServerProcess> ServerAsync()
        {
            if (server is null)
            {
                Postgres = await OwnPostgres.SharedAsync();
                Direct = Postgres.NewDatabase();
                Relay = new(Postgres.Host, Postgres.Port);
                NpgsqlConnectionStringBuilder settings = new(Direct) { Host = "127.0.0.1", Port = Relay.Port };
                Database = settings.Database!;

                // The patience of tests has no say here: the server's own is tried.
                settings.Remove("Timeout");
                settings.Remove("Command Timeout");

                // As an operator would: a superuser's connection is never one too many.
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
            }
        }
    }
}
