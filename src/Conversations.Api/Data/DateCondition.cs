using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore.Sqlite.Update.Internal;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Update;
using Npgsql.EntityFrameworkCore.PostgreSQL.Update.Internal;

namespace Conversations.Api.Data;

/// <summary>
/// An UPDATE that sets the date of the update has the condition that the stored date is not later. So of two
/// concurrent updates the one with the earlier date conflicts, and its next check takes a later date.
/// </summary>
public static class DateCondition
{
    /// <summary>The original value of a date that may be earlier than the stored one.</summary>
    public static readonly DateTime AnyDate = DateTime.MaxValue;

    private static readonly string Column = JsonNamingPolicy.SnakeCaseLower.ConvertName(nameof(Resource.DateUpdated));

    internal static void Append(StringBuilder sql, ISqlGenerationHelper names, IEnumerable<IColumnModification> writes)
    {
        if (writes.FirstOrDefault(write => write.ColumnName == Column) is not { OriginalValue: DateTime latest } date)
        {
            return;
        }

        if (latest != AnyDate)
        {
            sql.Append(" AND ").Append(Column).Append(" <= ");
            names.GenerateParameterNamePlaceholder(sql, date.ParameterName!);
        }
    }
}

// EF Core has no public API for a condition of an UPDATE other than equality.
#pragma warning disable EF1001

/// <summary>The SQL of EF Core's updates on PostgreSQL, with <see cref="DateCondition"/>.</summary>
internal sealed class PostgresUpdates(UpdateSqlGeneratorDependencies dependencies)
    : NpgsqlUpdateSqlGenerator(dependencies)
{
    protected override void AppendUpdateCommand(
        StringBuilder commandStringBuilder,
        string name,
        string? schema,
        IReadOnlyList<IColumnModification> writeOperations,
        IReadOnlyList<IColumnModification> readOperations,
        IReadOnlyList<IColumnModification> conditionOperations,
        bool appendReturningOneClause = false
    )
    {
        AppendUpdateCommandHeader(commandStringBuilder, name, schema, writeOperations);
        AppendWhereClause(commandStringBuilder, conditionOperations);
        DateCondition.Append(commandStringBuilder, SqlGenerationHelper, writeOperations);
        AppendReturningClause(commandStringBuilder, readOperations, appendReturningOneClause ? "1" : null);
        commandStringBuilder.AppendLine(SqlGenerationHelper.StatementTerminator);
    }
}

/// <summary>The same on SQLite.</summary>
internal sealed class SqliteUpdates(UpdateSqlGeneratorDependencies dependencies)
    : SqliteUpdateSqlGenerator(dependencies)
{
    protected override void AppendUpdateCommand(
        StringBuilder commandStringBuilder,
        string name,
        string? schema,
        IReadOnlyList<IColumnModification> writeOperations,
        IReadOnlyList<IColumnModification> readOperations,
        IReadOnlyList<IColumnModification> conditionOperations,
        bool appendReturningOneClause = false
    )
    {
        AppendUpdateCommandHeader(commandStringBuilder, name, schema, writeOperations);
        AppendWhereClause(commandStringBuilder, conditionOperations);
        DateCondition.Append(commandStringBuilder, SqlGenerationHelper, writeOperations);
        AppendReturningClause(commandStringBuilder, readOperations, appendReturningOneClause ? "1" : null);
        commandStringBuilder.AppendLine(SqlGenerationHelper.StatementTerminator);
    }
}
