using Microsoft.Data.Sqlite;
using Npgsql;

namespace Conversations.Tests.Http;

/// <summary>
/// The backups of src/docs/operations.md, taken while a server writes, and a server on the restored data.
/// </summary>
public sealed class BackupTests
{
    [NeedsPostgresTools]
    public async Task A_dump_taken_while_requests_write_can_be_restored()
    {
        // Tools and server have the same version.
        await using var postgres = await PostgresServer.StartAsync(given: null, PostgresBinaries.WithTools);
        await using var server = await ServerProcess.StartAsync(
            null,
            ("ConnectionStrings__Postgres", postgres.ConnectionString)
        );
        var folder = Directory.CreateTempSubdirectory("conversations-backup-").FullName;
        await PostgresBinaries.HandOverAsync(folder);
        NpgsqlConnectionStringBuilder original = new(postgres.ConnectionString);
        NpgsqlConnectionStringBuilder restored = new(postgres.ConnectionString)
        {
            Database = $"conversations_{Guid.NewGuid():N}",
        };
        var dump = Path.Combine(folder, "conversations.dump");

        var kept = await WriteMeanwhileAsync(
            server,
            () =>
                RunAsync(
                    "pg_dump",
                    "--format=custom",
                    $"--file={dump}",
                    $"--dbname={UrlOf(original, original.Database!)}"
                )
        );
        await RunAsync("createdb", $"--maintenance-db={UrlOf(original, "postgres")}", restored.Database!);
        await RunAsync("pg_restore", "--exit-on-error", $"--dbname={UrlOf(original, restored.Database!)}", dump);

        await using (
            var second = await ServerProcess.StartAsync(
                null,
                ("ConnectionStrings__Postgres", restored.ConnectionString)
            )
        )
        {
            await AssertWholeAsync(second, kept);
        }

        await RunAsync("dropdb", $"--maintenance-db={UrlOf(original, "postgres")}", restored.Database!);
        Directory.Delete(folder, recursive: true);

        Task RunAsync(string tool, params string[] arguments) =>
            PostgresBinaries.RunAsync(folder, PostgresBinaries.Command(PostgresBinaries.WithTools!, tool, arguments));
    }

    [Fact]
    public async Task A_server_starts_on_a_VACUUM_INTO_copy_taken_while_requests_write()
    {
        await using var server = await ServerProcess.StartAsync();
        var folder = Directory.CreateTempSubdirectory("conversations-backup-").FullName;

        var kept = await WriteMeanwhileAsync(
            server,
            async () =>
            {
                await using SqliteConnection connection = new(
                    $"Data Source={Path.Combine(server.Folder, "conversations.db")};Pooling=False"
                );
                await connection.OpenAsync();
                await using var vacuum = connection.CreateCommand();
                vacuum.CommandText = $"VACUUM INTO '{Path.Combine(folder, "conversations.db")}'";
                await vacuum.ExecuteNonQueryAsync();
            }
        );

        await using (var second = await ServerProcess.StartAsync(folder))
        {
            await AssertWholeAsync(second, kept);
        }

        Directory.Delete(folder, recursive: true);
    }

    /// <returns>The paths of the participants that existed before the backup began.</returns>
    private static async Task<IReadOnlyList<string>> WriteMeanwhileAsync(ServerProcess server, Func<Task> backup)
    {
        var participants =
            $"/v1/Conversations/{(await server.PostAsync("/v1/Conversations")).Created()["sid"]}/Participants";
        List<string> before = [];
        for (var i = 0; i < 20; i++)
        {
            before.Add($"{participants}/{(await CreateAsync($"early{i}"))["sid"]}");
        }

        using CancellationTokenSource done = new();
        TaskCompletionSource writing = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var writer = WriteAsync();
        await writing.Task;
        await backup();
        await done.CancelAsync();
        await writer;
        return before;

        async Task WriteAsync()
        {
            for (var i = 0; !done.IsCancellationRequested && i < 900; i++)
            {
                await CreateAsync($"meanwhile{i}");
                writing.TrySetResult();
            }
        }

        async Task<Answer> CreateAsync(string identity) =>
            (await server.PostAsync(participants, ("Identity", identity), ("Attributes", $"\"{identity}\""))).Created();
    }

    // All rows from before the backup exist, each participant with its user, and the server accepts writes.
    private static async Task AssertWholeAsync(ServerProcess server, IReadOnlyList<string> kept)
    {
        foreach (var path in kept)
        {
            var participant = (await server.GetAsync(path)).Ok();
            Assert.Equal($"\"{participant["identity"]}\"", participant["attributes"]);
        }

        var participants = kept[0][..kept[0].LastIndexOf('/')];
        var all = (await server.GetAsync($"{participants}?PageSize=1000")).Ok().Body["participants"]!.AsArray();
        Assert.InRange(all.Count, kept.Count, 1000);
        await Assert.AllAsync(
            all.Select(participant => participant!["identity"]!.GetValue<string>()),
            async identity => (await server.GetAsync($"/v1/Users/{identity}")).Ok()
        );
        (await server.PostAsync(participants, ("Identity", "afterwards"))).Created();
    }

    private static string UrlOf(NpgsqlConnectionStringBuilder server, string database) =>
        $"postgresql://{server.Username}"
        + $"{(server.Password is null ? "" : $":{Uri.EscapeDataString(server.Password)}")}@{server.Host}:"
        + $"{server.Port}/{database}";
}
