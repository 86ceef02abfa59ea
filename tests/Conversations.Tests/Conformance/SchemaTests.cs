using Conversations.Api.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.Extensions.DependencyInjection;

namespace Conversations.Tests.Conformance;

/// <summary>One model on two databases: no migration is missing, and both schemas are the same.</summary>
public sealed class SchemaTests
{
    [Fact]
    public void The_model_has_no_changes_without_a_migration()
    {
        using var postgres = (
            (IDesignTimeDbContextFactory<PostgresDbContext>)new DesignTimeFactories()
        ).CreateDbContext([]);
        using var sqlite = (
            (IDesignTimeDbContextFactory<SqliteDbContext>)new DesignTimeFactories()
        ).CreateDbContext([]);

        Assert.False(postgres.Database.HasPendingModelChanges());
        Assert.False(sqlite.Database.HasPendingModelChanges());
    }

    [NeedsPostgres]
    public async Task Both_databases_have_the_same_tables_columns_keys_and_indexes()
    {
        var sqlite = await LinesAsync(Store.Sqlite, SqliteSchema);

        Assert.Contains("column participants.identity null", sqlite);
        Assert.Contains("key participants(sid)", sqlite);
        Assert.Contains("unique chat_services.account_sid", sqlite);
        Assert.Contains("reference participants.conversation_sid conversations CASCADE", sqlite);
        Assert.Contains(
            "index participants.ux_participants_active_binding(account_sid, active_binding) unique where "
                + "active_binding is not null",
            sqlite
        );
        Assert.Equal(sqlite, await LinesAsync(Store.Postgres, PostgresSchema));
    }

    private const string SqliteSchema = """
        WITH tables AS (SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT
            LIKE '\_\_EF%' ESCAPE '\')
        SELECT 'column ' || t.name || '.' || c.name || CASE c."notnull" WHEN 0 THEN ' null' ELSE '' END AS "Value"
        FROM tables t, pragma_table_info(t.name) c
        UNION ALL
        SELECT 'key ' || t.name || '(' || c.name || ')' FROM tables t, pragma_table_info(t.name) c WHERE c.pk > 0
        UNION ALL
        SELECT 'reference ' || t.name || '.' || f."from" || ' ' || f."table" || ' ' || f.on_delete FROM tables t,
            pragma_foreign_key_list(t.name) f
        UNION ALL
        SELECT 'index ' || t.name || '.' || i.name
            || '(' || (SELECT group_concat(name, ', ') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno))
                || ')'
            || CASE i."unique" WHEN 1 THEN ' unique' ELSE '' END
            || CASE i.partial WHEN 1 THEN ' where ' || lower(substr(m.sql, instr(m.sql, ' WHERE ') + 7)) ELSE '' END
        FROM tables t, pragma_index_list(t.name) i JOIN sqlite_master m ON m.name = i.name
        WHERE i.origin = 'c'
        UNION ALL
        SELECT 'unique ' || t.name || '.' || c.name
        FROM tables t, pragma_index_list(t.name) i, pragma_index_info(i.name) c WHERE i.origin = 'u'
        """;

    private const string PostgresSchema = """
        WITH tables AS (SELECT c.oid, c.relname::text AS name FROM pg_class c WHERE c.relnamespace =
            'public'::regnamespace AND c.relkind = 'r' AND c.relname NOT LIKE '\_\_EF%')
        SELECT 'column ' || t.name || '.' || a.attname || CASE WHEN a.attnotnull THEN '' ELSE ' null' END AS "Value"
        FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
        UNION ALL
        SELECT 'key ' || t.name || '(' || a.attname || ')'
        FROM tables t JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype = 'p' JOIN pg_attribute a ON a.attrelid =
            t.oid AND a.attnum = ANY (k.conkey)
        UNION ALL
        SELECT 'reference ' || t.name || '.' || a.attname || ' ' || k.confrelid::regclass || ' ' || CASE k.confdeltype
            WHEN 'c' THEN 'CASCADE' WHEN 'a' THEN 'NO ACTION' ELSE k.confdeltype::text END
        FROM tables t JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype = 'f' JOIN pg_attribute a ON a.attrelid =
            t.oid AND a.attnum = ANY (k.conkey)
        UNION ALL
        SELECT 'index ' || t.name || '.' || c.relname
            || '(' || (SELECT string_agg(pg_get_indexdef(i.indexrelid, n, true), ', ' ORDER BY n) FROM
                generate_series(1, i.indnkeyatts) n) || ')'
            || CASE WHEN i.indisunique THEN ' unique' ELSE '' END
            || COALESCE(' where ' || replace(lower(pg_get_expr(i.indpred, i.indrelid, true)), '::text', ''), '')
        FROM tables t JOIN pg_index i ON i.indrelid = t.oid AND NOT i.indisprimary JOIN pg_class c ON c.oid =
            i.indexrelid
        WHERE NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype = 'u')
        UNION ALL
        SELECT 'unique ' || t.name || '.' || a.attname
        FROM tables t JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype = 'u' JOIN pg_attribute a ON a.attrelid =
            t.oid AND a.attnum = ANY (k.conkey)
        """;

    private static async Task<IReadOnlyList<string>> LinesAsync(Store store, string sql)
    {
        await using var scope = (await TestServer.OnAsync(store)).Services.CreateAsyncScope();
        var lines = await scope
            .ServiceProvider.GetRequiredService<ConversationsDbContext>()
            .Database.SqlQueryRaw<string>(sql)
            .ToListAsync();
        return [.. lines.Order(StringComparer.Ordinal)];
    }
}
