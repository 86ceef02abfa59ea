using System.Text.Json;

namespace Conversations.Api.Webhooks;

/// <summary>
/// The changes that a pre-action webhook may make: the friendly name of a conversation; the body, author and attributes
/// of a message. A null value leaves the stored one unchanged.
/// </summary>
public sealed record WebhookChanges
{
    /// <summary>A webhook was called and wants no change.</summary>
    public static WebhookChanges None { get; } = new();

    public string? FriendlyName { get; private init; }

    public string? Body { get; private init; }

    public string? Author { get; private init; }

    /// <summary>JSON as text.</summary>
    public string? Attributes { get; private init; }

    /// <summary>
    /// Reads the body of the answer. An empty body, plain text and members that are not text change nothing.
    /// </summary>
    public static WebhookChanges Read(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var answer = document.RootElement;
            return answer.ValueKind != JsonValueKind.Object
                ? None
                : new()
                {
                    FriendlyName = Text(answer, "friendly_name"),
                    Body = Text(answer, "body"),
                    Author = Text(answer, "author"),
                    Attributes = Text(answer, "attributes"),
                };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return None; // No JSON, or half of a surrogate pair.
        }
    }

    /// <summary>Whether any of the texts contains NUL, which no parameter may contain.</summary>
    public bool HasNul => new[] { FriendlyName, Body, Author, Attributes }.Any(text => text?.Contains('\0') == true);

    private static string? Text(JsonElement answer, string name) =>
        answer.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
