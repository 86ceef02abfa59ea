using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Conversations.Faults;

/// <summary>
/// Each field of a resource is a register with concurrent writers and readers. A value that a read or an answer shows
/// was written by a request that had begun, and not replaced by one that began after that and is answered.
/// </summary>
public sealed class RegisterTests
{
    private static readonly int Turns = Rounds.Of(12, 300);

    private const int Writes = 4;

    [Theory, OnEachStore]
    public async Task Each_field_reads_as_one_of_the_values_that_may_be_there(Store store)
    {
        for (var turn = 0; turn < Turns; turn++)
        {
            var (twilio, registers) = await NewAsync(store);
            ConcurrentQueue<Seen> seen = new();
            await Task.WhenAll(
                registers.SelectMany(register =>
                    new[]
                    {
                        WriteAsync(twilio, register, registers, seen, 0),
                        WriteAsync(twilio, register, registers, seen, 1),
                        ReadAsync(twilio, register.Path, registers, seen),
                    }
                )
            );
            foreach (var path in registers.Select(register => register.Path).Distinct())
            {
                await ReadAsync(twilio, path, registers, seen);
            }

            foreach (var register in registers)
            {
                Check([.. seen.Where(s => s.Register == register)]);
            }
        }
    }

    /// <summary>A write after the close gets 50377, and no write that began before changes anything after it.</summary>
    [Theory, OnEachStore]
    public async Task Nothing_of_a_conversation_changes_after_its_close_was_answered(Store store)
    {
        for (var turn = 0; turn < Turns * 2; turn++)
        {
            var twilio = await Twilio.NewAccountAsync(store);
            var (conversation, paths, forms) = await FilledAsync(twilio);
            var writes = forms
                .Select(
                    async (write, i) =>
                    {
                        for (var n = 0; ; n++)
                        {
                            var answer = await twilio.PostAsync(
                                write.Path,
                                (write.Field, write.Values[n % write.Values.Length])
                            );
                            if (answer.Status != HttpStatusCode.OK)
                            {
                                return answer;
                            }
                        }
                    }
                )
                .ToList();
            await Task.Delay(turn % 10);
            (await twilio.PostAsync($"Conversations/{conversation}", ("State", "closed"))).Ok();
            var closed = await StateAsync(twilio, paths);

            foreach (var answer in await Task.WhenAll(writes))
            {
                Assert.Contains("50377", answer.Text, StringComparison.Ordinal);
            }

            Assert.Equal(closed, await StateAsync(twilio, paths));
            await Invariants.HoldAsync(twilio);
        }
    }

    private static async Task<string> StateAsync(Twilio twilio, IEnumerable<string> paths) =>
        string.Join('\n', await Task.WhenAll(paths.Select(async path => (await twilio.GetAsync(path)).Ok().Text)));

    private static async Task<(
        string Conversation,
        string[] Paths,
        (string Path, string Field, string[] Values)[] Forms
    )> FilledAsync(Twilio twilio)
    {
        var conversation = await twilio.NewConversationAsync(("UniqueName", "room"));
        var at = $"Conversations/{conversation}";
        var chat = await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        var role = await twilio.NewRoleAsync("conversation");
        var roles = (string[])[role, (await twilio.GetAsync($"{at}/Participants/{chat}")).Ok()["role_sid"]];
        var webhook = (
            await twilio.PostAsync(
                $"{at}/Webhooks",
                ("Target", "webhook"),
                ("Configuration.Url", "http://127.0.0.1:9/a"),
                ("Configuration.Filters", "onParticipantAdded")
            )
        ).Created()["sid"];
        var (participant, hook) = ($"{at}/Participants/{chat}", $"{at}/Webhooks/{webhook}");
        return (
            conversation,
            [at, participant, hook],
            [
                (at, "Attributes", ["1", "2"]),
                (at, "FriendlyName", ["1", "2"]),
                (at, "Timers.Inactive", ["PT10M", "PT20M"]),
                (participant, "Attributes", ["1", "2"]),
                (participant, "RoleSid", roles),
                (participant, "LastReadMessageIndex", ["1", "2"]),
                ("Conversations/room/Participants/alice", "Attributes", ["3", "4"]),
                (hook, "Configuration.Url", ["http://127.0.0.1:9/b", "http://127.0.0.1:9/c"]),
                (hook, "Configuration.Method", ["GET", "POST"]),
            ]
        );
    }

    private static async Task<(Twilio Twilio, Register[] Registers)> NewAsync(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = $"Conversations/{await twilio.NewConversationAsync()}";
        await twilio.NewParticipantAsync(conversation["Conversations/".Length..], ("Identity", "alice"));
        var webhook = (
            await twilio.PostAsync(
                $"{conversation}/Webhooks",
                ("Target", "webhook"),
                ("Configuration.Url", "http://127.0.0.1:9/a"),
                ("Configuration.Filters", "onParticipantAdded")
            )
        ).Created()["sid"];
        return (
            twilio,
            [
                new(conversation, "FriendlyName", "friendly_name"),
                new(conversation, "UniqueName", "unique_name"),
                new(conversation, "Attributes", "attributes"),
                new($"{conversation}/Participants/alice", "Attributes", "attributes"),
                new($"{conversation}/Participants/alice", "LastReadMessageIndex", "last_read_message_index"),
                new("Users/alice", "FriendlyName", "friendly_name"),
                new("Users/alice", "Attributes", "attributes"),
                new($"{conversation}/Webhooks/{webhook}", "Configuration.Url", "configuration/url"),
                new("/v1/Configuration", "DefaultInactiveTimer", "default_inactive_timer"),
                new("/v1/Configuration", "DefaultClosedTimer", "default_closed_timer"),
                new("/v1/Configuration/Webhooks", "PreWebhookUrl", "pre_webhook_url"),
                new("/v1/Configuration/Webhooks", "PostWebhookUrl", "post_webhook_url"),
            ]
        );
    }

    private static async Task WriteAsync(
        Twilio twilio,
        Register register,
        Register[] registers,
        ConcurrentQueue<Seen> seen,
        int writer
    )
    {
        for (var n = 0; n < Writes; n++)
        {
            var value = register.Value(100 + (writer * Writes) + n);
            var from = Stopwatch.GetTimestamp();
            var answer = (await twilio.PostAsync(register.Path, (register.Field, value))).Ok();
            var to = Stopwatch.GetTimestamp();
            seen.Enqueue(new(register, value, IsWrite: true, from, to));
            Assert.Equal(value, register.In(answer));
            Note(answer, register.Path, registers.Where(other => other != register), seen, from, to);
        }
    }

    private static async Task ReadAsync(Twilio twilio, string path, Register[] registers, ConcurrentQueue<Seen> seen)
    {
        for (var n = 0; n < Writes; n++)
        {
            var from = Stopwatch.GetTimestamp();
            var answer = (await twilio.GetAsync(path)).Ok();
            Note(answer, path, registers, seen, from, Stopwatch.GetTimestamp());
        }
    }

    // The answer to a write of one field reads the others.
    private static void Note(
        Answer answer,
        string path,
        IEnumerable<Register> registers,
        ConcurrentQueue<Seen> seen,
        long from,
        long to
    )
    {
        foreach (var register in registers.Where(register => register.Path == path))
        {
            seen.Enqueue(new(register, register.In(answer), IsWrite: false, from, to));
        }
    }

    private static void Check(Seen[] history)
    {
        var writes = history.Where(s => s.IsWrite).ToList();
        foreach (var read in history.Where(s => !s.IsWrite))
        {
            // Of the first value nothing is known but that it was there before all writes.
            var write = writes.SingleOrDefault(w => w.Value == read.Value);
            var written = write?.To ?? 0;
            Assert.True(write is null || write.From < read.To, $"{read} is from the future");
            Assert.True(
                !writes.Any(other => other.From > written && other.To < read.From),
                $"{read} had been replaced:\n{string.Join('\n', history.OrderBy(s => s.From))}"
            );
        }
    }

    private sealed record Register(string Path, string Field, string Member)
    {
        public string Value(int number) =>
            Field.EndsWith("Timer", StringComparison.Ordinal) ? $"PT{number}M"
            : Field.EndsWith("Url", StringComparison.Ordinal) ? $"http://127.0.0.1:9/{number}"
            : number.ToString(CultureInfo.InvariantCulture);

        public string? In(Answer answer) =>
            Member
                .Split('/')
                .Aggregate<string, System.Text.Json.Nodes.JsonNode?>(answer.Body, (at, name) => at?[name])
                ?.ToString();
    }

    private sealed record Seen(Register Register, string? Value, bool IsWrite, long From, long To)
    {
        public override string ToString() => $"{From} {To} {Register.Field} {(IsWrite ? "written" : "read")} {Value}";
    }
}
