using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Conversations.Bench;

/// <summary>
/// One run: starts the necessary processes, measures what the options ask for, and ends the processes.
/// </summary>
internal sealed partial class Bench(Options options, Build build, string folder, CancellationToken cancellationToken)
    : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> started = new();
    private readonly Dictionary<int, Target> servers = [];
    private Cluster? cluster;
    private Contest? contest;

    public string? PostgresVersion { get; private set; }

    public IReadOnlyList<Outcome> Outcomes => contest?.Outcomes ?? [];

    /// <summary>Compares the server with the floor and pgbench.</summary>
    public async Task FloorAsync(Measuring measuring)
    {
        var server = await ServerAsync(options.Rows);
        var floor = server with
        {
            Name = "floor",
            Host = Keep(await build.StartFloorAsync(cluster!.ConnectionString(server.PostgresDatabase!))),
        };
        var operations = Operations.Plain.Where(options.Includes).ToList();
        operations
            .Where(operation => operation.HasFloor)
            .ToList()
            .ForEach(operation => RequireSameBody(operation, server, floor));
        await server.Loader.ResetAsync();

        var pgBench = await PgBenchAsync(server);
        foreach (var connections in options.Connections)
        {
            foreach (var operation in operations)
            {
                await ContestOf(measuring)
                    .RunAsync(
                        "the server and the floor",
                        operation.Name,
                        connections,
                        new(server, operation),
                        operation.HasFloor ? new(floor, operation) : null,
                        connections == 16 && operation.HasFloor
                            ? () => pgBench.RateAsync(operation, connections, options.Seconds)
                            : null
                    );
            }
        }
    }

    /// <summary>Compares the server with a variant of it, on the same database.</summary>
    public async Task OtherAsync(Measuring measuring)
    {
        var server = await ServerAsync(options.Rows);
        NpgsqlConnectionStringBuilder connection = new(cluster!.ConnectionString(server.PostgresDatabase!));
        connection.MaxPoolSize = options.Pool ?? connection.MaxPoolSize;
        connection.Host = options.Socket ? cluster.SocketFolder : connection.Host;
        var published = options.Against is { } folder ? new Build(folder) : build;
        var other = server with
        {
            Name = "variant",
            Host = Keep(await published.StartOnPostgresAsync(connection.ConnectionString)),
        };
        foreach (var connections in options.Connections)
        {
            foreach (var operation in Operations.Plain.Where(options.Includes))
            {
                await ContestOf(measuring)
                    .RunAsync(
                        "the server and a variant of it",
                        operation.Name,
                        connections,
                        new(server, operation),
                        new(other, operation)
                    );
            }
        }
    }

    /// <summary>Compares the server with emulate, which keeps everything in the memory of one thread.</summary>
    public async Task EmulateAsync(Measuring measuring, string installedFolder)
    {
        var server = await ServerAsync(options.Rows);
        Emulate emulate = new(Keep(await Emulate.StartAsync(installedFolder, folder)));
        var peer = server with { Name = "emulate", Host = emulate.Host, PostgresDatabase = null };
        (Operation Own, Operation Its)[] small =
        [
            (Operations.List, Operations.EmulateList),
            (Operations.CreateChat, Operations.EmulateCreate),
            (Operations.Send, Operations.EmulateSend),
        ];
        await RunAsync("the server and emulate", await emulate.LoadSmallAsync(cancellationToken), small);

        // A conversation of Twilio's has at most 1,000 participants, and emulate has no limit.
        var large = await emulate.LoadLargeAsync(cancellationToken);
        await RunAsync(
            $"the server with 1,000 participants in a conversation, and emulate with {Emulate.LargeSize:N0}",
            large,
            [(Operations.ListDeep, Operations.EmulateList)]
        );

        async Task RunAsync(string group, IReadOnlyList<string> places, (Operation Own, Operation Its)[] operations)
        {
            foreach (var (own, its) in operations.Where(both => options.Includes(both.Own)))
            {
                await ContestOf(measuring)
                    .RunAsync(group, own.Name, 16, new(server, own), new(peer with { Places = places }, its));
            }
        }
    }

    /// <summary>Compares operations that must not cost more when there is more data.</summary>
    public async Task FlatAsync(Measuring measuring, int many, int few)
    {
        var (large, small) = (await ServerAsync(many), await ServerAsync(few));
        var contest = ContestOf(measuring);
        foreach (
            var operation in new[]
            {
                Operations.FetchBySid,
                Operations.FetchByIdentity,
                Operations.List,
                Operations.CreateChat,
                Operations.CreateBound,
            }.Where(options.Includes)
        )
        {
            await contest.RunAsync(
                $"{many:N0} rows, and {few:N0}",
                operation.Name,
                16,
                new(large, operation),
                new(small, operation)
            );
        }

        // Each connection has its own conversation.
        var mostConnections = Math.Min(16, Math.Min(large.Dataset.NearlyFullCount, large.Dataset.SingleCount));
        (Operation First, Operation Second, int Connections)[] places =
        [
            (Operations.UsersDeep, Operations.Users, 16),
            (Operations.ListDeep, Operations.List, 16),
            (Operations.CreateThousandth, Operations.CreateSecond, mostConnections),
            (Operations.FetchByIdentity, Operations.FetchBySid, 16),
        ];
        foreach (var (first, second, connections) in places.Where(place => options.Includes(place.First)))
        {
            await contest.RunAsync(
                $"at {many:N0} rows",
                $"{first.Name} / {second.Name}",
                connections,
                new(large, first),
                new(large, second)
            );
        }
    }

    /// <summary>Compares the server on SQLite with the server on PostgreSQL.</summary>
    public async Task SqliteAsync(Measuring measuring)
    {
        var (sqlite, postgres) = (await SqliteServerAsync(options.Rows), await ServerAsync(options.Rows));
        foreach (var operation in Operations.Plain.Where(options.Includes))
        {
            await ContestOf(measuring)
                .RunAsync(
                    "SQLite and PostgreSQL",
                    operation.Name,
                    16,
                    new(sqlite, operation),
                    new(postgres, operation)
                );
        }

        if (sqlite.Host.LockedCount > 0)
        {
            throw new InvalidOperationException(
                $"The server's log says \"{Host.Locked}\" {sqlite.Host.LockedCount} times."
            );
        }
    }

    /// <summary>Measures the start of the server as published by default and as a self-contained publish.</summary>
    public async Task<IReadOnlyList<Start>> StartAsync() =>
        [
            await StartAsync(build, "published"),
            await StartAsync(
                await Build.PublishAsync(Path.Combine(folder, "self-contained"), "--self-contained"),
                "published, self-contained"
            ),
        ];

    private async Task<Start> StartAsync(Build build, string name)
    {
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "start")).FullName, "conversations.db");
        await (await build.StartOnSqliteAsync(file)).DisposeAsync();
        List<(double Milliseconds, double Memory)> starts = [];
        for (var i = 0; i < 7; i++)
        {
            Progress.Say($"{name}: start {i + 1} of 7");
            var begun = System.Diagnostics.Stopwatch.GetTimestamp();
            await using var host = await build.StartOnSqliteAsync(file);
            RequestBuffer request = new();
            request.Get("Conversations");
            using Connection connection = new(host.Port);
            if (connection.Send(request.Bytes, out _) != 200)
            {
                throw new InvalidOperationException("The first answer is empty.");
            }

            starts.Add((System.Diagnostics.Stopwatch.GetElapsedTime(begun).TotalMilliseconds, host.Memory));
        }

        return new(
            name,
            starts.Select(start => start.Milliseconds).Median(),
            [.. starts.Select(start => start.Milliseconds)],
            starts.Select(start => start.Memory).Median()
        );
    }

    public async Task<Soak> SoakAsync(Measuring measuring, double minutes)
    {
        var server = await ServerAsync(options.Rows);
        var fresh = server with
        {
            Host = Keep(await build.StartOnPostgresAsync(cluster!.ConnectionString(server.PostgresDatabase!))),
        };
        List<double> memory = [fresh.Host.Memory];
        var (requests, errors) = (0.0, 0L);
        for (var passed = 0.0; passed < minutes * 60; passed += 10)
        {
            Progress.Say($"soak: {passed:0} of {minutes * 60:0} s, {memory[^1]:0} MiB");
            var round = await measuring.RoundAsync(fresh, Operations.Mix, 16, 10, cancellationToken);
            (requests, errors) = (requests + (round.Rate * 10), errors + round.Errors.Values.Sum());
            memory.Add(fresh.Host.Memory);
        }

        await server.Loader.TidyAsync();
        return new(
            minutes,
            (long)requests,
            errors,
            memory[0],
            memory.Max(),
            memory.Count > 12 ? memory[12] : null,
            memory[^1],
            memory
        );
    }

    public async ValueTask DisposeAsync()
    {
        while (started.TryPop(out var last))
        {
            await last.DisposeAsync();
        }
    }

    /// <summary>Starts PostgreSQL if an option needs it.</summary>
    public async Task<Cluster?> StartClusterAsync()
    {
        if (!options.NeedsCluster)
        {
            return null;
        }

        cluster = Keep(await Cluster.StartAsync(options.Keep, options.Fsync));
        await using var connection = await cluster.OpenAsync();
        PostgresVersion = connection.PostgreSqlVersion.ToString();
        return cluster;
    }

    private Contest ContestOf(Measuring measuring) => contest ??= new(measuring, options, cancellationToken);

    private T Keep<T>(T disposable)
        where T : IAsyncDisposable
    {
        started.Push(disposable);
        return disposable;
    }

    private async Task<Target> ServerAsync(int rows)
    {
        if (servers.TryGetValue(rows, out var known))
        {
            return known;
        }

        Dataset dataset = new(rows);
        var (database, loaded) = (
            $"rows_{rows}",
            "SELECT shobj_description(oid, 'pg_database') = 'loaded' FROM pg_database WHERE datname = "
        );
        await using var administration = new PostgresStore(await cluster!.OpenAsync());
        var isLoaded = await administration.ScalarAsync($"{loaded}'{database}'") is true;
        if (!isLoaded)
        {
            await administration.ScalarAsync($"DROP DATABASE IF EXISTS {database}");
        }

        // The server creates the database and its tables.
        var host = Keep(await build.StartOnPostgresAsync(cluster.ConnectionString(database)));
        var store = Keep(new PostgresStore(await cluster.OpenAsync(database)));
        Loader loader = new(store, dataset);
        if (isLoaded)
        {
            await loader.TidyAsync();
        }
        else
        {
            await loader.LoadAsync(cancellationToken);
            await administration.ScalarAsync($"COMMENT ON DATABASE {database} IS 'loaded'");
        }

        return servers[rows] = new("server", host, dataset, loader, database);
    }

    private async Task<Target> SqliteServerAsync(int rows)
    {
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "sqlite")).FullName, "conversations.db");
        var host = Keep(await build.StartOnSqliteAsync(file));
        SqliteConnection connection = new($"Data Source={file};Pooling=false");
        await connection.OpenAsync(cancellationToken);
        Dataset dataset = new(rows);
        Loader loader = new(Keep(new SqliteStore(connection)), dataset);
        await loader.LoadAsync(cancellationToken);
        return new("server on SQLite", host, dataset, loader, null);
    }

    private async Task<PgBench> PgBenchAsync(Target server)
    {
        await using var store = new PostgresStore(await cluster!.OpenAsync(server.PostgresDatabase!));
        return new(
            cluster,
            server.PostgresDatabase!,
            server.Dataset,
            (string)
                (
                    await store.ScalarAsync(
                        "SELECT default_conversation_role_sid FROM chat_services WHERE sid = "
                            + $"'{Dataset.ChatServiceSid}'"
                    )
                )!,
            (string)
                (
                    await store.ScalarAsync(
                        "SELECT default_chat_service_role_sid FROM chat_services WHERE sid = "
                            + $"'{Dataset.ChatServiceSid}'"
                    )
                )!
        );
    }

    // The floor must answer the same body, or the comparison is meaningless.
    private static void RequireSameBody(Operation operation, Target server, Target floor)
    {
        for (var round = 9000; round < 9020; round++)
        {
            var (expected, given) = (BodyOf(operation, server, round), BodyOf(operation, floor, round + 50));
            if (expected != given)
            {
                throw new InvalidOperationException(
                    $"{operation.Name}: the server answers\n{expected}\nbut the floor answers\n{given}"
                );
            }
        }
    }

    private static string BodyOf(Operation operation, Target target, int round)
    {
        // The same random choices with new names.
        RequestBuffer request = new();
        operation.Write(
            request,
            new(
                new(target.Host.Port, operation.Name, 1, 0, target.Dataset.Rows, operation.Adds ? round : round % 50),
                0
            )
        );
        using Connection connection = new(target.Host.Port);
        var status = connection.Send(request.Bytes, out var body);
        var text = Encoding.UTF8.GetString(body);
        return status == operation.Status
            ? operation.Adds
                ? NewInEach().Replace(text, "…")
                : text
            : $"{status} {text}";
    }

    [GeneratedRegex(@"(MB|IM)[0-9a-f]{32}|(?<=""index"":)\d+|new-\d+|\+4475\d{8}|20\d\d-[^""]+Z")]
    private static partial Regex NewInEach();
}
