namespace Conversations.TestSupport;

public sealed class NeedsPostgresAttribute() : NeedsAttribute(PostgresServer.Unavailable);
