using System.Data;
using System.Globalization;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Data;

/// <summary>PostgreSQL, the database for production.</summary>
public sealed class PostgresDbContext(DbContextOptions<PostgresDbContext> options) : ConversationsDbContext(options)
{
    public override string LockForShare(string tables) => $" FOR SHARE OF {tables}";

    public override string LockForUpdate => " FOR UPDATE";

    public override string SelectFromJson(string table, IReadOnlyList<string> columns)
    {
        var names = string.Join(", ", columns.Select(column => $"\"{column}\""));
        return $"SELECT {names} FROM jsonb_populate_recordset(NULL::{table}, {{0}}::jsonb)";
    }

    // As Npgsql writes it: in whole microseconds, and infinity for the ends of .NET's dates.
    public override string DateInJson(DateTime value) =>
        value == DateTime.MaxValue ? "infinity"
        : value == DateTime.MinValue ? "-infinity"
        : value.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    public override string DateAfter(double seconds) =>
        string.Create(CultureInfo.InvariantCulture, $"now() + interval '{seconds:0.###} seconds'");

    protected override IsolationLevel SnapshotIsolation => IsolationLevel.RepeatableRead;

    // SIDs sort by byte, as in SQLite, independently of the cluster's locale.
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<string>().UseCollation("C");
    }
}
