using System.Globalization;

namespace Conversations.Bench;

/// <summary>
/// Fills an empty, migrated database with a <see cref="Dataset"/>, and removes the rows that contests add to it.
/// </summary>
internal sealed class Loader(Store store, Dataset dataset)
{
    // The rules of tests/Conversations.TestSupport/Invariants.cs for an account's rows, each as a number that must be
    // 0.
    private static readonly string[] Invariants =
    [
        """
            SELECT count(*) FROM conversations c LEFT JOIN (SELECT conversation_sid, count(*) n, count(*) -
                count(identity) non_chat FROM participants GROUP BY 1) p ON p.conversation_sid = c.sid
            WHERE c.participant_count <> COALESCE(p.n, 0) OR c.non_chat_count <> COALESCE(p.non_chat, 0) OR
                c.group_count <> 0
            """,
        """
            SELECT count(*) FROM users u LEFT JOIN (SELECT user_sid, count(*) n FROM participants GROUP BY 1) p ON
                p.user_sid = u.sid
            WHERE u.conversation_count <> COALESCE(p.n, 0)
            """,
        """
            SELECT count(*) FROM conversations c LEFT JOIN (SELECT conversation_sid, count(*) n, max("index") last FROM
                messages GROUP BY 1) m ON m.conversation_sid = c.sid
            WHERE c.next_message_index <> COALESCE(m.n, 0) OR COALESCE(m.last, -1) <> c.next_message_index - 1
            """,
        "SELECT count(*) FROM participants p LEFT JOIN users u ON u.sid = p.user_sid AND u.identity = "
            + "p.identity WHERE p.identity IS NOT NULL AND u.sid IS NULL",
        "SELECT count(*) FROM participants WHERE COALESCE(active_binding, '') <> COALESCE(address || ' ' || "
            + "proxy_address, '')",
        """
            SELECT count(*) FROM participants p LEFT JOIN conversations c ON c.sid = p.conversation_sid LEFT JOIN roles
                r ON r.sid = p.role_sid
            WHERE c.sid IS NULL OR r.sid IS NULL
            """,
    ];

    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var tables = await TablesAsync();
        Progress.Say($"loading {dataset.Rows:N0} participants");
        await store.BeginLoadAsync();
        await store.InsertAsync("conversations", Tables.ConversationColumns, tables.Conversations(), cancellationToken);
        await store.InsertAsync("users", Tables.UserColumns, tables.Users(), cancellationToken);
        await store.InsertAsync(
            "participants",
            Tables.ParticipantColumns,
            tables
                .Participants()
                .Select(
                    (row, number) =>
                    {
                        Progress.Say(number, dataset.Rows, "participants loaded");
                        return row;
                    }
                ),
            cancellationToken
        );
        Progress.Say("loading messages");
        await store.InsertAsync("messages", Tables.MessageColumns, tables.Messages(), cancellationToken);
        Progress.Say("building indexes, analyzing");
        await store.EndLoadAsync();
        await VerifyAsync();
    }

    /// <summary>Throws when a counter is wrong or a row refers to a missing row.</summary>
    public async Task VerifyAsync()
    {
        Progress.Say("verifying counters");
        foreach (var invariant in Invariants)
        {
            if (await NumberAsync(invariant) is var broken and not 0)
            {
                throw new InvalidOperationException($"{broken} rows break an invariant: {invariant}");
            }
        }

        if (await NumberAsync("SELECT count(*) FROM participants") is var rows && rows != dataset.Rows)
        {
            throw new InvalidOperationException($"{rows} participants instead of {dataset.Rows}.");
        }
    }

    /// <summary>Adds participants that will be deleted, with their own users.</summary>
    public async Task AddStockAsync(int count, CancellationToken cancellationToken)
    {
        await ResetAsync();
        var tables = await TablesAsync();
        await store.InsertAsync("users", Tables.UserColumns, tables.StockUsers(count), cancellationToken);
        await store.InsertAsync(
            "participants",
            Tables.ParticipantColumns,
            tables.StockParticipants(count),
            cancellationToken
        );
        await store.ScalarAsync(
            $"""
            UPDATE conversations SET participant_count = s.n
            FROM (SELECT conversation_sid, count(*) AS n FROM participants WHERE sid >= '{Dataset.Sid(
                "MB",
                Dataset.StockTicks,
                0
            )}' GROUP BY 1) s WHERE s.conversation_sid = conversations.sid
            """
        );
    }

    /// <summary>Restores the loaded rows, except for updated attributes.</summary>
    public async Task ResetAsync()
    {
        await store.ScalarAsync($"DELETE FROM participants WHERE sid > '{Dataset.Sid("MB", dataset.Rows - 1)}'");
        await store.ScalarAsync(
            "DELETE FROM messages WHERE conversation_sid IN (SELECT sid FROM conversations WHERE "
                + $"sid >= '{Dataset.Sid("CH", dataset.Pool.First)}' AND next_message_index > 0)"
        );
        await store.ScalarAsync(
            "UPDATE conversations SET next_message_index = 0 WHERE "
                + $"sid >= '{Dataset.Sid("CH", dataset.Pool.First)}' AND next_message_index > 0"
        );
        await store.ScalarAsync($"DELETE FROM users WHERE sid > '{Dataset.Sid("US", dataset.UserCount - 1)}'");
        foreach (var run in new[] { dataset.NearlyFull, dataset.Single, dataset.Pool })
        {
            await store.ScalarAsync(
                $"""
                UPDATE conversations SET participant_count = {run.Size}, non_chat_count = {Dataset.BoundAmong(run.Size)}
                WHERE sid BETWEEN '{Dataset.Sid("CH", run.First)}' AND '{Dataset.Sid(
                    "CH",
                    run.First + run.Count - 1
                )}' AND participant_count <> {run.Size}
                """
            );
        }
    }

    public async Task TidyAsync()
    {
        await ResetAsync();
        await store.TidyAsync();
    }

    private async Task<Tables> TablesAsync() =>
        new(
            dataset,
            (string)
                (
                    await store.ScalarAsync(
                        "SELECT default_conversation_role_sid FROM chat_services WHERE sid = "
                            + $"'{Dataset.ChatServiceSid}'"
                    )
                )!,
            (string)
                (
                    await store.ScalarAsync(
                        "SELECT default_chat_service_role_sid FROM chat_services WHERE sid = "
                            + $"'{Dataset.ChatServiceSid}'"
                    )
                )!
        );

    private async Task<long> NumberAsync(string sql) =>
        Convert.ToInt64(await store.ScalarAsync(sql), CultureInfo.InvariantCulture);
}
