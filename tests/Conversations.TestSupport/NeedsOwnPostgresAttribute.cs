namespace Conversations.TestSupport;

/// <summary>A fact that stops PostgreSQL and therefore needs its own server.</summary>
public sealed class NeedsOwnPostgresAttribute() : NeedsAttribute(PostgresServer.NoneOfOnesOwn);
