using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Conversations.Tests.Http;

/// <summary>
/// A database that this version can't use ends the start, and every command, with one sentence and exit code 1.
/// </summary>
public sealed class OtherDatabaseTests
{
    private const string Migration = "99990101000000_Next";

    private static readonly string[][] Commands =
    [
        [],
        ["webhooks"],
        ["webhooks", "resend"],
        ["webhooks", "discard", "1"],
    ];

    [Theory, OnEachStore]
    public async Task A_database_of_a_newer_version_is_named_and_not_changed(Store store)
    {
        await using var postgres = store == Store.Postgres ? await PostgresServer.StartAsync() : null;
        (string Name, string Value) database = postgres is null
            ? ("ConnectionStrings__Sqlite", "conversations.db")
            : ("ConnectionStrings__Postgres", postgres.ConnectionString);
        await using var first = await ServerProcess.StartAsync(folder: null, database);
        await first.KillAsync();
        var file = Path.Combine(first.Folder, "conversations.db");
        const string Insert = $"""INSERT INTO "__EFMigrationsHistory" VALUES ('{Migration}', '11.0.0')""";
        await (postgres is null ? SqliteFile.ExecuteAsync(file, Insert) : ExecuteAsync(postgres, Insert));

        foreach (var command in Commands)
        {
            AssertNamed(database.Name, Migration, await EndAsync(first.Folder, database, command));
        }
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_named_and_not_changed()
    {
        var folder = Directory.CreateTempSubdirectory("conversations-text-").FullName;
        var file = Path.Combine(folder, "notes.txt");
        foreach (var text in new[] { "x", "notes", string.Concat(Enumerable.Repeat("these are notes ", 1000)) })
        {
            await File.WriteAllTextAsync(file, text);
            foreach (var command in Commands)
            {
                AssertNamed(
                    "ConnectionStrings__Sqlite",
                    file,
                    await EndAsync(folder, ("ConnectionStrings__Sqlite", file), command)
                );
            }

            Assert.Equal(text, await File.ReadAllTextAsync(file));
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_program_that_is_no_PostgreSQL_is_named()
    {
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        _ = AnswerAsync(other);
        var settings = $"Host=127.0.0.1;Port={((IPEndPoint)other.LocalEndpoint).Port};Username=x;Database=x";

        foreach (var command in Commands)
        {
            AssertNamed(
                "ConnectionStrings__Postgres",
                "PostgreSQL",
                await EndAsync(null, ("ConnectionStrings__Postgres", settings), command)
            );
        }
    }

    private static async Task AnswerAsync(TcpListener other)
    {
        try
        {
            while (true)
            {
                using var client = await other.AcceptTcpClientAsync();
                await client
                    .GetStream()
                    .WriteAsync("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"u8.ToArray());
            }
        }
        catch (SocketException)
        {
            // The test has ended.
        }
    }

    private static Task<Ended> EndAsync(string? folder, (string Name, string Value) database, string[] command) =>
        ServerProcess.EndAsync(
            folder,
            [("ASPNETCORE_ENVIRONMENT", "Development"), ("ASPNETCORE_URLS", "http://127.0.0.1:0"), database],
            command
        );

    private static void AssertNamed(string setting, string also, Ended ended)
    {
        Assert.True(ended.Code == 1, $"Exit code {ended.Code}:\n{ended.Output}");
        Assert.StartsWith(setting, ended.Errors, StringComparison.Ordinal);
        Assert.Contains(also, ended.Errors, StringComparison.Ordinal);
        Assert.Single(ended.Errors.Split('\n'));
        Assert.EndsWith(".", ended.Errors, StringComparison.Ordinal);
        Assert.Equal(ended.Errors, ended.Output);
    }

    private static async Task ExecuteAsync(PostgresServer postgres, string sql)
    {
        await using NpgsqlConnection connection = new(postgres.ConnectionString);
        await connection.OpenAsync();
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
