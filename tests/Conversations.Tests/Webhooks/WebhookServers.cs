using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Conversations.Tests.Webhooks;

/// <summary>
/// Servers with special webhook settings, one for each setting and store, shared by all tests; and names of new
/// databases.
/// </summary>
internal static class WebhookServers
{
    public const int MaxAttempts = 3;

    private static readonly ConcurrentDictionary<
        (Store Store, string Setting, string Value),
        Lazy<Task<TestServer>>
    > Started = new();

    /// <summary>
    /// A server with a short webhook timeout. It is long enough for a receiver on a busy machine to notice the request.
    /// </summary>
    public static Task<TestServer> WithShortTimeoutAsync(Store store) =>
        OnAsync(store, "Webhooks:TimeoutSeconds", "10");

    /// <summary>A server that dead-letters an event after <see cref="MaxAttempts"/> attempts.</summary>
    public static Task<TestServer> WithFewAttemptsAsync(Store store) =>
        OnAsync(store, "Webhooks:MaxAttempts", $"{MaxAttempts}");

    /// <summary>The connection string of a database that does not exist yet, on the PostgreSQL of this run.</summary>
    public static async Task<string> NewPostgresDatabaseAsync()
    {
        var server = await TestServer.OnAsync(Store.Postgres);
        return new NpgsqlConnectionStringBuilder(
            server.Services.GetRequiredService<IConfiguration>().GetConnectionString("Postgres")
        )
        {
            Database = $"conversations_{Guid.NewGuid():N}",
        }.ConnectionString;
    }

    /// <summary>The setting of a new database for servers of the caller alone.</summary>
    public static async Task<(string Key, string Value)> NewDatabaseAsync(Store store) =>
        store == Store.Postgres
            ? ("ConnectionStrings:Postgres", await NewPostgresDatabaseAsync())
            : ("ConnectionStrings:Sqlite", "Data Source=:memory:");

    private static Task<TestServer> OnAsync(Store store, string setting, string value) =>
        Started
            .GetOrAdd((store, setting, value), key => new(() => StartAsync(key.Store, (key.Setting, key.Value))))
            .Value;

    private static async Task<TestServer> StartAsync(Store store, (string Key, string Value) setting) =>
        TestServer.With([
            setting,
            .. store == Store.Postgres
                ? [("ConnectionStrings:Postgres", await NewPostgresDatabaseAsync())]
                : Array.Empty<(string, string)>(),
        ]);
}
