using System.Text.Json;
using Conversations.Api.Participants;
using Conversations.Api.Wire;

namespace Conversations.Api.ConversationWithParticipants;

/// <summary>
/// One value of the parameter Participant: a JSON object with the members of a participant in snake_case. Other members
/// are ignored. Null counts as absent.
/// </summary>
public sealed record ParticipantJson(
    string? Identity,
    string? Attributes,
    string? RoleSid,
    string? DateCreated,
    string? DateUpdated,
    ParticipantJson.Binding? MessagingBinding
)
{
    /// <summary>
    /// The form of the participant; null when the text is not a JSON object, or a member has another type.
    /// </summary>
    public static CreateParticipantForm? Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<ParticipantJson>(text, TwilioJson.Options) is { HasNul: false } json
                ? json.Form
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null; // Not JSON, or half of a surrogate pair.
        }
    }

    // PostgreSQL can't store NUL in text. In a form NUL is 20001, but JSON can contain it as an escape.
    private bool HasNul =>
        new[] { Identity, Attributes, RoleSid, DateCreated, DateUpdated }
            .Concat(MessagingBinding?.Values ?? [])
            .Any(value => value?.Contains('\0') == true);

    private CreateParticipantForm Form =>
        new()
        {
            Identity = Identity,
            Attributes = Attributes,
            RoleSid = RoleSid,
            DateCreated = DateCreated,
            DateUpdated = DateUpdated,
            MessagingBinding = new()
            {
                Address = MessagingBinding?.Address,
                ProxyAddress = MessagingBinding?.ProxyAddress,
                ProjectedAddress = MessagingBinding?.ProjectedAddress,
                Type = MessagingBinding?.Type,
                Level = MessagingBinding?.Level,
                Name = MessagingBinding?.Name,
            },
        };

    /// <summary>The member messaging_binding.</summary>
    public sealed record Binding(
        string? Address,
        string? ProxyAddress,
        string? ProjectedAddress,
        string? Type,
        string? Level,
        string? Name
    )
    {
        internal IEnumerable<string?> Values => [Address, ProxyAddress, ProjectedAddress, Type, Level, Name];
    }
}
