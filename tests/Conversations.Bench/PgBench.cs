using System.Globalization;
using System.Text.RegularExpressions;

namespace Conversations.Bench;

/// <summary>Runs pgbench with the floor's statements: PostgreSQL without a program in front of it.</summary>
internal sealed partial class PgBench(
    Cluster cluster,
    string database,
    Dataset dataset,
    string participantRoleSid,
    string userRoleSid
)
{
    private const string Account = $"'{Dataset.AccountSid}'";
    private const string Service = $"'{Dataset.ChatServiceSid}'";
    private const string Conversation =
        "('CH' || lpad(to_hex(:ticks::bigint + :c::bigint), 16, '0') || lpad(to_hex(:c::bigint), 16, '0'))";
    private const string NewParticipant =
        "('MB' || lpad(to_hex(:created::bigint), 16, '0') || lpad(to_hex(:n::bigint), 16, '0'))";
    private const string NewUser =
        "('US' || lpad(to_hex(:created::bigint), 16, '0') || lpad(to_hex(:n::bigint), 16, '0'))";
    private const string NewIdentity = "('pgbench-' || :n::bigint)";
    private const string NewAddress = "('+4' || lpad((:n::bigint / 1000000)::text, 13, '0'))";

    private readonly string? tool =
        new[] { "pgbench", "pgbench.exe" }
            .Select(name => Path.Combine(cluster.Binaries, name))
            .FirstOrDefault(File.Exists)
        ?? PostgresBinaries.OnPath("pgbench");

    /// <summary>Transactions a second; null without the tool or without a script for the operation.</summary>
    public async Task<double?> RateAsync(Operation operation, int connections, double seconds)
    {
        if (tool is null || ScriptOf(operation) is not { } script)
        {
            return null;
        }

        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, script);
            var output = await PostgresBinaries.RunAsync(
                Path.GetTempPath(),
                [
                    tool,
                    "-h",
                    "127.0.0.1",
                    "-p",
                    Text(cluster.Port),
                    "-U",
                    "postgres",
                    "-n",
                    "-M",
                    "prepared",
                    "-c",
                    Text(connections),
                    "-j",
                    "2",
                    "-T",
                    Text(Math.Max(1, Math.Round(seconds))),
                    "-f",
                    file,
                    database,
                ]
            );
            return double.Parse(Rate().Match(output).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private string? ScriptOf(Operation operation)
    {
        var regular = dataset.Regular;
        var chats = regular.Chats;
        var ticks = $"\\set ticks {Dataset.FirstTicks}";
        var anyRegular = $"{ticks}\n\\set c random({regular.First}, {regular.First + regular.Count - 1})";

        return operation == Operations.FetchBySid
                ? $"{anyRegular}\n\\set p {regular.FirstParticipant} + (:c - {regular.First}) * {regular.Size} + "
                    + $"random(0, {regular.Size - 1})\n"
                    + Statement(
                        FloorStatements.FetchBySid,
                        Account,
                        Conversation,
                        "('MB' || lpad(to_hex(:ticks::bigint + :p::bigint), 16, '0') || "
                            + "lpad(to_hex(:p::bigint), 16, '0'))"
                    )
            : operation == Operations.FetchByIdentity
                ? $"{anyRegular}\n\\set u ({regular.FirstChat} + (:c - {regular.First}) * {chats} + random(0, "
                    + $"{chats - 1})) % {dataset.UserCount}\n"
                    + Statement(
                        FloorStatements.FetchByIdentity,
                        Account,
                        Conversation,
                        "('user-' || lpad(:u::text, 7, '0'))"
                    )
            : operation == Operations.List
                ? anyRegular + "\n" + Statement(FloorStatements.List, Account, Conversation, "51")
            : operation == Operations.CreateChat ? CreateChatScript()
            : operation == Operations.CreateBound ? CreateBoundScript()
            : null;
    }

    private string CreateChatScript() =>
        Created
        + "\n"
        + Statement(FloorStatements.CheckChat, Account, Conversation, NewIdentity)
        + Statement(
            FloorStatements.CreateChat,
            Conversation,
            "1",
            "0",
            Account,
            Service,
            NewParticipant,
            "now()",
            $"'{participantRoleSid}'",
            NewIdentity,
            NewUser,
            $"'{userRoleSid}'"
        );

    private string CreateBoundScript() =>
        Created
        + "\n"
        + Statement(FloorStatements.CheckBound, Account, Conversation, $"{NewAddress} || ' {Dataset.ProxyAddress}'")
        + Statement(
            FloorStatements.CreateBound,
            Conversation,
            "1",
            "1",
            Account,
            Service,
            NewParticipant,
            "now()",
            $"'{participantRoleSid}'",
            NewAddress,
            $"'{Dataset.ProxyAddress}'",
            "'sms'",
            $"{NewAddress} || ' {Dataset.ProxyAddress}'"
        );

    // The SIDs are far later than those that the server creates, so that both are new.
    private string Created =>
        $"\\set ticks {Dataset.FirstTicks}\n"
        + $"\\set created {new DateTime(2100, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks}\n\\set n "
        + "random(1, 4000000000000000000)\n"
        + $"\\set c random({dataset.Pool.First}, {dataset.Pool.First + Dataset.PoolCount - 1})";

    // pgbench accepts a statement on one or many lines. The largest number is replaced first, because $12 contains $1.
    private static string Statement(string sql, params string[] values)
    {
        for (var i = values.Length; i > 0; i--)
        {
            sql = sql.Replace($"${i}", values[i - 1], StringComparison.Ordinal);
        }

        return sql + ";\n";
    }

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"tps = ([\d.]+)")]
    private static partial Regex Rate();
}
