using System.Net;
using System.Text.Json.Nodes;

namespace Conversations.Faults.Fuzzing;

/// <summary>Rows for the fuzzer to aim at, the same on each server but for their SIDs: made through the API, in a chat service of their own.</summary>
public sealed class Targets
{
    /// <summary>Stands in every text of the other account that nobody else may read.</summary>
    public const string Marker = "marker-8c41f2";

    private readonly Dictionary<string, string> own = [];

    private Targets(IReadOnlyList<string> foreign) => Foreign = foreign;

    public IReadOnlyList<string> Sids { get; private set; } = [];

    /// <summary>SIDs and names of the other account.</summary>
    public IReadOnlyList<string> Foreign { get; }

    /// <summary>What is rightly put for a path's parameter, which depends on the pieces before it.</summary>
    public string Of(string path, string parameter) => own[parameter != "Sid" ? parameter : path.Split('/')[^2]];

    /// <param name="number">Another one for each making: a pair of addresses is in one open conversation of an account.</param>
    public static async Task<Targets> MakeAsync(HttpClient http, string marker, int number, IReadOnlyList<string> foreign)
    {
        Targets targets = new(foreign);
        var own = targets.own;
        own["ChatServiceSid"] = own["Services"] = await MakeAsync(http, "/v1/Services", ("FriendlyName", $"service {marker}"));
        await MakeAsync(http, "/v1/Configuration", ("DefaultChatServiceSid", own["Services"]));
        own["Roles"] = await MakeAsync(http, "/v1/Roles", ("FriendlyName", $"role {marker}"), ("Type", "conversation"), ("Permission", "addParticipant"));
        own["Users"] = await MakeAsync(http, "/v1/Users", ("Identity", "carol"), ("FriendlyName", $"carol {marker}"));
        own["ConversationSid"] = own["Conversations"] = await MakeAsync(http, "/v1/Conversations", ("FriendlyName", $"room {marker}"), ("UniqueName", "room"), ("Attributes", $"\"{marker}\""));
        await MakeAsync(http, "/v1/Conversations", ("FriendlyName", $"second room {marker}"));
        var room = $"/v1/Conversations/{own["Conversations"]}";
        own["Participants"] = await MakeAsync(http, $"{room}/Participants", ("Identity", "dave"), ("Attributes", $"\"{marker}\""));
        await MakeAsync(http, $"{room}/Participants", ("MessagingBinding.Address", $"+1556{number:0000000}"), ("MessagingBinding.ProxyAddress", "+15017122661"), ("Attributes", $"\"{marker}\""));
        own["Webhooks"] = await MakeAsync(http, $"{room}/Webhooks", ("Target", "webhook"), ("Configuration.Url", $"http://127.0.0.1:9/{marker}"), ("Configuration.Filters", "onParticipantAdded"));
        targets.Sids = [.. own.Values.Distinct()];
        return targets;
    }

    /// <summary>All that an account can read of its own, as one text.</summary>
    public async Task<string> ReadAsync(HttpClient http)
    {
        var room = $"/v1/Conversations/{own["Conversations"]}";
        string[] paths = ["/v1/Configuration", "/v1/Services", "/v1/Roles", "/v1/Users", "/v1/Conversations", room, $"{room}/Participants", $"{room}/Webhooks", "/v1/Configuration/Webhooks"];
        return string.Join('\n', await Task.WhenAll(paths.Select(http.GetStringAsync)));
    }

    private static async Task<string> MakeAsync(HttpClient http, string path, params (string Name, string Value)[] form)
    {
        using var response = await http.PostAsync(path, new FormUrlEncodedContent(form.Select(f => KeyValuePair.Create(f.Name, f.Value))));
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode is HttpStatusCode.Created or HttpStatusCode.OK, $"{path}: {text}");
        return JsonNode.Parse(text)!["sid"]?.GetValue<string>() ?? "";
    }
}
