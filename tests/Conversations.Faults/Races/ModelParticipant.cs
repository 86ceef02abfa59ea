namespace Conversations.Faults.Races;

/// <summary>A participant, as far as the rules need it.</summary>
public sealed record ModelParticipant(
    string Sid,
    string Conversation,
    string? Identity,
    string? Address,
    string? Proxy,
    string? Projected
)
{
    public string? Type =>
        Projected is not null ? "sms"
        : Address is null ? null
        : Address.StartsWith("whatsapp:", StringComparison.Ordinal) ? "whatsapp"
        : "sms";

    public string? Pair => Address is null || Proxy is null ? null : $"{Address} {Proxy}";

    public bool IsInGroup => Projected is not null || (Type == "sms" && Proxy is null);

    /// <summary>Whether its phone number may be in a group text. Britain is the only other country here.</summary>
    public bool HasGroupNumber => Type != "sms" || (Address ?? Projected)!.StartsWith("+1", StringComparison.Ordinal);

    public bool IsPlainChat => Identity is not null && Projected is null;

    public string Text => $"{Sid} {Identity}|{Address}|{Proxy}|{Projected}";
}
