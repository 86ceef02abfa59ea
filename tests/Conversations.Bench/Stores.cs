using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Conversations.Bench;

/// <summary>The bench's direct access to a database, without the server.</summary>
internal abstract class Store(DbConnection connection) : IAsyncDisposable
{
    protected DbConnection Connection { get; } = connection;

    public async Task<object?> ScalarAsync(string sql)
    {
        await using var command = Connection.CreateCommand();
        (command.CommandText, command.CommandTimeout) = (sql, 0);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Prepares the database for bulk loading. <see cref="EndLoadAsync"/> restores its settings.</summary>
    public abstract Task BeginLoadAsync();

    public abstract Task EndLoadAsync();

    public abstract Task InsertAsync(
        string table,
        string[] columns,
        IEnumerable<object?[]> rows,
        CancellationToken cancellationToken
    );

    /// <summary>Removes the dead rows of one contest before the next.</summary>
    public abstract Task TidyAsync();

    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}

internal sealed class PostgresStore(NpgsqlConnection connection) : Store(connection)
{
    private const string Indexes = """
        SELECT indexname, indexdef FROM pg_indexes
        WHERE schemaname = 'public' AND tablename IN ('conversations', 'users', 'participants', 'messages')
            AND indexname NOT IN (SELECT conname FROM pg_constraint)
        """;

    private readonly List<(string Name, string Definition)> dropped = [];

    public override async Task BeginLoadAsync()
    {
        // Foreign keys hold by construction, and Loader.VerifyAsync checks them at the end.
        await ScalarAsync(
            "SET session_replication_role = replica; SET synchronous_commit = off; SET maintenance_work_mem = '512MB'"
        );
        await using (var command = new NpgsqlCommand(Indexes, connection))
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                dropped.Add((reader.GetString(0), reader.GetString(1)));
            }
        }

        foreach (var (name, _) in dropped)
        {
            await ScalarAsync($"DROP INDEX {name}");
        }
    }

    public override async Task EndLoadAsync()
    {
        foreach (var (_, definition) in dropped)
        {
            await ScalarAsync(definition);
        }

        await ScalarAsync("RESET session_replication_role; RESET synchronous_commit");
        await ScalarAsync("VACUUM (ANALYZE)");
        await ScalarAsync("CHECKPOINT");
    }

    public override async Task InsertAsync(
        string table,
        string[] columns,
        IEnumerable<object?[]> rows,
        CancellationToken cancellationToken
    )
    {
        await using var copy = await connection.BeginTextImportAsync(
            $"COPY {table} ({string.Join(',', columns)}) FROM STDIN",
            cancellationToken
        );
        foreach (var row in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await copy.WriteLineAsync(string.Join('\t', row.Select(Text)));
        }
    }

    public override async Task TidyAsync()
    {
        await ScalarAsync("VACUUM participants");
        await ScalarAsync("VACUUM users");
        await ScalarAsync("VACUUM messages");
        await ScalarAsync("VACUUM conversations");
    }

    private static string Text(object? value) =>
        value switch
        {
            null => "\\N",
            DateTime date => date.ToString("yyyy-MM-dd HH:mm:ss.ffffff'+00'", CultureInfo.InvariantCulture),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };
}

internal sealed class SqliteStore(SqliteConnection connection) : Store(connection)
{
    public override async Task BeginLoadAsync() =>
        await ScalarAsync("PRAGMA synchronous = OFF; PRAGMA cache_size = -262144");

    public override async Task EndLoadAsync() =>
        await ScalarAsync("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA synchronous = FULL");

    public override async Task InsertAsync(
        string table,
        string[] columns,
        IEnumerable<object?[]> rows,
        CancellationToken cancellationToken
    )
    {
        await using var transaction = connection.BeginTransaction();
        await using var command = connection.CreateCommand();
        command.CommandText =
            $"INSERT INTO {table} ({string.Join(',', columns)}) VALUES "
            + $"({string.Join(',', columns.Select(column => "$" + column))})";
        SqliteParameter[] values =
        [
            .. columns.Select(column => command.Parameters.Add(new SqliteParameter { ParameterName = "$" + column })),
        ];
        foreach (var row in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var i = 0; i < row.Length; i++)
            {
                values[i].Value = row[i] ?? DBNull.Value;
            }

            command.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    public override async Task TidyAsync() => await ScalarAsync("PRAGMA wal_checkpoint(PASSIVE)");
}
