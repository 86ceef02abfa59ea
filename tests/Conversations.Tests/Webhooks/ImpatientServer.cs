using System.Collections.Concurrent;
using Conversations.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Conversations.Tests.Webhooks;

/// <summary>A server that soon loses patience with a receiver and soon gives up, one for each store and shared by all tests; and databases of one's own.</summary>
internal static class ImpatientServer
{
    public const int MaxAttempts = 3;

    private static readonly ConcurrentDictionary<Store, Lazy<Task<TestServer>>> Started = new();

    public static Task<TestServer> OnAsync(Store store) => Started.GetOrAdd(store, s => new(() => StartAsync(s))).Value;

    /// <summary>Leads to a database that does not exist yet, on the PostgreSQL of this run.</summary>
    public static async Task<string> NewPostgresAsync()
    {
        var server = await TestServer.OnAsync(Store.Postgres);
        return new NpgsqlConnectionStringBuilder(server.Services.GetRequiredService<IConfiguration>().GetConnectionString("Postgres"))
        {
            Database = $"conversations_{Guid.NewGuid():N}",
        }.ConnectionString;
    }

    private static async Task<TestServer> StartAsync(Store store) => TestServer.With(
    [
        ("Webhooks:TimeoutSeconds", "2"), ("Webhooks:FirstPauseSeconds", "0.05"), ("Webhooks:MaxAttempts", $"{MaxAttempts}"),
        .. store == Store.Postgres ? [("ConnectionStrings:Postgres", await NewPostgresAsync())] : Array.Empty<(string, string)>(),
    ]);
}
