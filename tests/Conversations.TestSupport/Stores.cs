namespace Conversations.TestSupport;

/// <summary>The databases that are available on this machine.</summary>
public static class Stores
{
    public static IReadOnlyList<Store> Available { get; } =
        PostgresServer.Unavailable is null ? [Store.Sqlite, Store.Postgres] : [Store.Sqlite];
}
