namespace Conversations.Tests.Http;

/// <summary>A fact that needs pg_dump and pg_restore in the folder of the server's tools.</summary>
public sealed class NeedsPostgresToolsAttribute()
    : NeedsAttribute(PostgresBinaries.WithTools is null ? "pg_dump and pg_restore are not installed" : null);
