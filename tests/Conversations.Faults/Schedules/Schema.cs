using System.Text.RegularExpressions;
using Npgsql;

namespace Conversations.Faults.Schedules;

/// <summary>The tables and foreign keys of the database, from which it knows what a statement touches.</summary>
internal sealed partial class Schema
{
    // Their rows have no date of an update.
    private static readonly string[] WithoutDate = ["accounts", "webhook_settings", "webhook_deliveries"];

    private readonly HashSet<string> tables = [];

    // By the table with the foreign key: the tables that it refers to.
    private readonly Dictionary<string, HashSet<string>> parents = [];

    // By the table referred to: all that a deletion of its rows reaches.
    private readonly Dictionary<string, HashSet<string>> descendants = [];

    private readonly HashSet<string> ofAccounts = [];

    /// <summary>The tables whose rows belong to accounts, each after those that it refers to.</summary>
    public IEnumerable<string> TablesOfAccounts =>
        ofAccounts
            .OrderBy(table => descendants.Values.Count(reached => reached.Contains(table)))
            .ThenBy(table => table, StringComparer.Ordinal);

    public static async Task<Schema> ReadAsync(NpgsqlConnection connection)
    {
        Schema schema = new();
        await using NpgsqlCommand tables = new(
            "SELECT c.relname, p.relname, c.relname = 'accounts' OR EXISTS (SELECT 1 FROM pg_attribute a "
                + "WHERE a.attrelid = c.oid AND a.attname = 'account_sid') FROM pg_class c "
                + "LEFT JOIN pg_constraint f ON f.conrelid = c.oid AND f.contype = 'f' "
                + "LEFT JOIN pg_class p ON p.oid = f.confrelid "
                + "WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace",
            connection
        );
        await using var rows = await tables.ExecuteReaderAsync();
        while (await rows.ReadAsync())
        {
            var table = rows.GetString(0);
            schema.tables.Add(table);
            if (rows.GetBoolean(2))
            {
                schema.ofAccounts.Add(table);
            }

            schema.parents.TryAdd(table, []);
            if (!rows.IsDBNull(1))
            {
                schema.parents[table].Add(rows.GetString(1));
            }
        }

        foreach (var table in schema.tables)
        {
            schema.AddDescendants(schema.descendants[table] = [], table);
        }

        return schema;
    }

    /// <summary>What the statement touches, by its text and by the statements before it in its transaction.</summary>
    public Footprint FootprintOf(HeldStatement statement)
    {
        if (statement.Transaction is not { } transaction)
        {
            var alone = Parse(statement.Sql);
            return new()
            {
                Reads = alone.Reads,
                Checks = alone.Locks.Count > 0 ? [] : [.. alone.Reads.Except(WithoutDate)],
                Locks = alone.Locks,
                Frees = alone.Locks,
                Publishes = Written(alone.Locks),
                IsUnknown = alone.IsUnknown,
            };
        }

        var before = transaction.Statements.ConvertAll(Parse);
        if (!EndOfTransaction().IsMatch(statement.Sql))
        {
            var inside = Parse(statement.Sql);
            return transaction.IsSnapshot ? InSnapshot(inside, isFirst: before is []) : inside;
        }

        Dictionary<string, LockMode> locks = [];
        foreach (var (table, mode) in before.SelectMany(footprint => footprint.Locks))
        {
            Footprint.Add(locks, table, mode);
        }

        return new()
        {
            Frees = locks,
            Publishes = statement.Sql.StartsWith("COMMIT", StringComparison.Ordinal) ? Written(locks) : [],
            IsUnknown = before.Exists(footprint => footprint.IsUnknown),
        };
    }

    // The first statement decides what all of them see, whatever they read. A write may fail later.
    private Footprint InSnapshot(Footprint inside, bool isFirst) =>
        new() { Reads = isFirst ? tables : [], IsUnknown = inside.IsUnknown || inside.Locks.Count > 0 };

    private Footprint Parse(string sql)
    {
        var named = Word().Matches(sql).Select(word => word.Value).Where(tables.Contains).ToHashSet();
        Dictionary<string, LockMode> locks = [];
        foreach (Match write in Write().Matches(sql))
        {
            var table = write.Groups["table"].Value;
            if (write.Value.StartsWith("DELETE", StringComparison.Ordinal))
            {
                Footprint.Add(locks, table, LockMode.Delete);
                foreach (var reached in descendants.GetValueOrDefault(table) ?? [])
                {
                    Footprint.Add(locks, reached, LockMode.Delete);
                }
            }
            else
            {
                Footprint.Add(locks, table, LockMode.Write);
                foreach (var parent in parents.GetValueOrDefault(table) ?? [])
                {
                    Footprint.Add(locks, parent, LockMode.Key);
                }
            }
        }

        foreach (Match read in LockingRead().Matches(sql))
        {
            var mode = read.Groups["mode"].Value == "SHARE" ? LockMode.Share : LockMode.Delete;
            named.ToList().ForEach(table => Footprint.Add(locks, table, mode));
        }

        return new()
        {
            Reads = named,
            Locks = locks,
            IsUnknown = !Known().IsMatch(sql) || named.Count == 0 || !locks.Keys.All(tables.Contains),
        };
    }

    private static HashSet<string> Written(Dictionary<string, LockMode> locks) =>
        [.. locks.Where(taken => taken.Value >= LockMode.Write).Select(taken => taken.Key)];

    private void AddDescendants(HashSet<string> found, string table)
    {
        foreach (var child in tables.Where(child => parents[child].Contains(table) && found.Add(child)))
        {
            AddDescendants(found, child);
        }
    }

    [GeneratedRegex(@"^\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH)\b")]
    private static partial Regex Known();

    [GeneratedRegex(@"^\s*(COMMIT|ROLLBACK)\s*;?\s*$")]
    private static partial Regex EndOfTransaction();

    [GeneratedRegex("[a-z_]+")]
    private static partial Regex Word();

    [GeneratedRegex(@"\b(INSERT INTO|UPDATE|DELETE FROM)\s+(ONLY\s+)?""?(?<table>[a-z_]+)""?")]
    private static partial Regex Write();

    [GeneratedRegex(@"\bFOR\s+(NO\s+KEY\s+|KEY\s+)?(?<mode>UPDATE|SHARE)\b")]
    private static partial Regex LockingRead();
}
