namespace Conversations.Faults.Races;

/// <summary>A conversation, as far as the rules need it.</summary>
/// <param name="GroupKey">
/// The addresses that no other group text may have while this conversation holds them; null when it holds none.
/// </param>
public sealed record ModelConversation(string Sid, string? Name, string State, string? GroupKey)
{
    public bool IsOpen => State != "closed";
}
