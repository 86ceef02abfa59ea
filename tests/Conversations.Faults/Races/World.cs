using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;

namespace Conversations.Faults.Races;

/// <summary>An account with three conversations, in which a round is played on a real server.</summary>
public sealed class World
{
    private readonly Twilio twilio;
    private readonly ConcurrentQueue<Seen> history = new();
    private readonly List<string> rooms = [];
    private List<string> members = [];

    private World(Twilio twilio) => this.twilio = twilio;

    /// <summary>Plays the round and reads at its end all that is there, which has to be explained as well.</summary>
    public static async Task<IReadOnlyList<Seen>> PlayAsync(Store store, Round round)
    {
        World world = new(await Twilio.NewAccountAsync(store));
        for (var i = 0; i < 3; i++)
        {
            world.rooms.Add((await world.SendAsync("setup", new(Verb.CreateConversation, "", "", new()))).NewSid!);
        }

        world.members = await world.PlayAsync("first", round.Beginning);
        await Task.WhenAll(round.Clients.Select((moves, i) => world.PlayAsync($"{i}", moves)));
        var all = await world.SendAsync("end", new(Verb.ListConversations, "", "", new()));
        foreach (var room in all.Answer["200 ".Length..].Split(", ", StringSplitOptions.RemoveEmptyEntries))
        {
            await world.SendAsync("end", new(Verb.ListParticipants, room.Split(' ')[0], "", new()));
        }

        await Invariants.HoldAsync(world.twilio);
        return [.. world.history];
    }

    private async Task<List<string>> PlayAsync(string client, Move[] moves)
    {
        List<string> added = [];
        foreach (var move in moves)
        {
            var seen = await SendAsync(client, SentOf(move, added));
            if (seen is { Sent.Verb: Verb.AddParticipant, NewSid: { } sid })
            {
                added.Add(sid);
            }
        }

        return added;
    }

    private Sent SentOf(Move move, List<string> added)
    {
        var conversation =
            move.Verb is Verb.CreateConversation or Verb.ListConversations ? ""
            : move.Room == Move.Named ? "room"
            : rooms[move.Room];
        var member =
            move.Verb is not (Verb.UpdateParticipant or Verb.RemoveParticipant or Verb.FetchParticipant) ? ""
            : move.Member == Move.Mine ? added.LastOrDefault(Nobody)
            : move.Member is ['#', var digit] ? members.ElementAtOrDefault(digit - '0') ?? Nobody
            : move.Member;
        return new(move.Verb, conversation, member, move.Fields);
    }

    private static string Nobody => $"MB{new string('0', 32)}";

    private async Task<Seen> SendAsync(string client, Sent sent)
    {
        var (method, path) = sent.Verb switch
        {
            Verb.AddParticipant => (HttpMethod.Post, $"/{sent.Conversation}/Participants"),
            Verb.UpdateParticipant => (HttpMethod.Post, $"/{sent.Conversation}/Participants/{sent.Member}"),
            Verb.RemoveParticipant => (HttpMethod.Delete, $"/{sent.Conversation}/Participants/{sent.Member}"),
            Verb.FetchParticipant => (HttpMethod.Get, $"/{sent.Conversation}/Participants/{sent.Member}"),
            Verb.ListParticipants => (HttpMethod.Get, $"/{sent.Conversation}/Participants"),
            Verb.CreateConversation => (HttpMethod.Post, ""),
            Verb.UpdateConversation => (HttpMethod.Post, $"/{sent.Conversation}"),
            Verb.DeleteConversation => (HttpMethod.Delete, $"/{sent.Conversation}"),
            Verb.FetchConversation => (HttpMethod.Get, $"/{sent.Conversation}"),
            Verb.ListConversations => (HttpMethod.Get, ""),
            _ => throw new ArgumentOutOfRangeException(nameof(sent)),
        };
        using HttpRequestMessage request = new(method, $"/v1/Conversations{path}")
        {
            Content = method == HttpMethod.Post ? new FormUrlEncodedContent(sent.Fields.Form) : null,
        };
        var from = Stopwatch.GetTimestamp();
        using var response = await twilio.Http.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        var to = Stopwatch.GetTimestamp();
        var json = body.Length == 0 ? null : JsonNode.Parse(body);
        Seen seen = new(
            client,
            sent,
            AnswerOf(response.StatusCode, json),
            response.StatusCode == HttpStatusCode.Created ? TextOf(json!, "sid") : null,
            from,
            to
        );
        history.Enqueue(seen);
        return seen;
    }

    private static string AnswerOf(HttpStatusCode status, JsonNode? body) =>
        $"{(int)status}"
        + body switch
        {
            null => "",
            _ when body["code"] is { } code => $" {code}{HolderIn(TextOf(body, "message")!)}",
            _ when body["participants"] is JsonArray list =>
                $" {string.Join(", ", list.Select(item => MemberOf(item!)).Order(StringComparer.Ordinal))}",
            _ when body["conversations"] is JsonArray list =>
                $" {string.Join(", ", list.Select(item => RoomOf(item!)).Order(StringComparer.Ordinal))}",
            _ when body["messaging_service_sid"] is not null => $" {RoomOf(body)}",
            _ => $" {MemberOf(body)}",
        };

    // The texts of 50416 and 50438 end with the SID of the conversation that holds the pair or set.
    private static string HolderIn(string message) =>
        message.LastIndexOf("Conversation CH", StringComparison.Ordinal) is var at and >= 0
            ? message[(at + "Conversation".Length)..]
            : "";

    private static string RoomOf(JsonNode room) =>
        $"{TextOf(room, "sid")} {TextOf(room, "unique_name")} {TextOf(room, "state")}";

    private static string MemberOf(JsonNode member)
    {
        var binding = member["messaging_binding"];
        return $"{TextOf(member, "sid")} {TextOf(member, "identity")}|{TextOf(binding, "address")}|{TextOf(binding, "proxy_address")}|{TextOf(binding, "projected_address")}";
    }

    private static string? TextOf(JsonNode? node, string name) => node?[name]?.GetValue<string>();
}
