using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;

namespace Conversations.Faults.Races;

/// <summary>Runs a round against a real server, in an account with three conversations.</summary>
public sealed class RoundRunner
{
    private readonly Twilio twilio;
    private readonly ConcurrentQueue<Observation> history = new();
    private readonly List<string> conversations = [];

    // The conversation of each message.
    private readonly ConcurrentDictionary<string, string> homes = new();

    private Added first = new([], []);

    private RoundRunner(Twilio twilio) => this.twilio = twilio;

    /// <summary>Runs the round and then reads the final state, which the order of requests must explain, too.</summary>
    public static async Task<IReadOnlyList<Observation>> RunAsync(Store store, Round round)
    {
        RoundRunner runner = new(await Twilio.NewAccountAsync(store));
        for (var i = 0; i < 3; i++)
        {
            runner.conversations.Add(
                (await runner.SendAsync("setup", new(Verb.CreateConversation, "", "", new()))).NewSid!
            );
        }

        runner.first = await runner.RunAsync("first", round.Setup);
        await Task.WhenAll(round.Clients.Select((requests, i) => runner.RunAsync($"{i}", requests)));
        var all = await runner.SendAsync("end", new(Verb.ListConversations, "", "", new()));
        foreach (var conversation in all.Answer["200 ".Length..].Split(", ", StringSplitOptions.RemoveEmptyEntries))
        {
            var sid = conversation.Split(' ')[0];
            await runner.SendAsync("end", new(Verb.ListParticipants, sid, "", new()));
            await runner.SendAsync("end", new(Verb.ListMessages, sid, "", new()));
        }

        await Invariants.HoldAsync(runner.twilio);
        return [.. runner.history];
    }

    private async Task<Added> RunAsync(string client, PlannedRequest[] requests)
    {
        Added added = new([], []);
        foreach (var request in requests)
        {
            var observation = await SendAsync(client, RequestOf(request, added));
            if (observation is { NewSid: { } sid, Sent.Verb: Verb.AddParticipant or Verb.SendMessage })
            {
                if (observation.Sent.Verb == Verb.SendMessage)
                {
                    added.Messages.Add(sid);
                    homes[sid] = observation.Sent.Conversation;
                }
                else
                {
                    added.Participants.Add(sid);
                }
            }
        }

        return added;
    }

    private SentRequest RequestOf(PlannedRequest request, Added added)
    {
        var conversation =
            request.Verb is Verb.CreateConversation or Verb.ListConversations ? ""
            : request.Conversation == PlannedRequest.Named ? "room"
            : conversations[request.Conversation];
        var child = request.Verb switch
        {
            Verb.UpdateParticipant or Verb.RemoveParticipant or Verb.FetchParticipant => SidOf(
                request.Child,
                first.Participants,
                added.Participants,
                "MB"
            ),
            Verb.UpdateMessage or Verb.DeleteMessage => SidOf(request.Child, first.Messages, added.Messages, "IM"),
            _ => "",
        };
        // Most changes of a message go to its own conversation. In another one they find nothing.
        var own = request.Conversation == 0 ? conversation : homes.GetValueOrDefault(child, conversation);
        return new(request.Verb, own, child, request.Fields);
    }

    private static string SidOf(string child, List<string> first, List<string> own, string prefix)
    {
        var absent = $"{prefix}{new string('0', 32)}";
        return child == PlannedRequest.Mine ? own.LastOrDefault(absent)
            : child is ['#', var digit] ? first.ElementAtOrDefault(digit - '0') ?? absent
            : child;
    }

    private async Task<Observation> SendAsync(string client, SentRequest sent)
    {
        var (method, path) = sent.Verb switch
        {
            Verb.AddParticipant => (HttpMethod.Post, $"/{sent.Conversation}/Participants"),
            Verb.UpdateParticipant => (HttpMethod.Post, $"/{sent.Conversation}/Participants/{sent.Child}"),
            Verb.RemoveParticipant => (HttpMethod.Delete, $"/{sent.Conversation}/Participants/{sent.Child}"),
            Verb.FetchParticipant => (HttpMethod.Get, $"/{sent.Conversation}/Participants/{sent.Child}"),
            Verb.ListParticipants => (HttpMethod.Get, $"/{sent.Conversation}/Participants"),
            Verb.SendMessage => (HttpMethod.Post, $"/{sent.Conversation}/Messages"),
            Verb.UpdateMessage => (HttpMethod.Post, $"/{sent.Conversation}/Messages/{sent.Child}"),
            Verb.DeleteMessage => (HttpMethod.Delete, $"/{sent.Conversation}/Messages/{sent.Child}"),
            Verb.ListMessages => (HttpMethod.Get, $"/{sent.Conversation}/Messages"),
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
        Observation observation = new(
            client,
            sent,
            AnswerOf(response.StatusCode, json),
            response.StatusCode == HttpStatusCode.Created ? TextOf(json!, "sid") : null,
            from,
            to
        );
        history.Enqueue(observation);
        return observation;
    }

    private static string AnswerOf(HttpStatusCode status, JsonNode? body) =>
        $"{(int)status}"
        + body switch
        {
            null => "",
            _ when body["code"] is { } code => $" {code}{HolderIn(TextOf(body, "message")!)}",
            _ when body["participants"] is JsonArray list =>
                $" {string.Join(", ", list.Select(item => TextOfParticipant(item!)).Order(StringComparer.Ordinal))}",
            _ when body["conversations"] is JsonArray list =>
                $" {string.Join(", ", list.Select(item => TextOfConversation(item!)).Order(StringComparer.Ordinal))}",
            _ when body["messages"] is JsonArray list =>
                $" {string.Join(", ", list.Select(item => TextOfMessage(item!)))}",
            _ when body["index"] is not null => $" {TextOfMessage(body)}",
            _ when body["messaging_service_sid"] is not null => $" {TextOfConversation(body)}",
            _ => $" {TextOfParticipant(body)}",
        };

    // The texts of 50416 and 50438 end with the SID of the conversation that holds the pair or set.
    private static string HolderIn(string message) =>
        message.LastIndexOf("Conversation CH", StringComparison.Ordinal) is var at and >= 0
            ? message[(at + "Conversation".Length)..]
            : "";

    private static string TextOfConversation(JsonNode conversation) =>
        $"{TextOf(conversation, "sid")} {TextOf(conversation, "unique_name")} {TextOf(conversation, "state")}";

    private static string TextOfParticipant(JsonNode participant)
    {
        var binding = participant["messaging_binding"];
        return $"{TextOf(participant, "sid")} {TextOf(participant, "identity")}|{TextOf(binding, "address")}|"
            + $"{TextOf(binding, "proxy_address")}|{TextOf(binding, "projected_address")}";
    }

    private static string TextOfMessage(JsonNode message) =>
        $"{TextOf(message, "sid")} {message["index"]} {TextOf(message, "author")}|{TextOf(message, "participant_sid")}";

    private static string? TextOf(JsonNode? node, string name) => node?[name]?.GetValue<string>();

    /// <summary>The SIDs of what a client added, the last one at the end.</summary>
    private sealed record Added(List<string> Participants, List<string> Messages);
}
