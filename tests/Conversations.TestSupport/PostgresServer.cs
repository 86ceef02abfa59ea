using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Conversations.TestSupport;

/// <summary>
/// A real PostgreSQL with an empty database for one test run, without Docker: the server that the environment variable
/// CONVERSATIONS_TEST_POSTGRES (an Npgsql connection string) names, else a private one on a free loopback port, started
/// from the binaries that <see cref="PostgresBinaries"/> finds.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string Variable = "CONVERSATIONS_TEST_POSTGRES";

    private const string Settings = """

        listen_addresses = '127.0.0.1'
        unix_socket_directories = ''
        max_connections = 500
        shared_buffers = 128MB
        fsync = off
        synchronous_commit = off
        full_page_writes = off

        """;

    // When the test process is killed, the pipe ends and this guard stops the server. The waiting subshell is no child
    // of the test process, so it survives when the whole process tree of the test is killed. It retries, because an
    // initdb that was running goes on writing for a short time.
    private const string Guard = """
        exec 3<&0 >/dev/null 2>&1; trap '' HUP INT TERM
        ( cat <&3; for i in 1 2 3 4 5; do [ -d "$0" ] || exit; "$@"; rm -rf "$0"; sleep 1; done ) &
        """;

    private static readonly string? Given =
        Environment.GetEnvironmentVariable(Variable) is { } given && !string.IsNullOrWhiteSpace(given) ? given : null;

    private readonly string database;
    private readonly string? home;
    private readonly NpgsqlConnectionStringBuilder settings;
    private string? binaries;
    private string[] stop = [];
    private Process? guardian;
    private bool disposed;

    private PostgresServer(string server, string? folder, string database) =>
        (settings, home, this.database) = (new(server), folder, database);

    /// <summary>Null when a PostgreSQL is available, else the reason to skip. Only looks at files.</summary>
    public static string? Unavailable { get; } =
        Given is not null || PostgresBinaries.Missing is null
            ? null
            : $"No PostgreSQL for the tests: {Variable} is not set, {PostgresBinaries.Missing}.";

    /// <summary>
    /// Null when a test can start its own server (see <see cref="StartOwnAsync"/>), else the reason to skip.
    /// </summary>
    public static string? NoneOfOnesOwn => PostgresBinaries.Missing;

    /// <summary>
    /// Null when a test can start a standby (see <see cref="StartStandbyAsync"/>), else the reason to skip. The npm
    /// package has no pg_basebackup.
    /// </summary>
    public static string? NoStandby =>
        PostgresBinaries.InstalledWithCopy is null ? "No PostgreSQL with pg_basebackup is installed." : null;

    /// <summary>The host on which it listens.</summary>
    public string Host => settings.Host!;

    public int Port => settings.Port;

    /// <summary>The connection string of this run's empty database.</summary>
    public string ConnectionString =>
        new NpgsqlConnectionStringBuilder(settings.ConnectionString)
        {
            Database = database,
            IncludeErrorDetail = false,

            // A busy machine must not fail a test.
            Timeout = 120,
            CommandTimeout = 120,
        }.ConnectionString;

    /// <summary>Throws with the tool's output and the server's log when the server does not start.</summary>
    public static Task<PostgresServer> StartAsync() => StartAsync(Given, PostgresBinaries.Installed);

    /// <summary>
    /// Starts a server for the caller alone, regardless of the environment. The caller can kill it and start it again;
    /// the server keeps all acknowledged data.
    /// </summary>
    /// <param name="more">Lines of postgresql.conf. The last occurrence of a setting counts.</param>
    public static Task<PostgresServer> StartOwnAsync(string more = "") =>
        StartAsync(
            given: null,
            PostgresBinaries.InstalledWithCopy ?? PostgresBinaries.Installed,
            $"synchronous_commit = on\n{more}"
        );

    /// <summary>Starts a copy of the server that follows it as a standby.</summary>
    public async Task<PostgresServer> StartStandbyAsync()
    {
        PostgresServer standby = new(
            "Host=127.0.0.1;Username=postgres;Database=postgres",
            Directory.CreateTempSubdirectory("conversations-standby-").FullName,
            database
        );
        await standby.LaunchAsync(
            standby.home!,
            binaries!,
            data =>
                PostgresBinaries.Command(
                    binaries!,
                    "pg_basebackup",
                    "-D",
                    data,
                    "-h",
                    Host,
                    "-p",
                    Port.ToString(CultureInfo.InvariantCulture),
                    "-U",
                    "postgres",
                    "-R",
                    "-X",
                    "stream",
                    "-c",
                    "fast"
                ),
            more: ""
        );
        return standby;
    }

    /// <summary>Ends the server at once, without a shutdown.</summary>
    public Task KillAsync() => PostgresBinaries.RunAsync(home!, stop);

    /// <summary>Starts a killed server again on the same port and waits until it has recovered.</summary>
    public Task StartAgainAsync() => PostgresBinaries.RunAsync(home!, StartCommand());

    /// <summary>Makes a standby the primary.</summary>
    public Task PromoteAsync() =>
        PostgresBinaries.RunAsync(
            home!,
            PostgresBinaries.Command(binaries!, "pg_ctl", "promote", "-s", "-w", "-t", "300", "-D", DataOf(home!))
        );

    /// <summary>Executes a statement as the superuser, outside the database of this run.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using NpgsqlConnection connection = new(
            new NpgsqlConnectionStringBuilder(settings.ConnectionString) { Pooling = false }.ConnectionString
        );
        await connection.OpenAsync();
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>
    /// Uses the binaries of the npm package when there are neither a given server nor installed binaries.
    /// </summary>
    internal static async Task<PostgresServer> StartAsync(string? given, string? installed, string more = "")
    {
        if (given is null && installed is null && Unavailable is { } reason)
        {
            throw new InvalidOperationException(reason);
        }

        var folder = given is null ? Directory.CreateTempSubdirectory("conversations-postgres-").FullName : null;
        PostgresServer server = new(
            given ?? "Host=127.0.0.1;Username=postgres;Database=postgres",
            folder,
            $"conversations_{Guid.NewGuid():N}"
        );
        var started = false;
        try
        {
            if (folder is not null)
            {
                var tools = installed ?? await PostgresBinaries.FetchAsync(folder);
                await server.LaunchAsync(
                    folder,
                    tools,
                    data =>
                        PostgresBinaries.Command(
                            tools,
                            "initdb",
                            "-D",
                            data,
                            "-U",
                            "postgres",
                            "--auth=trust",
                            "--encoding=UTF8",
                            "--no-locale",
                            "--no-sync"
                        ),
                    more
                );
            }

            // Sessions of others on template1, the default template, would make this fail.
            await server.ExecuteAsync($"CREATE DATABASE {server.database} TEMPLATE template0");
            started = true;
            return server;
        }
        finally
        {
            if (!started && folder is not null)
            {
                await server.DisposeAsync();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, true))
        {
            return;
        }

        if (home is null)
        {
            await ExecuteAsync($"DROP DATABASE IF EXISTS {database} WITH (FORCE)");
            return;
        }

        AppDomain.CurrentDomain.ProcessExit -= DisposeAtExit;
        if (stop.Length > 0)
        {
            // The command fails when the server never started. Then there is nothing to stop.
            await PostgresBinaries.TryRunAsync(home, stop);
        }

        Directory.Delete(home, recursive: true);
        guardian?.StandardInput.Close();
        guardian?.Dispose();
    }

    private static string DataOf(string folder) => Path.Combine(folder, "data");

    private static string LogOf(string folder) => Path.Combine(folder, "server.log");

    private string[] StartCommand() =>
        PostgresBinaries.Command(
            binaries!,
            "pg_ctl",
            "start",
            "-s",
            "-w",
            "-t",
            "300",
            "-D",
            DataOf(home!),
            "-l",
            LogOf(home!),
            "-o",
            string.Create(CultureInfo.InvariantCulture, $"-p {settings.Port}")
        );

    /// <param name="make">The command that fills the data folder.</param>
    private async Task LaunchAsync(string folder, string tools, Func<string, string[]> make, string more)
    {
        var (data, log) = (DataOf(folder), LogOf(folder));
        binaries = tools;
        stop = PostgresBinaries.Command(tools, "pg_ctl", "stop", "-s", "-t", "300", "-m", "immediate", "-D", data);
        AppDomain.CurrentDomain.ProcessExit += DisposeAtExit;
        if (!OperatingSystem.IsWindows())
        {
            ProcessStartInfo guard = new("/bin/sh", ["-c", Guard, folder, .. stop])
            {
                RedirectStandardInput = true,
                WorkingDirectory = "/",
            };
            guardian = Process.Start(guard);
        }

        await PostgresBinaries.HandOverAsync(folder);
        await PostgresBinaries.RunAsync(folder, make(data));
        await File.AppendAllTextAsync(Path.Combine(data, "postgresql.conf"), Settings + more);
        for (var attempt = 1; ; attempt++)
        {
            File.Delete(log);
            settings.Port = FreePort();
            var (code, output) = await PostgresBinaries.TryRunAsync(folder, StartCommand());
            if (code == 0)
            {
                return;
            }

            // Another process may take a free port before the server binds it.
            var said = File.Exists(log) ? await File.ReadAllTextAsync(log) : "(no server log)";
            if (attempt == 3 || !said.Contains("could not bind", StringComparison.Ordinal))
            {
                throw new InvalidOperationException(
                    $"pg_ctl start ended with {code}: {output}{Environment.NewLine}{said}"
                );
            }
        }
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void DisposeAtExit(object? sender, EventArgs e) => DisposeAsync().AsTask().GetAwaiter().GetResult();
}
