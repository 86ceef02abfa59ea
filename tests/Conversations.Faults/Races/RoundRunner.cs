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
    private List<string> participants = [];

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

        runner.participants = await runner.RunAsync("first", round.Setup);
        await Task.WhenAll(round.Clients.Select((requests, i) => runner.RunAsync($"{i}", requests)));
        var all = await runner.SendAsync("end", new(Verb.ListConversations, "", "", new()));
        foreach (var conversation in all.Answer["200 ".Length..].Split(", ", StringSplitOptions.RemoveEmptyEntries))
        {
            await runner.SendAsync("end", new(Verb.ListParticipants, conversation.Split(' ')[0], "", new()));
        }

        await Invariants.HoldAsync(runner.twilio);
        return [.. runner.history];
    }

    private async Task<List<string>> RunAsync(string client, PlannedRequest[] requests)
    {
        List<string> added = [];
        foreach (var request in requests)
        {
            var observation = await SendAsync(client, RequestOf(request, added));
            if (observation is { Sent.Verb: Verb.AddParticipant, NewSid: { } sid })
            {
                added.Add(sid);
            }
        }

        return added;
    }

    private SentRequest RequestOf(PlannedRequest request, List<string> added)
    {
        var conversation =
            request.Verb is Verb.CreateConversation or Verb.ListConversations ? ""
            : request.Conversation == PlannedRequest.Named ? "room"
            : conversations[request.Conversation];
        var participant =
            request.Verb is not (Verb.UpdateParticipant or Verb.RemoveParticipant or Verb.FetchParticipant) ? ""
            : request.Participant == PlannedRequest.Mine ? added.LastOrDefault(AbsentSid)
            : request.Participant is ['#', var digit] ? participants.ElementAtOrDefault(digit - '0') ?? AbsentSid
            : request.Participant;
        return new(request.Verb, conversation, participant, request.Fields);
    }

    private static string AbsentSid => $"MB{new string('0', 32)}";

    private async Task<Observation> SendAsync(string client, SentRequest sent)
    {
        var (method, path) = sent.Verb switch
        {
            Verb.AddParticipant => (HttpMethod.Post, $"/{sent.Conversation}/Participants"),
            Verb.UpdateParticipant => (HttpMethod.Post, $"/{sent.Conversation}/Participants/{sent.Participant}"),
            Verb.RemoveParticipant => (HttpMethod.Delete, $"/{sent.Conversation}/Participants/{sent.Participant}"),
            Verb.FetchParticipant => (HttpMethod.Get, $"/{sent.Conversation}/Participants/{sent.Participant}"),
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

    private static string? TextOf(JsonNode? node, string name) => node?[name]?.GetValue<string>();
}
