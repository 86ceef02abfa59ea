namespace Conversations.TestSupport;

/// <summary>A fact that needs a standby of its PostgreSQL.</summary>
public sealed class NeedsStandbyAttribute() : NeedsAttribute(PostgresServer.NoStandby);
