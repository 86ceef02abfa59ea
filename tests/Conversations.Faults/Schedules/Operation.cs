namespace Conversations.Faults.Schedules;

/// <summary>A write as a client asks for it.</summary>
/// <param name="Method">POST or DELETE.</param>
internal sealed record Operation(HttpMethod Method, string Path, params (string Name, string Value)[] Form)
{
    /// <summary>The name of a conversation whose timer has expired.</summary>
    public const string Expired = "expired";

    public bool SettlesTimer => Path.Contains($"/{Expired}", StringComparison.Ordinal);

    /// <summary>
    /// Whether it may follow the previous settings when it began before the other one was answered: its events go to
    /// the previous URL, and its path leads to a row of the previous default service. A new row never does. The answer
    /// to an update of a user's conversation shows the conversation as it was at the write, which does not lock it. And
    /// a timer that has expired is settled before the request.
    /// </summary>
    public bool MayMiss(Operation other) =>
        SettlesTimer
        || other.Path.EndsWith("Configuration/Webhooks", StringComparison.Ordinal)
        || (
            other.Form is [("DefaultChatServiceSid", _)] && !(Path is "/v1/Conversations" or "/v1/Users" or "/v1/Roles")
        )
        || (
            Path.StartsWith("/v1/Users/alice/Conversations/", StringComparison.Ordinal)
            && Method == HttpMethod.Post
            && other.Path.StartsWith("/v1/Conversations/", StringComparison.Ordinal)
        );

    public override string ToString() =>
        $"{Method} {Path} {string.Join('&', Form.Select(field => $"{field.Name}={field.Value}"))}";
}
