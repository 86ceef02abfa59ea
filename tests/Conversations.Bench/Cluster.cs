using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Conversations.Bench;

/// <summary>
/// A private PostgreSQL on a free loopback port, configured as in production. Its folder is deleted at the end unless
/// the options keep it.
/// </summary>
internal sealed class Cluster : IAsyncDisposable
{
    private const string Settings = """

        listen_addresses = '127.0.0.1'
        max_connections = 500
        shared_buffers = 512MB
        effective_cache_size = 4GB
        max_wal_size = 4GB
        checkpoint_timeout = 15min
        random_page_cost = 1.1
        pg_stat_statements.track_utility = off

        """;

    private readonly string home;
    private readonly bool keep;
    private bool stopped;

    private Cluster(string home, bool keep, string binaries) =>
        (this.home, this.keep, Binaries) = (home, keep, binaries);

    public string Binaries { get; }

    /// <summary>The postmaster, the parent of all other processes of the cluster.</summary>
    public int ProcessId { get; private set; }

    public int Port { get; private set; }

    public bool HasStatistics { get; private set; }

    private string Data => Path.Combine(home, "data");

    private string Log => Path.Combine(home, "server.log");

    public static async Task<Cluster> StartAsync(string? keep, bool fsync)
    {
        Progress.Say("starting PostgreSQL");
        var home = keep is null
            ? Directory.CreateTempSubdirectory("conversations-bench-postgres-").FullName
            : Directory.CreateDirectory(Path.GetFullPath(keep)).FullName;
        await PostgresBinaries.HandOverAsync(home);
        Cluster cluster = new(
            home,
            keep is not null,
            PostgresBinaries.Installed ?? await PostgresBinaries.FetchAsync(home)
        );
        AppDomain.CurrentDomain.ProcessExit += cluster.StopAtExit;
        try
        {
            if (!Directory.Exists(cluster.Data))
            {
                await cluster.RunAsync(
                    "initdb",
                    "-D",
                    cluster.Data,
                    "-U",
                    "postgres",
                    "--auth=trust",
                    "--encoding=UTF8",
                    "--no-locale"
                );
                await File.AppendAllTextAsync(
                    Path.Combine(cluster.Data, "postgresql.conf"),
                    $"{Settings}unix_socket_directories = '{home}'\n"
                );
            }

            await cluster.LaunchAsync(fsync);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The folder of its Unix-domain socket.</summary>
    public string SocketFolder => home;

    public string ConnectionString(string database) =>
        $"Host=127.0.0.1;Port={Port};Username=postgres;Database={database}";

    /// <summary>A connection without a timeout, outside of any pool.</summary>
    public async Task<NpgsqlConnection> OpenAsync(string database = "postgres")
    {
        NpgsqlConnection connection = new(ConnectionString(database) + ";Pooling=false;Command Timeout=0");
        await connection.OpenAsync();
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref stopped, true))
        {
            return;
        }

        AppDomain.CurrentDomain.ProcessExit -= StopAtExit;
        if (Directory.Exists(Data))
        {
            // The command fails when the server never started. Then there is nothing to stop.
            await PostgresBinaries.TryRunAsync(
                home,
                Command("pg_ctl", "stop", "-m", keep ? "fast" : "immediate", "-t", "600", "-D", Data)
            );
        }

        if (!keep)
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private async Task LaunchAsync(bool fsync)
    {
        // Most packages of the server include the library of the extension, but not all.
        foreach (var library in (string[])["pg_stat_statements", ""])
        {
            Port = FreePort();
            var options = string.Create(
                CultureInfo.InvariantCulture,
                $"-p {Port} -c fsync={(fsync ? "on" : "off")} -c shared_preload_libraries={library}"
            );
            var (code, output) = await PostgresBinaries.TryRunAsync(
                home,
                Command("pg_ctl", "start", "-s", "-w", "-t", "600", "-D", Data, "-l", Log, "-o", options)
            );
            HasStatistics = library.Length > 0;
            if (code == 0)
            {
                ProcessId = int.Parse(
                    File.ReadLines(Path.Combine(Data, "postmaster.pid")).First(),
                    CultureInfo.InvariantCulture
                );
                if (HasStatistics)
                {
                    await using var connection = await OpenAsync();
                    await using NpgsqlCommand create = new(
                        "CREATE EXTENSION IF NOT EXISTS pg_stat_statements",
                        connection
                    );
                    await create.ExecuteNonQueryAsync();
                }

                return;
            }

            if (!HasStatistics)
            {
                throw new InvalidOperationException(
                    $"pg_ctl start ended with {code}: "
                        + $"{output}{Environment.NewLine}{(File.Exists(Log) ? await File.ReadAllTextAsync(Log) : "")}"
                );
            }
        }
    }

    private string[] Command(string tool, params string[] arguments) =>
        PostgresBinaries.Command(Binaries, tool, arguments);

    private Task<string> RunAsync(string tool, params string[] arguments) =>
        PostgresBinaries.RunAsync(home, Command(tool, arguments));

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void StopAtExit(object? sender, EventArgs e) => DisposeAsync().AsTask().GetAwaiter().GetResult();
}
