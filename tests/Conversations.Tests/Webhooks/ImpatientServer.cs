using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Conversations.Tests.Webhooks;

/// <summary>Servers that lose patience with a receiver, of each kind one for each store and shared by all tests; and databases of one's own.</summary>
internal static class ImpatientServer
{
    public const int MaxAttempts = 3;

    private static readonly ConcurrentDictionary<
        (Store Store, string Setting, string Value),
        Lazy<Task<TestServer>>
    > Started = new();

    /// <summary>Does not wait long for an answer, but long enough for a receiver on a busy machine to notice that it was asked.</summary>
    public static Task<TestServer> OnAsync(Store store) => OnAsync(store, "Webhooks:TimeoutSeconds", "10");

    /// <summary>Sets aside what failed <see cref="MaxAttempts"/> times.</summary>
    public static Task<TestServer> GivingUpOnAsync(Store store) =>
        OnAsync(store, "Webhooks:MaxAttempts", $"{MaxAttempts}");

    /// <summary>Leads to a database that does not exist yet, on the PostgreSQL of this run.</summary>
    public static async Task<string> NewPostgresAsync()
    {
        var server = await TestServer.OnAsync(Store.Postgres);
        return new NpgsqlConnectionStringBuilder(
            server.Services.GetRequiredService<IConfiguration>().GetConnectionString("Postgres")
        )
        {
            Database = $"conversations_{Guid.NewGuid():N}",
        }.ConnectionString;
    }

    private static Task<TestServer> OnAsync(Store store, string setting, string value) =>
        Started
            .GetOrAdd((store, setting, value), key => new(() => StartAsync(key.Store, (key.Setting, key.Value))))
            .Value;

    private static async Task<TestServer> StartAsync(Store store, (string Key, string Value) setting) =>
        TestServer.With([
            setting,
            .. store == Store.Postgres
                ? [("ConnectionStrings:Postgres", await NewPostgresAsync())]
                : Array.Empty<(string, string)>(),
        ]);
}
